/** A content repo in a temporary folder with cheap tasks, to build again and again and see who ran. */

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { readDocument } from "../lib/base/document.ts";
import type { JsonObject } from "../lib/base/json.ts";
import { build } from "../lib/engine/build.ts";
import { Places } from "../lib/engine/place.ts";
import type { BuildRequest, Described } from "../lib/engine/request.ts";
import { journalPath } from "../lib/engine/start.ts";
import { surveyFiles } from "../lib/engine/up-to-date.ts";
import type { BuildEvent, Outcome } from "../lib/model/event.ts";
import type { Pipeline, TargetPath } from "../lib/model/pipeline.ts";
import type { Task, Tool } from "../lib/model/task.ts";
import { compilePipeline } from "../lib/pipeline/compile.ts";
import { loadJournal, type Traces } from "../lib/store/journal.ts";
import { snapshotPath } from "../lib/store/snapshot.ts";
import { defineTask, z } from "../lib/task.ts";
import { ContentRepo, type RepoForm } from "./content-repo.ts";

/** Text in, upper case out: two inputs can give the same output. */
const upper = defineTask({
  type: "upper",
  version: 1,
  params: z.strictObject({}),
  inputs: { text: "file" },
  outputs: { text: "txt" },
  async run({ inputs, outputs }) {
    await outputs.text.write(readFileSync(inputs.text.path, "utf8").toUpperCase());
  },
});

const say = defineTask({
  type: "say",
  version: 1,
  params: z.strictObject({ text: z.string(), times: z.int().default(1) }),
  outputs: { text: "txt" },
  pool: "voice",
  async run({ params, outputs }) {
    if (params.text.includes("BOOM")) throw new Error("the voice broke");
    await outputs.text.write(params.text.repeat(params.times));
  },
});

const join_ = defineTask({
  type: "join",
  version: 1,
  params: z.strictObject({ glue: z.string().default("|") }),
  inputs: { parts: "list", extra: "optional" },
  outputs: { text: "txt" },
  async run({ params, inputs, outputs }) {
    const parts = [...inputs.parts, ...(inputs.extra ? [inputs.extra] : [])];
    await outputs.text.write(parts.map((part) => readFileSync(part.path, "utf8")).join(params.glue));
  },
});

/** Lines of text → JSON: the file that a dynamic axis lists. */
const split = defineTask({
  type: "split",
  version: 1,
  params: z.strictObject({}),
  inputs: { text: "file" },
  outputs: { list: "json" },
  cheap: true,
  async run({ inputs, outputs }) {
    const lines = readFileSync(inputs.text.path, "utf8")
      .split("\n")
      .filter((line) => line.trim() !== "");
    const items = lines.map((text, i) => ({ number: i + 1, text: text.trim() }));
    await outputs.list.write(JSON.stringify({ title: "list", items }));
  },
});

export const TASKS: readonly Task[] = [upper, say, join_, split];

export interface Built {
  readonly ok: boolean;
  readonly interrupted: boolean;
  /** Outcome of each action by the path of its first output; "would-…" in a dry run. */
  readonly ran: Readonly<Record<string, Outcome | string>>;
  readonly events: readonly BuildEvent[];
  /** Messages of what failed. */
  readonly problems: readonly string[];
}

type Changes = Partial<
  Omit<BuildRequest, "goals" | "force"> & Pick<Described, "tasks" | "tools" | "pools">
> & {
  restsOn?: readonly string[];
  goals?: readonly string[];
  force?: readonly string[];
  options?: JsonObject;
  settings?: JsonObject;
  onEvent?: (event: BuildEvent) => void;
  /** Called when the pipeline is read, and after that: not where it is remembered. */
  onRead?: () => void;
  onDescribe?: () => void;
};

export class Workshop extends ContentRepo {
  readonly places: Places;
  /** Shifts the engine's clock, in milliseconds. */
  clock = 0;
  /** Of the last build's request. */
  #signature = "";

  constructor(files: Readonly<Record<string, string>>, form: Pick<RepoForm, "within"> = {}) {
    super({ ...form, project: "output/demo" });
    this.places = new Places(this.root, "output/demo");
    this.writeAll(files);
  }

  /** What is recorded of each action. */
  traces(): Traces {
    return loadJournal(journalPath(this.places), "journal").traces;
  }

