/** US dollars: in words, and added up. */

/** "$12.30", "$0.60", "$0.053", "$0.0004": cents, and below a dollar as many digits as tell something. */
export function sayDollars(amount: number): string {
  if (amount === 0 || amount >= 1) return `$${amount.toFixed(2)}`;
  const [whole, digits = ""] = (amount >= 0.01 ? amount.toFixed(3) : plain(amount)).split(".");
  return `$${whole}.${digits.replace(/0+$/, "").padEnd(2, "0")}`;
}

/** Two digits that are not 0, without an exponent. */
function plain(amount: number): string {
  return Number(amount.toPrecision(2)).toFixed(12);
}

/** Null, for what nobody knows, where one of them is. */
export function sumOf(costs: Iterable<number | null>): number | null {
  let sum = 0;
  for (const cost of costs) {
    if (cost === null) return null;
    sum += cost;
  }
  return sum;
}
