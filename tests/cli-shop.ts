/** A content repo in a temporary folder with a pipeline of commands, built by processes of dist/cli.js that can be killed. */

import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { BuildEvent, Outcome } from "../lib/model/event.ts";
import { CLI, CONFIG, ContentRepo } from "./content-repo.ts";

export interface Ended {
  /** Null where it was killed. */
  readonly code: number | null;
  readonly events: readonly BuildEvent[];
  /** Outcome of each action by the path of its first output; empty where nothing moved. */
  readonly ran: Readonly<Record<string, Outcome>>;
  readonly problems: readonly string[];
  readonly notices: readonly string[];
  readonly stderr: string;
}

export interface How {
  readonly project?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Words that the program is run under, such as a shell that sets a limit. */
  readonly under?: readonly string[];
}

/** A build that runs. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves with the first event of which this holds; undefined where none came. */
  event(wanted: (event: BuildEvent) => boolean): Promise<BuildEvent | undefined>;
  readonly ended: Promise<Ended>;
}

/** What the lock, or the right to remove one, is written to before it has its name. */
const UNNAMED = /^lock\.(?:[0-9a-f]{32}\.)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class CliShop extends ContentRepo {
  /** The caller closes it. */
  constructor(pipeline: string, files: Readonly<Record<string, string>> = {}) {
    super({ project: "output/demo" });
    this.writeAll({ "/faceless.config.yaml": CONFIG, "/pipelines/p.yaml": pipeline, ...files });
  }

  /** A copy with all its state, removed when the test ends. */
  copy(): CliShop {
    const shop = cliShop("");
    cpSync(this.root, shop.root, { recursive: true, preserveTimestamps: true });
    return shop;
  }

  /** Everything that was made, whole or not: path in the project to content. */
  outputs(project = "demo"): Record<string, string> {
    const folder = join(this.root, "output", project);
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      (path) => !/^(scripts|pinned|\.faceless)\b/.test(path) && lstatSync(join(folder, path)).isFile(),
    );
    return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(folder, path), "utf8")]));
  }

  /** What is in the state folder and should not be there after a build: scratch, locks, files written aside. */
  leftovers(): string[] {
    const lasting = ["journal", "scratch", "snapshot"];
    const found = readdirSync(this.path(".faceless"), { recursive: true, encoding: "utf8" });
    // A process killed as it wrote its name for the lock, or for the right to remove one, leaves an empty file, which is
    // swept when it is ten seconds old.
    const isUnwritten = (path: string) =>
      UNNAMED.test(path) && readFileSync(this.path(`.faceless/${path}`), "utf8") === "";
    return found.filter((path) => !lasting.includes(path) && !isUnwritten(path));
  }

  build(how: How = {}): Promise<Ended> {
    return this.start(how).ended;
  }

  start({ project = "demo", args = [], env = {}, under = [] }: How = {}): Running {
    const [program, ...words] = [
      ...under,
      process.execPath,
      CLI,
      "build",
      `output/${project}`,
      "--json",
      ...args,
    ];
    const base = { PATH: process.env.PATH, HOME: process.env.HOME };
    const child = spawn(program!, words, {
      cwd: this.root,
      env: { ...base, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const events: BuildEvent[] = [];
    const waiting = new Set<{
      wanted(event: BuildEvent): boolean;
      resolve(event: BuildEvent | undefined): void;
    }>();
    const arrived = (event: BuildEvent | undefined) => {
      for (const one of waiting) {
        if (event !== undefined && !one.wanted(event)) continue;
        waiting.delete(one);
        one.resolve(event);
      }
    };
    const lines = createInterface({ input: child.stdout }).on("line", (line) => {
      const event = JSON.parse(line) as BuildEvent;
      events.push(event);
      arrived(event);
    });
    lines.on("close", () => arrived(undefined));
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject).on("close", (code) => resolve({ code, stderr, ...told(events) }));
    });
    return {
      child,
      ended,
      event: (wanted) => {
        const already = events.find(wanted);
        if (already !== undefined || child.exitCode !== null || child.signalCode !== null)
          return Promise.resolve(already);
        return new Promise((resolve) => waiting.add({ wanted, resolve }));
      },
    };
  }
}

function told(events: readonly BuildEvent[]): Omit<Ended, "code" | "stderr"> {
  const finished = events.flatMap((event) => (event.type === "finished" ? [event] : []));
  return {
    events,
    ran: Object.fromEntries(finished.map(({ action, outcome }) => [action, outcome])),
    problems: finished.flatMap(({ outcome, problem }) => (outcome === "failed" ? [problem!.message] : [])),
    notices: events.flatMap((event) => (event.type === "notice" ? [event.text] : [])),
  };
}

/** Removed when the test ends. */
export function cliShop(pipeline: string, files: Readonly<Record<string, string>> = {}): CliShop {
  const shop = new CliShop(pipeline, files);
  onTestFinished(() => shop.close());
  return shop;
}

/** The engine alone; what it started lives on as an orphan. */
export function killEngine({ child }: Running): void {
  child.kill("SIGKILL");
}

/** The engine with all that it started: stopped first, so that it starts nothing while they are counted. */
export function killAll({ child }: Running): void {
  // Of a process that has ended the pid can be another's by now.
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGSTOP");
  const below = descendants(child.pid!);
  child.kill("SIGKILL");
  for (const pid of below) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

/** Commands run in process groups of their own, so the group does not tell. */
function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const [, parent] = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)!.split(" ");
      parents.set(Number(name), Number(parent));
    } catch {
      // It ended just now.
    }
  }
  const found = [pid];
  for (const one of found) for (const [child, parent] of parents) if (parent === one) found.push(child);
  return found.slice(1);
}

/** Looks again and again until it holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(5);
}

/** mulberry32: whole numbers from 0 up to, not including, `count`. */
export function dice(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  };
}
