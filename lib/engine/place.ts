/** Where the paths of a pipeline are on this disk, and what messages call them. */
import { join, sep } from "node:path";
import type { TargetPath } from "../model/pipeline.ts";
import { DRAFTS } from "../pipeline/paths.ts";

/**
 * Sources are in the project's own folder, for drafts too; what is made, with all that is remembered of it, is there as
 * well, or for drafts in a folder of it.
 */
export class Places {
  /** The content repo's root, absolute. */
  readonly root: string;
  /** The project's folder relative to the root, with `/` between names: "output/finance". */
  readonly project: string;
  /** The same, absolute: where its sources are. */
  readonly folder: string;
  /** What is built, relative to the root: the project, or its drafts, "output/finance/draft". */
  readonly built: string;
  readonly isDraft: boolean;
  /** Where outputs go, absolute. */
  readonly outputs: string;
  /** What is remembered of them: safe to delete. */
  readonly state: string;

  constructor(root: string, project: string, isDraft = false) {
    this.root = root;
    this.project = project;
    this.folder = join(root, project);
    this.isDraft = isDraft;
    this.built = isDraft ? `${project}/${DRAFTS}` : project;
    this.outputs = join(root, this.built);
    this.state = join(this.outputs, ".faceless");
  }

  /** Asked for so often that the checks of `join`, which an output's path has behind it, would be felt. */
  output(path: TargetPath): string {
    return `${this.outputs}${sep}${path}`;
  }

  pinned(path: TargetPath): string {
    return join(this.folder, "pinned", path);
  }

  /** A source: project-relative, or with a leading `/` from the root. */
  source(path: string): string {
    return path.startsWith("/") ? join(this.root, path) : join(this.folder, path);
  }

  /** What messages call an output. */
  name(path: string): string {
    return `${this.built}/${path}`;
  }

  /** What messages call a source. */
  sourceName(path: string): string {
    return path.startsWith("/") ? path.slice(1) : `${this.project}/${path.replace(/^\.\//, "")}`;
  }
}
