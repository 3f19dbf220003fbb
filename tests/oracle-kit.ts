/** The oracle: random pipelines, random edits, and what every build has to keep to, told by what a user can see. */
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect } from "vitest";
import { type Around, Check, inputsOf, type Look, Standing } from "./oracle-check.ts";
import { EDIT, type Edit, Project } from "./oracle-edits.ts";
import { type Model, modelOf } from "./oracle-model.ts";
import { oracleTasks, SPEC, type Spec } from "./oracle-pipeline.ts";
import { type Built, Workshop } from "./workshop.ts";

/** `goal` and `force` name an output, `stop` comes after some events; modulo what there is. */
type Way =
  | { readonly kind: "full" | "discard" | "dry" }
  | { readonly kind: "goal" | "force" | "stop"; readonly at: number };

interface Step {
  readonly edits: readonly Edit[];
  readonly way: Way;
  readonly jobs: number;
}

const WAY: fc.Arbitrary<Way> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Way>({ kind: "full" }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("goal", "force", "stop"), at: fc.nat(99) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("discard", "dry") }) },
);

const STEP: fc.Arbitrary<Step> = fc.record({
  edits: fc.array(EDIT, { maxLength: 3 }),
  way: WAY,
  jobs: fc.integer({ min: 1, max: 3 }),
});

/** What the property draws: a pipeline, and what happens to its project. */
export const STORY: fc.Arbitrary<readonly [Spec, readonly Step[]]> = fc.tuple(
  SPEC,
  fc.array(STEP, { minLength: 1, maxLength: 7 }),
);

/** Thousands of builds are not to wait for a disk: that an fsync is in its place is the subject of other tests. */
const FOLDER = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** Throws where the engine does not do as it should. */
export async function live([spec, steps]: readonly [Spec, readonly Step[]]): Promise<void> {
  const shop = new Workshop({}, { within: FOLDER });
  try {
    const project = new Project(shop, spec);
    const oracle = new Oracle(project);
    await oracle.build({ edits: [], way: { kind: "full" }, jobs: 2 });
    for (const step of steps) await oracle.build(step);
    await oracle.build({ edits: [], way: { kind: "full" }, jobs: 2 });
    await oracle.compareWithScratch();
  } finally {
    shop.close();
  }
}

class Oracle {
  readonly #project: Project;
  readonly #executed: string[] = [];
  #model: Model = { nodes: new Map(), whole: true };

  constructor(project: Project) {
    this.#project = project;
  }

