/** Whether an action's files still are what they were when it was looked at. */
import type { Action } from "../model/pipeline.ts";
import { type FileStates, sameContent } from "../store/file-states.ts";
import type { Places } from "./place.ts";
import type { Resolved } from "./resolve.ts";

/** What messages call the first input that is not; undefined where all are. */
export function movedInput(
  { slots }: Resolved,
  { files }: { readonly files: FileStates },
): string | undefined {
  const inputs = slots.flatMap((slot) => slot.files);
  return inputs.find((input) => files.lookAgain(input.path)?.digest !== input.digest)?.name;
}

/** The same of its outputs: one that was edited meanwhile is not overwritten. */
export function movedOutput(
  { outputs }: Action,
  { files, places }: { readonly files: FileStates; readonly places: Places },
): string | undefined {
  const moved = outputs.find(({ path }) => {
    const before = files.look(places.output(path));
    return !sameContent(before, files.lookAgain(places.output(path)));
  });
  return moved && places.name(moved.path);
}
