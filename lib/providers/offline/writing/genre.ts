/** What a genre is: how its stories begin, go on and end, what is seen meanwhile, and what it all looks like. */
import type { WrittenStyle } from "../../writing.ts";

/**
 * One scene: a narration and a picture prompt. In a narration `{topic}` is the topic within a sentence and `{Topic}` at
 * its beginning; neither says how many there are of it, so no verb and no pronoun may depend on that. A prompt names first
 * what our pictures can draw, and nothing of the topic.
 */
export interface Beat {
  readonly says: readonly string[];
  readonly shows: string;
}

export interface Genre {
  /** Of a niche's name or of a topic. */
  readonly words: RegExp;
  readonly titles: readonly string[];
  readonly style: WrittenStyle;
  readonly hooks: readonly Beat[];
  /** In the order in which they may be told; a short script leaves some out. */
  readonly points: readonly Beat[];
  readonly closes: readonly Beat[];
}
