#ifndef REPORT_H
#define REPORT_H

#define SENTENCE "%ld %c %ld = %ld\n"

void report(long left, char operator, long right, long result);

#endif