  /**
   * Waits until the file system's clock has moved: what is written from now on has another time than anything before,
   * as if a person had done it. (With its clock set forward the engine expects no less.)
   */
  tick(): void {
    const probe = this.path("/probe");
    const time = () => {
      writeFileSync(probe, "");
      return statSync(probe, { bigint: true }).ctimeNs;
    };
    for (const start = time(); time() === start; );
  }

  /** Whether the last build's verdict still holds for a request of this signature: then `faceless build` builds nothing. */
  upToDate(signature = this.#signature): boolean {
    const now = () => Date.now() + this.clock;
    const survey = surveyFiles(snapshotPath(this.places.state), signature, now);
    return survey?.moved.length === 0 && survey.snapshot.verdict.ok;
  }

  async build(changes: Changes = {}): Promise<Built> {
    const events: BuildEvent[] = [];
    const {
      options = {},
      settings = {},
      onEvent,
      tasks = new Map(TASKS.map((task) => [task.type, task])),
    } = changes;
    const { tools = new Map<string, Tool>(), pools = {}, restsOn = [] } = changes;
    const text = this.read("/pipelines/p.yaml");
    const versions = [...tasks.values()].map(({ type, version }) => [type, version]);
    const identities = [...tools].map(([name, tool]) => [name, tool.identity]);
    const never = new AbortController().signal;
    // As the command line has it: goals, and all that a description is made of.
    const asked = JSON.stringify([text, options, settings, versions, identities, changes.goals ?? []]);
    this.#signature = changes.signature ?? asked;
    const result = await build({
      places: this.places,
      signature: asked,
      describe(remembered, look) {
        if (remembered === undefined) {
          for (const path of restsOn) look(path);
          changes.onRead?.();
          changes.onDescribe?.();
        }
        const project = { niche: "demo", ...settings };
        const pipeline =
          remembered === undefined
            ? compilePipeline(readDocument(text, "pipelines/p.yaml"), {
                ...{ project, options, tasks },
                pools: Object.keys(pools),
              })
            : (JSON.parse(remembered) as Pipeline);
        return { pipeline, tasks, tools, pools, restsOn, text: JSON.stringify(pipeline) };
      },
      cache: join(this.root, ".faceless/cache"),
      discardEdits: false,
      accept: false,
      keepGoing: false,
      dryRun: false,
      tellFresh: true,
      jobs: 2,
      command: "faceless build output/demo",
      stop: never,
      kill: never,
      now: () => Date.now() + this.clock,
      ...changes,
      goals: (changes.goals ?? []) as TargetPath[],
      force: (changes.force ?? []) as TargetPath[],
      emit: (event) => {
        events.push(event);
        onEvent?.(event);
      },
    });
    return {
      ok: result.ok,
      interrupted: result.interrupted,
      ran: outcomes(events),
      events,
      problems: problems(events),
    };
  }
}

function outcomes(events: readonly BuildEvent[]): Record<string, string> {
  return Object.fromEntries(
    events.flatMap((event) => {
      if (event.type === "finished") return [[event.action, event.outcome]];
      if (event.type === "accepted") return [[event.action, "accepted"]];
      return event.type === "would" ? [[event.action, `would-${event.verb}`]] : [];
    }),
  );
}

function problems(events: readonly BuildEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "finished" && event.outcome === "failed" ? [event.problem!.message] : [],
  );
}

/** Removed when the test ends. */
export function workshop(files: Readonly<Record<string, string>>): Workshop {
  const shop = new Workshop(files);
  onTestFinished(() => shop.close());
  return shop;
}

/** The tasks of the workshop, and one whose work is the test's own. */
export function withTask(run: Task["run"], definition: Partial<Task> = {}): ReadonlyMap<string, Task> {
  const own = defineTask({
    type: "own",
    version: 1,
    params: z.strictObject({ text: z.string().default("") }),
    inputs: { text: "optional" },
    outputs: { text: "txt" },
    run: (given) => run(given as Parameters<Task["run"]>[0]),
  });
  return new Map([...TASKS, { ...own, ...definition }].map((task) => [task.type, task]));
}

export const notices = ({ events }: Built) =>
  events.flatMap((event) => (event.type === "notice" ? [event.text] : []));

export const helps = ({ events }: Built) =>
  events.flatMap((event) => (event.type === "finished" && event.problem?.help ? [event.problem.help] : []));

/** What attempts have left. */
export function scratchOf(shop: Workshop): string[] {
  const scratch = shop.path(".faceless/scratch");
  return existsSync(scratch) ? readdirSync(scratch) : [];
}
