/** Takes secrets out of what services say, before anybody is told. */

/** Keys as services repeat them, also half hidden: "sk-proj-********wxyz". */
const LOOKS_LIKE_A_KEY = /\b(?:sk|pk|xi|key)[-_][\w*.…-]{6,}/g;

/** Shorter ones stand in ordinary words. */
const SHORTEST_SECRET = 4;

/** The text without any of the secrets nor what looks like a key. */
export function scrub(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < SHORTEST_SECRET) continue;
    for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]))
      clean = clean.replaceAll(form, "***");
  }
  return clean.replace(LOOKS_LIKE_A_KEY, "***");
}

/** On one line, at most so many characters, without cutting one in half. */
export function shorten(text: string, most: number): string {
  const characters = [...text.replace(/\s+/gu, " ").trim()];
  return characters.length <= most ? characters.join("") : `${characters.slice(0, most - 1).join("")}…`;
}
