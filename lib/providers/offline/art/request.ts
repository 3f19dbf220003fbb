/** What a picture is drawn from, and the words in it. */
import type { Json, JsonObject } from "../../../base/json.ts";

/** Part of the provider's identity: raise it whenever the same request would give another picture. */
export const artVersion = 1;

export type Look = "auto" | "landscape" | "papercut" | "flow";

/** Plain data, because it travels to a worker thread. */
export interface DrawRequest {
  readonly prompt: string;
  readonly style: JsonObject;
  /** Pixels, at least 64. */
  readonly width: number;
  readonly height: number;
  readonly take: number;
  readonly look: Look;
}

/** Every text inside the style, its keys in order: two ways of writing one style must give one picture. */
export function styleTexts(style: Json): string[] {
  if (typeof style === "string") return style.trim() === "" ? [] : [style.trim()];
  if (typeof style !== "object" || style === null) return [];
  if (Array.isArray(style)) return style.flatMap(styleTexts);
  const object = style as JsonObject;
  return Object.keys(object)
    .sort()
    .flatMap((key) => styleTexts(object[key] ?? null));
}

/** The prompt without the story's style that was appended to it, so that each scene speaks for itself. */
export function sceneWords(prompt: string, style: JsonObject): string {
  let words = prompt;
  for (const text of styleTexts(style)) {
    const at = words.toLowerCase().lastIndexOf(text.toLowerCase());
    // A style's text at the very start is the scene's own subject, not an appendix.
    if (at > 0) words = `${words.slice(0, at)} ${words.slice(at + text.length)}`;
  }
  return words;
}

/** Where a pattern first occurs, or infinity: what a sentence names first is what it is about. */
export function firstMatch(text: string, pattern: RegExp): number {
  const at = text.search(pattern);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}
