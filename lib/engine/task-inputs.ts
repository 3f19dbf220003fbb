/** What a task is handed as its inputs: when it runs, and when it is asked what that would cost. */
import type { InputFile, Task, TaskRun } from "../model/task.ts";

interface GivenSlot {
  readonly slot: string;
  readonly files: readonly InputFile[];
}

/** In the order of the task: that of the pipeline is in no key. A list that the pipeline does not give is an empty one. */
export function taskInputs(task: Task, slots: readonly GivenSlot[]): TaskRun["inputs"] {
  const given = new Map(slots.map(({ slot, files }) => [slot, files.map(handed)]));
  return Object.fromEntries(
    Object.entries(task.inputs).map(([slot, kind]) => {
      const files = given.get(slot) ?? [];
      return [slot, kind === "list" ? files : files[0]];
    }),
  );
}

/** What a task knows of a file, and no more: neither its digest nor where a command would find it. */
const handed = ({ path, name, extension }: InputFile): InputFile => ({ path, name, extension });
