/** A process of `faceless watch --json` on a small content repo, and the story that it tells. */

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { BuildEvent } from "../lib/model/event.ts";
import { CLI, CONFIG, ContentRepo } from "./content-repo.ts";

/** A source is copied in capitals, and that one is joined with what all stories share. */
export const PIPELINE = `options: { suffix: "!" }
axes:
  story: { files: "scripts/\${story}.txt" }
targets:
  loud: { run: "tr a-z A-Z < \${in.text} > \${out}; printf %s \${options.suffix} >> \${out}", in: { text: "scripts/\${story}.txt" }, out: "loud/\${story}.txt" }
  film: { run: "cat \${in.text} \${in.music} > \${out}", in: { text: loud, music: "\${project.music}" }, out: "film/\${story}.txt" }
`;

export type Round = Extract<BuildEvent, { type: "watch-round" }>;

/** A round without what it took and when. */
export function gist({ files, ok, ran, removed, counts, results }: Round) {
  const told = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  return { files, ok, ran, removed, counts: told, results };
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(10);
}

export class Repo extends ContentRepo {
  constructor(files: Readonly<Record<string, string>> = {}) {
    super({ project: "output/demo" });
    onTestFinished(() => this.close());
    this.writeAll({
      "/faceless.config.yaml": CONFIG.replace("voice: slt", "voice: slt, music: /shared/tune.txt"),
      "/pipelines/p.yaml": PIPELINE,
      "/shared/tune.txt": " la",
      "scripts/a.txt": "hello",
      ...files,
    });
  }

  start(...words: string[]): ChildProcess {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME };
    const child = spawn(process.execPath, [CLI, ...words], { cwd: this.root, env });
    onTestFinished(() => void child.kill("SIGKILL"));
    return child;
  }

  /** Resolves when the first round is over and changes are waited for. */
  async watch(...words: string[]): Promise<Watching> {
    const watching = this.watchNow(...words);
    await watching.next("watch-waiting");
    return watching;
  }

  watchNow(...words: string[]): Watching {
    return new Watching(this.start("watch", "--json", ...(words.length > 0 ? words : ["output/demo"])));
  }
}

export class Watching {
  readonly events: BuildEvent[] = [];
  readonly ended: Promise<number | null>;
  stderr = "";
  readonly #child: ChildProcess;
  /** Events before this one have been waited for. */
  #read = 0;
  #wake: () => void = () => {};
  #over = false;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    createInterface({ input: child.stdout! }).on("line", (line) => {
      this.events.push(JSON.parse(line) as BuildEvent);
      this.#wake();
    });
    this.ended = new Promise((resolve) =>
      child.on("close", (code) => {
        this.#over = true;
        this.#wake();
        resolve(code);
      }),
    );
  }

  /** The next event of a type, after those that were waited for before. */
  async next<Type extends BuildEvent["type"]>(
    type: Type,
    matches: (event: Extract<BuildEvent, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<BuildEvent, { type: Type }>> {
    for (;;) {
      while (this.#read < this.events.length) {
        const event = this.events[this.#read++]!;
        if (event.type !== type) continue;
        const found = event as Extract<BuildEvent, { type: Type }>;
        if (matches(found)) return found;
      }
      if (this.#over) throw new Error(`the watch ended before ${type}: ${this.stderr}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async round(): Promise<ReturnType<typeof gist>> {
    return gist(await this.next("watch-round"));
  }

  count(type: BuildEvent["type"]): number {
    return this.events.filter((event) => event.type === type).length;
  }

  /** How often an action was started. */
  starts(action: string): number {
    return this.events.filter((event) => event.type === "started" && event.action === action).length;
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  /** As a person does it; the exit code. */
  async stop(): Promise<number | null> {
    this.interrupt();
    return await this.ended;
  }
}
