/** Where the paths of a pipeline are on this disk, and what messages call them. */
import { join, sep } from "node:path";
import type { TargetPath } from "../model/pipeline.ts";

export class Places {
  /** The content repo's root, absolute. */
  readonly root: string;
  /** The project's folder relative to the root, with `/` between names: "output/finance". */
  readonly project: string;
  readonly folder: string;
  /** The project's own state: safe to delete. */
  readonly state: string;

  constructor(root: string, project: string) {
    this.root = root;
    this.project = project;
    this.folder = join(root, project);
    this.state = join(this.folder, ".faceless");
  }

  /** Asked for so often that the checks of `join`, which an output's path has behind it, would be felt. */
  output(path: TargetPath): string {
    return `${this.folder}${sep}${path}`;
  }

  pinned(path: TargetPath): string {
    return join(this.folder, "pinned", path);
  }

  /** A source: project-relative, or with a leading `/` from the root. */
  source(path: string): string {
    return path.startsWith("/") ? join(this.root, path) : join(this.folder, path);
  }

  /** What messages call a source or output. */
  name(path: string): string {
    return path.startsWith("/") ? path.slice(1) : `${this.project}/${path.replace(/^\.\//, "")}`;
  }
}
