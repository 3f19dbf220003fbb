#include "calc.h"

int calculate(long left, char operator, long right, long *result) {
  switch (operator) {
    case '+': *result = left + right; return 1;
    case '-': *result = left - right; return 1;
    case 'x': *result = left * right; return 1;
    case '/':
      if (right == 0) return 0;
      *result = left / right;
      return 1;
    default: return 0;
  }
}
