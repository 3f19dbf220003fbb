/** Which files each action was found to depend on, packed: 100,000 lists of a few numbers would be as many arrays. */
import type { Action } from "../model/pipeline.ts";
import type { FileId } from "../store/file-table.ts";

export class Reads {
  /** Where its list begins. */
  readonly #at = new Map<Action, number>();
  /** Lists, each behind its length. */
  readonly #lists: number[] = [];

  /** In place of what was found before. */
  set(action: Action, files: ReadonlySet<FileId>): void {
    this.#at.set(action, this.#lists.length);
    this.#lists.push(files.size);
    for (const file of files) this.#lists.push(file);
  }

  get(action: Action): readonly FileId[] {
    const at = this.#at.get(action);
    return at === undefined ? [] : this.#lists.slice(at + 1, at + 1 + this.#lists[at]!);
  }
}
