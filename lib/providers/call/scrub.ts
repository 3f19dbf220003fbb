/** Takes secrets out of what services say, before anybody is told. */

import { hiding } from "../../base/secrets.ts";

const MASK = "***";

/** Keys as services repeat them, also half hidden: "sk-proj-********wxyz". */
const LOOKS_LIKE_A_KEY = /\b(?:sk|pk|xi|key)[-_][\w*.…-]{6,}/g;

/** Shorter ones stand in ordinary words. */
const SHORTEST_SECRET = 4;

/** The text without any of the secrets nor what looks like a key. */
export function scrub(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret.length >= SHORTEST_SECRET);
  return hiding(known, () => MASK)(text).replace(LOOKS_LIKE_A_KEY, MASK);
}
