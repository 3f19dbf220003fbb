#ifndef CALC_H
#define CALC_H

/* Sets *result; returns 0 for an operator that there is not, or a division by 0. */
int calculate(long left, char operator, long right, long *result);

#endif
