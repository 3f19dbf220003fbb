/** Sizes and ages as people write them: "20GB", "90d". */

const BYTES: Readonly<Record<string, number>> = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };
const MILLISECONDS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** What the forms have to be, as the end of a sentence. */
export const SIZE_FORM = "a size is a number with B, kB, MB, GB or TB, such as 20GB.";
export const AGE_FORM = "an age is a number with h, d or w (hours, days, weeks), such as 90d.";

/** Bytes; a kB has a thousand. Undefined for what is no size. */
export function parseSize(text: string): number | undefined {
  return parse(text, BYTES);
}

/** Milliseconds; undefined for what is no age. */
export function parseAge(text: string): number | undefined {
  return parse(text, MILLISECONDS);
}

/** 0 needs no unit. */
function parse(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text) ?? [];
  if (number === undefined || unit === undefined) return undefined;
  if (unit === "") return Number(number) === 0 ? 0 : undefined;
  return Object.hasOwn(units, unit) ? Number(number) * units[unit]! : undefined;
}
