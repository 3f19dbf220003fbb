/** What is seen as one character, such as a letter with its accent or a whole emoji (Unicode UAX 29). */

const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });

export function graphemes(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}
