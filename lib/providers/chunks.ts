/** Cuts a text that is too long for one request where a voice pauses anyway. */

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
  return pack(text, bounds, ["sentence", "word", "grapheme"])
    .map((chunk) => chunk.trim())
    .filter((chunk) => chunk !== "");
}

type Granularity = Intl.SegmenterOptions["granularity"];

function pack(text: string, bounds: Bounds, [granularity, ...finer]: readonly Granularity[]): string[] {
  if (fits(text, bounds)) return [text];
  if (granularity === undefined) return [text];
  // The language only tells abbreviations apart, and a chunk may end anywhere between sentences.
  const segments = new Intl.Segmenter("en", { granularity }).segment(text);
  const chunks: string[] = [];
  let open = "";
  for (const { segment } of segments) {
    if (fits(open + segment, bounds)) {
      open += segment;
      continue;
    }
    chunks.push(open);
    const pieces = pack(segment, bounds, finer);
    chunks.push(...pieces.slice(0, -1));
    open = pieces.at(-1)!;
  }
  return [...chunks, open];
}

function fits(text: string, { characters, bytes }: Bounds): boolean {
  return text.length <= characters && Buffer.byteLength(text) <= bytes;
}
