/** US dollars in words. */

/** "$12.30", "$0.053", "$0.0004": cents, and below a dollar as many digits as tell something. */
export function sayDollars(amount: number): string {
  if (amount === 0 || amount >= 1) return `$${amount.toFixed(2)}`;
  const [whole, digits = ""] = plain(Number(amount.toPrecision(2))).split(".");
  return `$${whole}.${digits.padEnd(2, "0")}`;
}

/** Without an exponent. */
function plain(amount: number): string {
  return amount.toFixed(12).replace(/0+$/, "");
}
