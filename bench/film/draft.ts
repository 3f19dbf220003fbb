/** What an edit costs while one writes: a watch of drafts, from saving a narration to the film that can be played. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { BuildEvent } from "../../lib/model/event.ts";
import type { Cost } from "../engine/measure.ts";

/** Linux counts processor time in so many ticks a second. */
const TICKS = 100;

/** A watch that has built all drafts and waits for changes. */
export class DraftWatch {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(command: readonly string[], cwd: string) {
    const [program, ...words] = command;
    this.#child = spawn(program!, words, { cwd, stdio: ["ignore", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  static async start(command: readonly string[], cwd: string): Promise<DraftWatch> {
    const watch = new DraftWatch(command, cwd);
    await watch.#next("watch-waiting");
    return watch;
  }

  /** Wall is what the watch says of its round; CPU is of it and of all that it has started, which has ended. */
  async round(edit: () => void): Promise<Cost> {
    const before = this.#used();
    edit();
    const { ms } = await this.#next("watch-round");
    const { cpu, peak } = this.#used();
    return { wall: ms / 1000, cpu: cpu - before.cpu, peak };
  }

  async end(): Promise<void> {
    this.#child.kill("SIGINT");
    await new Promise((resolve) => this.#child.once("close", resolve));
  }

  async #next<Type extends BuildEvent["type"]>(type: Type): Promise<Extract<BuildEvent, { type: Type }>> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`the watch ended before it told of '${type}'`);
      const event = JSON.parse(value) as BuildEvent;
      if (event.type === "watch-failed" || (event.type === "watch-round" && !event.ok))
        throw new Error(`a round failed: ${value}`);
      if (event.type === type) return event as Extract<BuildEvent, { type: Type }>;
    }
  }

  /** proc(5): user and system of the process and of its children that were waited for; its largest resident set. */
  #used(): { cpu: number; peak: number } {
    const of = (file: string) => readFileSync(`/proc/${this.#child.pid}/${file}`, "utf8");
    const fields = of("stat")
      .replace(/^.*\) /, "")
      .split(" ")
      .slice(11, 15);
    const ticks = fields.reduce((sum, field) => sum + Number(field), 0);
    return { cpu: ticks / TICKS, peak: Number(/^VmHWM:\s+(\d+)/m.exec(of("status"))![1]) / 1024 };
  }
}
