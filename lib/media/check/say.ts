/** How places, lengths and lists are said in what is wrong with a film. */

/** Seconds as "1:02.4". */
export function at(seconds: number): string {
  const tenths = Math.round(Math.max(0, seconds) * 10);
  const rest = tenths % 600;
  return `${Math.floor(tenths / 600)}:${String(Math.floor(rest / 10)).padStart(2, "0")}.${rest % 10}`;
}

/** Seconds as "0.3 s", to the millisecond. */
export function long(seconds: number): string {
  return `${Math.round(seconds * 1000) / 1000} s`;
}

const NAMED = 3;

/** "a, b and c", "a, b, c and 4 more". */
export function several(places: readonly string[]): string {
  if (places.length > NAMED) return `${places.slice(0, NAMED).join(", ")} and ${places.length - NAMED} more`;
  const [last, ...before] = [...places].reverse();
  return before.length === 0 ? (last ?? "") : `${before.reverse().join(", ")} and ${last}`;
}
