/** Words of a narration and the times they are heard. */

/** One word of the script's own text, and when it is heard. */
export interface WordMark {
  /** The word as the script has it, its punctuation included. */
  readonly text: string;
  /** Seconds from the start of the audio. */
  readonly start: number;
  readonly end: number;
}

/** The white-space separated words of a text, punctuation included: what word marks are counted by. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== "");
}

/** Seconds to three decimals: finer than a video frame, and still a number that people can read and diff. */
export function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
