#include <stdio.h>
#include <stdlib.h>

#include "calc.h"
#include "report.h"

int main(int count, char **words) {
  long result;
  if (count != 4) {
    fprintf(stderr, "usage: %s NUMBER +|-|x|/ NUMBER\n", words[0]);
    return 2;
  }
  long left = strtol(words[1], NULL, 10), right = strtol(words[3], NULL, 10);
  if (!calculate(left, words[2][0], right, &result)) {
    fprintf(stderr, "cannot calculate %ld %c %ld\n", left, words[2][0], right);
    return 1;
  }
  report(left, words[2][0], right, result);
  return 0;
}
