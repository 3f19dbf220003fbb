/** How long to wait before the same request is made again. */

/** Milliseconds. A longer wait is not waited for: the user is told of it instead. */
export const LONGEST_WAIT = 120_000;
const FIRST_WAIT = 1_000;
const LONGEST_BACKOFF = 30_000;

/**
 * Milliseconds that an answer says to wait: `retry-after-ms` (OpenAI and Azure), else `retry-after` in seconds or as an
 * HTTP date (RFC 9110, 10.2.3). Undefined where it says nothing that can be read.
 */
export function retryAfter(headers: Headers | undefined, now: number): number | undefined {
  const exact = numeric(headers?.get("retry-after-ms"));
  if (exact !== undefined) return exact;
  const given = headers?.get("retry-after");
  const seconds = numeric(given);
  if (seconds !== undefined) return seconds * 1_000;
  const date = given ? Date.parse(given) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function numeric(text: string | null | undefined): number | undefined {
  return text && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

/**
 * Milliseconds, by exponential backoff with full jitter: anything from none to twice as much as before, so that those who
 * failed together do not come back together. `failed`: how often so far, from 1. `random`: 0 to 1.
 */
export function backoff(failed: number, random: () => number): number {
  return Math.round(random() * Math.min(LONGEST_BACKOFF, FIRST_WAIT * 2 ** (failed - 1)));
}
