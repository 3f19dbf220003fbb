/** What of an enhanced text makes no sense, whatever its shape: nothing, and a narration much longer than its author's. */
import { Failure } from "../base/failure.ts";

export const ASK_AGAIN =
  "`--force` with this path asks for another answer; `--set enhance=false` takes the script as it is.";

/** The failure to throw for an answer that is odd. `what`: as it goes on after "What the text provider gave back". */
export function odd(what: string): Failure {
  return new Failure(`What the text provider gave back ${what}`, { code: "api.text", help: ASK_AGAIN });
}

/** `which` scene or text it is for, as a message calls it. @throws Failure */
export function refuseEmpty(text: string, which: string): void {
  if (text.trim() === "") throw odd(`has nothing for ${which}.`);
}

/** Times what an author wrote; and for short texts, so many words more. */
const LONGER = 2;
const WORDS_MORE = 30;
/** Where the author wrote none. */
const MOST_WORDS = 200;

/** `before`: the author's own; undefined for a new scene. @throws Failure */
export function refuseLong(narration: string, before: string | undefined, which: string): void {
  const most = before === undefined ? MOST_WORDS : LONGER * wordsIn(before) + WORDS_MORE;
  const words = wordsIn(narration);
  if (words > most) throw odd(`says ${words} words for ${which}, where at most ${most} make sense.`);
}

const wordsIn = (text: string) => text.trim().split(/\s+/).length;
