/** Which output paths are taken, and by whom: no two of them one file, and none of them the folder of another. */
import { dirname } from "node:path/posix";
import type { Action, Target, TargetPath } from "../model/pipeline.ts";
import { foldPath } from "./paths.ts";

interface Owned {
  readonly action: Action;
  readonly path: TargetPath;
}

export class Owners {
  /** By folded path: on some file systems, case and accents make no difference. */
  readonly #outputs = new Map<string, Action>();
  /** Folded path of a folder to an output in it. */
  readonly #folders = new Map<string, TargetPath>();

  /** Takes the paths of an action's outputs; what is wrong with one of them, where something is. */
  claim(action: Action): { readonly output: number; readonly message: string } | undefined {
    for (const [output, { path }] of action.outputs.entries()) {
      const message = this.#problem(action.target, path);
      if (message !== undefined) return { output, message };
      this.#outputs.set(foldPath(path), action);
    }
    return undefined;
  }

  /** The output that a path is on a file system that folds case and accents. */
  at(path: string): Owned | undefined {
    return this.#at(foldPath(path));
  }

  #at(folded: string): Owned | undefined {
    const action = this.#outputs.get(folded);
    if (action === undefined) return undefined;
    const { path } = action.outputs.find((output) => foldPath(output.path) === folded)!;
    return { action, path };
  }

  #problem(target: Target, path: TargetPath): string | undefined {
    const other = this.at(path);
    if (other === undefined) return this.#folderProblem(target, path);
    return other.path === path
      ? `'${target.name}' and '${other.action.target.name}' both make '${path}': every output has one target.`
      : `'${path}' and '${other.path}' are one file where a file system folds case or accents.`;
  }

  #folderProblem(target: Target, path: TargetPath): string | undefined {
    const say = (file: string, maker: Target, inside: string) =>
      `'${file}' is a file that '${maker.name}' makes, and '${inside}' would be in it.`;
    const inside = this.#folders.get(foldPath(path));
    if (inside !== undefined) return say(path, target, inside);
    for (let folder = dirname(foldPath(path)); folder !== "."; folder = dirname(folder)) {
      const file = this.#at(folder);
      if (file !== undefined) return say(file.path, file.action.target, path);
      if (this.#folders.has(folder)) break;
      this.#folders.set(folder, path);
    }
    return undefined;
  }
}
