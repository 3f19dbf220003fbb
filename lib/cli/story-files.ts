/** The scripts in a project's folder: their stories, and how one is put there that was not. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Failure } from "../base/failure.ts";
import { isJsonObject, type Json } from "../base/json.ts";
import { statFile } from "../store/files.ts";
import { copyToNew, isSameFile, moveToNew } from "../store/new-file.ts";

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
    return this.#about(topic).length;
  }

  /** The highest take of a topic that there is a script of; 0 for none. One that does not tell its take counts as one. */
  lastTake(topic: string): number {
    const texts = this.#about(topic);
    return Math.max(texts.length, ...texts.map(takeIn));
  }

  #about(topic: string): readonly string[] {
    const texts = this.names.map((name) => readFileSync(join(this.folder, name), "utf8"));
    return texts.filter((text) => isAbout(text, topic));
  }

  /** Whether one of the scripts is that file, under another name. */
  holds(file: string): boolean {
    return this.names.some((name) => isSameFile(join(this.folder, name), file));
  }

  /** Moves a script in, named by its title as no other is; gives its path. */
  async add(file: string, title: string): Promise<{ readonly story: string; readonly path: string }> {
    const taken = new Set(this.names.map((name) => SCRIPT.exec(name)![1]));
    const plain = slug(title);
    for (let n = 1; ; n++) {
      const story = n === 1 ? plain : `${plain}_${n}`;
      const path = join(this.folder, `${story}_script.json`);
      if (!taken.has(story) && (await moveToNew(file, path))) return { story, path };
    }
  }

  /** Where a script that is given is to be, or is already. @throws Failure where another one is there */
  placeFor(path: string, cwd: string): GivenScript {
    const file = resolve(cwd, path);
    const [, ending] = ENDING.exec(file) ?? [];
    if (!statFile(file)?.isFile()) throw new Failure(`there is no file ${path}.`, { code: "usage.invalid" });
    if (ending === undefined)
      throw new Failure(`${path}: a script is a .json or .yaml file.`, { code: "usage.invalid" });
    const known = SCRIPT.exec(basename(file))?.[1];
    if (dirname(file) === this.folder && known !== undefined) return { path, file, story: known };
    const story = slug(known ?? basename(file, `.${ending}`));
    const there = this.names.find((name) => SCRIPT.exec(name)![1] === story);
    if (there === undefined)
      return { path, file, story, copy: join(this.folder, `${story}_script.${ending}`) };
    if (readFileSync(join(this.folder, there)).equals(readFileSync(file))) return { path, file, story };
    throw isAnother(join(this.folder, there), path);
  }

  /** @throws Failure where another one has come to be there */
  async copyIn({ path, file, copy }: GivenScript & { readonly copy: string }): Promise<void> {
    if (await copyToNew(file, copy)) return;
    if (!readFileSync(copy).equals(readFileSync(file))) throw isAnother(copy, path);
  }
}

export interface GivenScript {
  /** As typed. */
  readonly path: string;
  /** The same, absolute. */
  readonly file: string;
  readonly story: string;
  /** Where a copy is to be; undefined where the script is one of the project's own. */
  readonly copy?: string;
}

function isAnother(there: string, path: string): Failure {
  return new Failure(`${there} is there already, and is another script than ${path}.`, {
    code: "usage.invalid",
    help: "Rename one of them; or give that one with --script.",
  });
}

/** As it is written, so that a script with a slip in it counts too. */
function isAbout(text: string, topic: string): boolean {
  // The second is how version 2 of the task `generate` told it.
  const told = [`"topic":${JSON.stringify(topic)}`, `"source":${JSON.stringify(`about: ${topic}`)}`];
  return [...text.matchAll(/"(topic|source)"\s*:\s*("(?:[^"\\]|\\.)*")/g)].some(([, key, value]) =>
    told.includes(`"${key}":${value}`),
  );
}

/** 0 where it does not say so; what is wrong with a script is told when a film is made of it. */
function takeIn(text: string): number {
  let script: Json;
  try {
    script = JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return 0;
    throw error;
  }
  return isJsonObject(script) && typeof script.take === "number" ? script.take : 0;
}

/** For file names on every operating system. */
function slug(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
  // Never half of a letter that takes two units.
  return plain.slice(0, 60).replace(/[_\uD800-\uDBFF]+$/, "") || "story";
}
