/** What the failure of one script means for the others, and what the user can do about it. */
import { shellWord } from "../base/shell.ts";
import type { BuildEvent, Problem } from "../model/event.ts";

/** Whether a failure says nothing about the next script. A service that fails whoever asks does, and so does a full disk. */
export function isOfOneScript({ code, passing, isolated }: Problem): boolean {
  return !passing && (isolated === true || code === "api.text");
}

interface Asked {
  readonly niche: string;
  readonly topic: string;
  /** Where the script would be, relative to the content repo. */
  readonly output: string;
}

/** What is told of an event: of a failure also the command that asks for the same script once more. */
export function withHelp(event: BuildEvent, asked: Asked): BuildEvent {
  // The script is moved at once.
  if (event.type === "build-finished") return { ...event, results: [] };
  if (event.type !== "finished" || event.problem === undefined) return event;
  // Of what costs nothing no answer is kept: it is asked for anew each time.
  const isKept = event.cost !== undefined && isOfOneScript(event.problem);
  return isKept ? { ...event, problem: { ...event.problem, help: helpOf(event.problem, asked) } } : event;
}

function helpOf({ code, help }: Problem, { niche, topic, output }: Asked): string {
  const command = `faceless generate ${niche} --topic=${shellWord(topic)}`;
  if (code === "money.maybe-charged")
    return `The provider's own records tell. \`${command} --pay-again\` buys it again, with your other options as they were.`;
  const anew = `\`${command} --force ${shellWord(output)}\` asks anew for the same, at its price, with your other options as they were.`;
  return help === undefined ? anew : `${help}\n${anew}`;
}
