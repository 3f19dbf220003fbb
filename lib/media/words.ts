/** The words of a narration, and when each is heard if only the length of the audio is known. */
import { z } from "zod";
import { toMilliseconds, type WordMark, wordsOf } from "../model/word-mark.ts";

/** A file that the task `words` makes. Seconds from the start of the narration, which is `samples` at 48 kHz long. */
export const wordsShape = z.object({
  text: z.string(),
  samples: z.int().min(1),
  words: z.array(
    z
      .object({ text: z.string(), start: z.number().min(0), end: z.number() })
      .refine(({ start, end }) => start <= end, { error: "it ends before it starts" }),
  ),
});

const SENTENCE_END = /[.!?…。！？]["'”’»)\]]*$/u;

/** In the middle of the silence after each sentence but the last. Seconds, ascending. */
export function sentenceEnds(words: readonly WordMark[]): number[] {
  return words
    .slice(0, -1)
    .flatMap(({ text, end }, i) => (SENTENCE_END.test(text) ? [(end + words[i + 1]!.start) / 2] : []));
}

/**
 * A pause's worth in characters. English narration runs at about 15 characters a second, and readers pause for
 * about 0.15 s at a comma and 0.4 s at a full stop.
 */
const PAUSE_AFTER: readonly (readonly [ending: RegExp, characters: number])[] = [
  [SENTENCE_END, 6],
  [/[,;:–—、，]["'”’»)\]]*$/u, 2],
];

/**
 * One mark for each word of the text, in order and without overlap, over `seconds` of audio: as long as it has
 * letters and digits, with pauses left free after punctuation. A word with nothing to say gets no time.
 */
export function proportionalWords(text: string, seconds: number): WordMark[] {
  const words = wordsOf(text).map((word, i, all) => ({
    text: word,
    spoken: [...word.matchAll(/[\p{L}\p{N}]/gu)].length,
    pause: i === all.length - 1 ? 0 : (PAUSE_AFTER.find(([ending]) => ending.test(word))?.[1] ?? 0),
  }));
  const total = words.reduce((sum, word) => sum + word.spoken + word.pause, 0);
  const perCharacter = total === 0 ? 0 : seconds / total;
  let at = 0;
  return words.map(({ text, spoken, pause }) => {
    const start = at * perCharacter;
    const end = (at + spoken) * perCharacter;
    at += spoken + pause;
    return { text, start: toMilliseconds(start), end: Math.min(toMilliseconds(end), seconds) };
  });
}
