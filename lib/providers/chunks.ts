/** Cuts a text that is too long for one request where a voice pauses anyway. */
import { graphemes } from "../base/graphemes.ts";

/** What a chunk may be at most. */
export interface Bounds {
  readonly characters: number;
  /** In UTF-8; at least 4, so that any character fits. */
  readonly bytes: number;
}

/**
 * Pieces that are each within the bounds, and together the text: cut between sentences; a sentence that is too long, between
 * words; a word that is too long, between characters as people count them. White space where it is cut goes.
 */
export function chunksOf(text: string, bounds: Bounds): string[] {
  const chunks = pack(text, bounds, [sentencesOf, wordsOf, graphemes]);
  return chunks.map((chunk) => chunk.trim()).filter((chunk) => chunk !== "");
}

/** Cuts a text into parts that together are the text. */
type Cut = (text: string) => readonly string[];

// The language only tells abbreviations apart, and a chunk may end anywhere between sentences.
const sentenceSegmenter = new Intl.Segmenter("en", { granularity: "sentence" });

const sentencesOf: Cut = (text) => [...sentenceSegmenter.segment(text)].map(({ segment }) => segment);
const wordsOf: Cut = (text) => text.match(/\s*\S+|\s+$/gu) ?? [];

/** As much as fits in each; what does not fit alone is cut finer. */
function pack(text: string, bounds: Bounds, [cut, ...finer]: readonly Cut[]): string[] {
  if (fits(text, bounds) || cut === undefined) return [text];
  const chunks: string[] = [];
  let open = "";
  for (const part of cut(text)) {
    if (fits(open + part, bounds)) {
      open += part;
      continue;
    }
    chunks.push(open);
    const pieces = pack(part, bounds, finer);
    chunks.push(...pieces.slice(0, -1));
    open = pieces.at(-1)!;
  }
  return [...chunks, open];
}

function fits(text: string, { characters, bytes }: Bounds): boolean {
  return text.length <= characters && Buffer.byteLength(text) <= bytes;
}