  async build({ edits, way, jobs }: Step): Promise<void> {
    const project = this.#project;
    project.shop.tick();
    const known = [...this.#model.nodes.values()].flatMap(({ paths }) => paths);
    for (const edit of edits) project.apply(edit, known);
    const around = this.#around(way);
    const nothingToDo = way.kind === "full" && project.shop.upToDate(around.signature);
    const records = project.loose.size === 0;
    const check = new Check(project, this.#look(), way, around);
    const files = this.#everything();
    this.#executed.length = 0;
    const built = await this.#run(around, way, jobs);
    if (way.kind === "dry") return expect(this.#everything(), "a dry run changes nothing").toEqual(files);
    const model = check.all(built, this.#look(), this.#executed);
    expect(check.problems, check.problems.join("\n")).toEqual([]);
    if (way.kind !== "stop") this.#model = model;
    // Without the journal the build forgets what was edited, which the verdict still knows.
    if (nothingToDo && records) this.#expectNothingDone(built, files, "where the verdict said so");
    // Bytes without a record are told by the store: what this build has made can have the bytes of an old file.
    if (way.kind === "full" && project.loose.size === 0)
      await this.#buildAgain(around, jobs, built.ok && model.nodes.size > 0);
  }

  /** A second build right after. */
  async #buildAgain(around: Around, jobs: number, ok: boolean): Promise<void> {
    const files = this.#everything();
    if (ok) expect(this.#project.shop.upToDate(around.signature), "a build leaves a verdict").toBe(true);
    this.#expectNothingDone(await this.#run(around, { kind: "full" }, jobs), files, "by a second build");
  }

  #expectNothingDone({ ran }: Built, files: Record<string, string>, when: string): void {
    const done = Object.entries(ran).filter(([, outcome]) => outcome === "ran" || outcome === "restored");
    expect(done, `nothing is made or restored ${when}`).toEqual([]);
    expect(withoutState(this.#everything()), `no file is touched ${when}`).toEqual(withoutState(files));
  }

  /** A build in an empty folder with the same sources; what stands by hand is pinned there. */
  async compareWithScratch(): Promise<void> {
    const { shop } = this.#project;
    const fresh = new Workshop({ "/pipelines/p.yaml": shop.read("/pipelines/p.yaml") }, { within: FOLDER });
    try {
      for (const [path, content] of this.#project.sources()) fresh.write(path, content);
      for (const { status, contents } of this.#model.nodes.values()) {
        if (status !== "kept") continue;
        for (const [path, content] of contents)
          if (content !== undefined) fresh.write(`pinned/${path}`, content);
      }
      await fresh.build({ ...this.#around({ kind: "full" }), keepGoing: true });
      const good = [...this.#model.nodes.values()].filter(
        ({ status }) => status === "made" || status === "kept",
      );
      const paths = good.flatMap(({ contents }) =>
        [...contents].flatMap(([path, content]) => (content === undefined ? [] : [path])),
      );
      const contentsIn = (one: Workshop) => Object.fromEntries(paths.map((path) => [path, one.read(path)]));
      expect(contentsIn(shop), "as built from scratch").toEqual(contentsIn(fresh));
    } finally {
      fresh.close();
    }
  }

  #around(way: Way): Around {
    const { option, values, versions, shop } = this.#project;
    const paths = [...this.#modelNow().nodes.values()].flatMap((node) => node.paths);
    // Where records may be lost it is not known which lists stand by hand, and with them which outputs there are.
    const sure = paths.length > 0 && this.#project.loose.size === 0;
    const named =
      (way.kind === "goal" || way.kind === "force") && sure ? [paths[way.at % paths.length]!] : [];
    const goals = way.kind === "goal" ? named : [];
    const executed = this.#executed;
    return {
      options: { o: option },
      settings: { vs: values },
      tasks: oracleTasks((kind) => versions.get(kind) ?? 1, executed),
      goals,
      force: way.kind === "force" ? named : [],
      signature: JSON.stringify([option, values, [...versions], goals]),
      restsOn: [shop.path("/pipelines/p.yaml")],
    };
  }

  /** As things stand, taking what was changed by hand as it is: what names of outputs there are. */
  #modelNow(): Model {
    const stand = new Standing(this.#project, this.#look(), new Set());
    return modelOf(inputsOf(this.#project), (action) => stand.keptAsIs(action));
  }

  #run(around: Around, way: Way, jobs: number): Promise<Built> {
    const stop = new AbortController();
    let events = way.kind === "stop" ? 1 + (way.at % 12) : Number.POSITIVE_INFINITY;
    return this.#project.shop.build({
      ...around,
      jobs,
      keepGoing: true,
      dryRun: way.kind === "dry",
      discardEdits: way.kind === "discard",
      stop: stop.signal,
      onEvent: ({ type }) => {
        if (type === "started" || type === "finished") events -= 1;
        if (events === 0) stop.abort();
      },
    });
  }

  #look(): Look {
    const { shop } = this.#project;
    return new Map(
      this.#project
        .outputs()
        .map((path) => [path, { content: shop.read(path), stamp: stampOf(shop.path(path)) }]),
    );
  }

  /** Of every file of the content repo, state included. */
  #everything(): Record<string, string> {
    const { root } = this.#project.shop;
    const files = readdirSync(root, { recursive: true, encoding: "utf8" });
    return Object.fromEntries(
      files
        .filter((path) => lstatSync(join(root, path)).isFile())
        .map((path) => [path, stampOf(join(root, path))]),
    );
  }
}

/** Not ctime: that moves with a new hard link to the same bytes elsewhere. */
function stampOf(path: string): string {
  const { ino, size, mtimeNs } = lstatSync(path, { bigint: true });
  return [ino, size, mtimeNs].join(" ");
}

function withoutState(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([path]) => !path.includes(".faceless/")));
}
