/** The words of a narration, and when each is heard if only the length of the audio is known. */
import { toMilliseconds, type WordMark, wordsOf } from "../model/word-mark.ts";

/**
 * A pause's worth in characters. English narration runs at about 15 characters a second, and readers pause for
 * about 0.15 s at a comma and 0.4 s at a full stop.
 */
const PAUSE_AFTER: readonly (readonly [ending: RegExp, characters: number])[] = [
  [/[.!?…。！？]["'”’»)\]]*$/u, 6],
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
