#include "report.h"

#include <stdio.h>

void report(long left, char operator, long right, long result) {
  printf(SENTENCE, left, operator, right, result);
}
