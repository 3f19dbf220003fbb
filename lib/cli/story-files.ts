/** The scripts in a project's folder: their stories, and how one is put there that was not. */
import { constants, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Failure } from "../base/failure.ts";
import { sourceOf } from "../providers/writing.ts";

/** As the shipped pipeline has it: `scripts/${story}_script.json`. */
const SCRIPT = /^(.+)_script\.(json|yaml|yml)$/;
const ENDING = /\.(json|yaml|yml)$/;

export class StoryFiles {
  /** Absolute. */
  readonly folder: string;

  /** `project`: the project's folder, absolute. */
  constructor(project: string) {
    this.folder = join(project, "scripts");
  }

  /** File names, in code-unit order. */
  get names(): readonly string[] {
    return this.#all.filter((name) => SCRIPT.test(name));
  }

  /** Of files that look like scripts, and are none by their names. */
  get strays(): readonly string[] {
    return this.#all.filter((name) => !SCRIPT.test(name) && ENDING.test(name));
  }

  get #all(): readonly string[] {
    return existsSync(this.folder) ? readdirSync(this.folder).sort() : [];
  }

  /** How many scripts say that they were written about a topic. */
  countAbout(topic: string): number {
    const source = JSON.stringify(sourceOf(topic));
    return this.names.filter((name) => readFileSync(join(this.folder, name), "utf8").includes(source)).length;
  }

  /** A story's name that no script has yet: "the_price_of_waiting", "the_price_of_waiting_2". */
  freeStory(title: string): string {
    const taken = new Set(this.names.map((name) => SCRIPT.exec(name)![1]));
    const plain = slug(title);
    for (let n = 1; ; n++) {
      const story = n === 1 ? plain : `${plain}_${n}`;
      if (!taken.has(story)) return story;
    }
  }

  /** Where a script of that story is to be; its folder is made. */
  pathOf(story: string): string {
    mkdirSync(this.folder, { recursive: true });
    return join(this.folder, `${story}_script.json`);
  }

  /** The story of a script: of this project's own, or copied to it. Never over another. @throws Failure */
  take(path: string, cwd: string, dryRun: boolean): { readonly story: string; readonly isCopied: boolean } {
    const file = resolve(cwd, path);
    const [, ending] = ENDING.exec(file) ?? [];
    if (!existsSync(file)) throw new Failure(`there is no file ${path}.`, { code: "usage.invalid" });
    if (ending === undefined)
      throw new Failure(`${path}: a script is a .json or .yaml file.`, { code: "usage.invalid" });
    const known = SCRIPT.exec(basename(file))?.[1];
    if (dirname(file) === this.folder && known !== undefined) return { story: known, isCopied: false };
    const story = slug(known ?? basename(file, `.${ending}`));
    const to = join(this.folder, `${story}_script.${ending}`);
    if (existsSync(to)) {
      if (readFileSync(to).equals(readFileSync(file))) return { story, isCopied: false };
      throw new Failure(`${to} is there already, and is another script than ${path}.`, {
        code: "usage.invalid",
        help: "Rename one of them; or give that one with --script.",
      });
    }
    if (!dryRun) {
      mkdirSync(this.folder, { recursive: true });
      copyFileSync(file, to, constants.COPYFILE_EXCL);
    }
    return { story, isCopied: true };
  }
}

/** For file names on every operating system. */
function slug(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
  return plain.slice(0, 60).replace(/_+$/, "") || "story";
}
