/** A small content repo in a temporary folder, and the program run on it as a person runs it: in a process. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { onTestFinished } from "vitest";
import { CLI, CONFIG, ContentRepo } from "./content-repo.ts";

export { CLI, CONFIG } from "./content-repo.ts";

/** A source is copied in capitals, and that one is counted. */
export const PIPELINE = `options: { suffix: "!" }
axes:
  story: { files: "scripts/\${story}.txt" }
targets:
  loud: { run: "tr a-z A-Z < \${in.text} > \${out}; printf %s \${options.suffix} >> \${out}", in: { text: "scripts/\${story}.txt" }, out: "loud/\${story}.txt" }
  count: { run: "wc -c < \${in.text} > \${out}", in: { text: loud }, out: "count/\${story}.txt" }
`;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface How {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Words that the program is run under, such as a shell that sets a limit. */
  readonly under?: readonly string[];
}

export class Repo extends ContentRepo {
  start(words: readonly string[], { cwd = ".", env = {}, under = [] }: How = {}): ChildProcess {
    const [program, ...args] = [...under, process.execPath, CLI, ...words];
    const base = { PATH: process.env.PATH, HOME: process.env.HOME };
    const child = spawn(program!, args, { cwd: this.path(cwd), env: { ...base, ...env } });
    onTestFinished(() => void child.kill("SIGKILL"));
    return child;
  }

  async run(words: readonly string[], how: How = {}): Promise<Ended> {
    return await ended(this.start(words, how));
  }

  /** Every file and folder with its time of change and content. */
  tree(): Record<string, string> {
    const found: Record<string, string> = {};
    const visit = (path: string) => {
      const stats = lstatSync(this.path(path), { bigint: true });
      const content = stats.isFile() ? this.read(path) : "";
      found[path] = `${stats.mode} ${stats.mtimeNs} ${stats.ctimeNs} ${content}`;
      if (stats.isDirectory()) for (const name of readdirSync(this.path(path))) visit(join(path, name));
    };
    visit(".");
    return found;
  }
}

export function repo(files: Readonly<Record<string, string>> = {}): Repo {
  const made = new Repo();
  onTestFinished(() => made.close());
  made.writeAll({
    "faceless.config.yaml": CONFIG,
    "pipelines/p.yaml": PIPELINE,
    "output/demo/scripts/a.txt": "hello",
    ...files,
  });
  return made;
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const texts = { out: "", err: "" };
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    texts.out += text;
  });
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    texts.err += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  const timeless = (text: string) => text.replace(/\b\d+(\.\d)? s\b/g, "N s");
  return { code, out: timeless(texts.out), err: texts.err };
}

export const said = (code: number, out: string): Ended => ({ code, out, err: "" });
/** A mistake that stops everything: told on standard error, and nothing on standard output. */
export const complained = (err: string, out = "", code = 2): Ended => ({
  ...{ code, out },
  err: `faceless: ${err}\n`,
});

/** Resolves when the text has come. */
export function told(stream: Readable, wanted: string): Promise<void> {
  return new Promise((resolve) => {
    let text = "";
    stream.on("data", (part) => {
      text += String(part);
      if (text.includes(wanted)) resolve();
    });
  });
}
