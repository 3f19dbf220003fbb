/** One build of the oracle: what was there before and what is after it, held against the model. */

import type { JsonObject } from "../lib/base/json.ts";
import type { Described } from "../lib/engine/request.ts";
import { digestOf, type Project } from "./oracle-edits.ts";
import { type Contents, type Inputs, type Kept, type Model, modelOf, type Node } from "./oracle-model.ts";
import type { Built } from "./workshop.ts";

export interface Seen {
  readonly content: string;
  /** Moves with every write and every touch. */
  readonly stamp: string;
}

type Blobs = ReturnType<Project["blobs"]>;

/** Outputs by path. */
export type Look = ReadonlyMap<string, Seen>;

export interface Around {
  readonly options: JsonObject;
  readonly settings: JsonObject;
  readonly tasks: Described["tasks"];
  readonly goals: readonly string[];
  readonly force: readonly string[];
  readonly signature: string;
  readonly restsOn: readonly string[];
}

export function inputsOf(project: Project): Inputs {
  return {
    spec: project.spec,
    recipes: project,
    option: project.option,
    values: project.values.map(({ id, word, some, ids }) => ({ key: id, word, lists: { some, ids } })),
    sources: project.sources(),
    version: (kind) => project.versions.get(kind) ?? 1,
  };
}

/** Which outputs stand by hand, given what is on disk and in the store. */
export class Standing {
  readonly pins: ReadonlyMap<string, string>;
  readonly #project: Project;
  readonly #look: Look;
  readonly #blobs: Blobs;
  readonly #yielding: ReadonlySet<string> | "all";

  /** `yielding`: outputs whose edits are given up. */
  constructor(project: Project, look: Look, yielding: ReadonlySet<string> | "all") {
    this.pins = project.pins();
    this.#project = project;
    this.#look = look;
    this.#blobs = project.blobs();
    this.#yielding = yielding;
  }

  /** Whether a build has made it before, and nobody harmed that since. */
  storeHas(key: string | undefined): boolean {
    const contents = key === undefined ? undefined : this.#project.made.get(key);
    return contents?.every((content) => this.#blobs.intact.has(digestOf(content))) ?? false;
  }

  /** `maybe` where it hangs on a record that may be lost. */
  edited(path: string, { key, makes }: Pick<Node, "key" | "makes">): "yes" | "no" | "maybe" {
    const content = this.#look.get(path)?.content;
    const yields = this.#yielding === "all" || this.#yielding.has(path);
    if (content === undefined || yields || this.pins.get(path) === content) return "no";
    const differs = this.#differs(path, content);
    // What is to be made anyway is no edit, if the store can tell.
    if (differs !== "no" && makes.get(path) === content)
      return this.storeHas(key) && !this.#standsAsTold(path) ? "no" : "maybe";
    return differs;
  }

  /** An edit that was told for want of a record: it stands while no file moves, even if the store comes to know the bytes. */
  #standsAsTold(path: string): boolean {
    return this.#project.loose.has(path) && this.#project.toldEdited.has(path);
  }

  #differs(path: string, content: string): "yes" | "no" | "maybe" {
    const known = this.#blobs.named.has(digestOf(content));
    const [ours, loose] = [this.#project.ours.get(path), this.#project.loose.get(path)];
    if (ours === undefined) return known ? "no" : "yes";
    if (loose === undefined) return content === ours ? "no" : "yes";
    if (content === ours) return known && loose === "lost" ? "no" : "maybe";
    return known ? "maybe" : "yes";
  }

  /** Contents with every doubt taken for an edit; undefined where nothing stands by hand. */
  keptAsIs(action: Pick<Node, "paths" | "key" | "makes">): Contents | undefined {
    const edited = action.paths.filter((path) => this.edited(path, action) !== "no");
    if (edited.length === 0 && !action.paths.some((path) => this.pins.has(path))) return undefined;
    const content = (path: string) =>
      (edited.includes(path) ? undefined : this.pins.get(path)) ?? this.#look.get(path)?.content;
    return new Map(action.paths.map((path) => [path, content(path)]));
  }
}

export class Check {
  readonly problems: string[] = [];
  readonly #project: Project;
  readonly #before: Map<string, Seen>;
  readonly #way: string;
  readonly #around: Around;
  readonly #stand: Standing;

  /** Looks at the project as it is before the build. */
  constructor(project: Project, before: Look, way: { readonly kind: string }, around: Around) {
    this.#project = project;
    this.#before = new Map(before);
    this.#way = way.kind;
    this.#around = around;
    this.#stand = new Standing(project, before, way.kind === "discard" ? "all" : new Set(around.force));
  }

  /** Fills `problems`, and notes in the project what the build has done. */
  all({ ran, interrupted }: Built, after: Look, executed: readonly string[]): Model {
    const model = modelOf(inputsOf(this.#project), (action) => this.#kept(action, ran[action.id], after));
    const couldRun = new Set(
      [...model.nodes.values()].filter((node) => this.#mayRun(node)).map(({ key }) => key),
    );
    for (const node of model.nodes.values()) this.#node(node, ran[node.id], interrupted, after);
    for (const id of Object.keys(ran).filter((id) => !model.nodes.has(id))) this.#say(`${id} is no action`);
    this.#executions(executed, couldRun, model);
    const whole = model.whole && this.#around.goals.length === 0;
    if (whole && interrupted) this.#goneEarly(model, after);
    this.#strangers(model, whole && !interrupted, after);
    for (const node of model.nodes.values()) this.#note(node, ran[node.id], after);
    return model;
  }

  #say(problem: string): void {
    this.problems.push(`${this.#way}: ${problem}`);
  }

  #kept(action: Parameters<Kept>[0], outcome: string | undefined, after: Look): Contents | undefined {
    const { paths } = action;
    const is = (state: string) => paths.some((path) => this.#stand.edited(path, action) === state);
    const sure = is("yes") || paths.some((path) => this.#stand.pins.has(path));
    // Not reached, or stopped before its turn.
    if (outcome === undefined || outcome === "blocked" || outcome === "not-started")
      return sure ? this.#stand.keptAsIs(action) : undefined;
    if (!sure && !(outcome === "edited" && is("maybe"))) return undefined;
    return new Map(paths.map((path) => [path, after.get(path)?.content]));
  }

  #node(node: Node, outcome: string | undefined, interrupted: boolean, after: Look): void {
    const partial = interrupted || this.#around.goals.length > 0;
    const allowed = this.#allowed(node);
    if (outcome === undefined || (interrupted && ["blocked", "not-started"].includes(outcome))) {
      if (!partial) this.#say(`${node.id} is not told of`);
      this.#untouched(node.paths, after, `${node.id} (${outcome})`);
      return;
    }
    if (!allowed.includes(outcome)) {
      this.#say(`${node.id} is ${outcome}, not ${allowed.join(" or ")}`);
      return;
    }
    if (node.status === "kept") this.#keptNode(node, outcome, after);
    else if (outcome !== "ran" && outcome !== "restored")
      this.#untouched(node.paths, after, `${node.id} (${outcome})`);
    if (node.status !== "made") return;
    for (const [path, content] of node.contents) {
      const found = after.get(path)?.content;
      if (found !== content)
        this.#say(`${path} (${outcome}) is ${JSON.stringify(found)}, not ${JSON.stringify(content)}`);
    }
  }

  #allowed(node: Node): readonly string[] {
    const { status, key, id, paths } = node;
    const is = (state: string) => paths.some((path) => this.#stand.edited(path, node) === state);
    if (status === "failed" || status === "blocked") return [status];
    if (status === "kept") {
      if (is("yes")) return ["edited"];
      const pinned = paths.some((path) => this.#stand.pins.has(path));
      return [...(pinned ? ["pinned"] : []), ...(is("maybe") ? ["edited"] : [])];
    }
    if (paths.some((path) => this.#around.force.includes(path))) return ["ran"];
    const there = paths.every((path) => this.#before.get(path)?.content === this.#project.ours.get(path));
    if (this.#project.settled.get(id) === key && there) return ["fresh"];
    return this.#stand.storeHas(key) ? ["fresh", "restored"] : ["fresh", "restored", "ran"];
  }

  #mayRun({ key, paths }: Node): boolean {
    return (
      key !== undefined &&
      (!this.#stand.storeHas(key) || paths.some((path) => this.#around.force.includes(path)))
    );
  }

  /** An edit stays, a pin is put in place, and what is beside them is left alone. */
  #keptNode(node: Node, outcome: string, after: Look): void {
    const { paths, id } = node;
    for (const path of paths) {
      const pin = this.#stand.pins.get(path);
      const state = this.#stand.edited(path, node);
      const found = after.get(path)?.content;
      const before = this.#before.get(path)?.content;
      const right =
        state === "yes" || pin === undefined ? [before] : state === "maybe" ? [before, pin] : [pin];
      if (!right.includes(found))
        this.#say(`${path} of ${id} (${outcome}) is ${JSON.stringify(found)}, not ${JSON.stringify(right)}`);
      if (found === before) this.#untouched([path], after, `${id} (${outcome})`);
    }
  }

  #untouched(paths: readonly string[], after: Look, why: string): void {
    for (const path of paths)
      if (this.#before.get(path)?.stamp !== after.get(path)?.stamp) this.#say(`${path} was touched: ${why}`);
  }

  #executions(executed: readonly string[], couldRun: ReadonlySet<string | undefined>, model: Model): void {
    const forced = [...model.nodes.values()].flatMap(({ paths, key }) =>
      paths.some((path) => this.#around.force.includes(path)) ? [key] : [],
    );
    const broken = [...model.nodes.values()].flatMap(({ status, key }) => (status === "failed" ? [key] : []));
    for (const [at, key] of executed.entries()) {
      if (!couldRun.has(key)) this.#say(`a task was run that no action needed: ${key}`);
      if (executed.indexOf(key) < at && !forced.includes(key) && !broken.includes(key))
        this.#say(`a task was run twice: ${key}`);
    }
  }

  /** An interrupted build removes what vanished if it came so far as to know of it. */
  #goneEarly(model: Model, after: Look): void {
    const owned = new Set([...model.nodes.values()].flatMap(({ paths }) => paths));
    const { ours, loose, settled } = this.#project;
    for (const [path, { content }] of this.#before) {
      if (owned.has(path) || after.has(path) || ours.get(path) !== content) continue;
      this.#before.delete(path);
      ours.delete(path);
      loose.delete(path);
      settled.delete(path);
    }
  }

  /** Files where outputs are that no action makes. */
  #strangers(model: Model, whole: boolean, after: Look): void {
    const owned = new Set([...model.nodes.values()].flatMap(({ paths }) => paths));
    const { ours, loose } = this.#project;
    for (const [path, { content }] of this.#before) {
      if (owned.has(path)) continue;
      const gone = whole && ours.get(path) === content;
      if (!gone)
        this.#untouched(
          [path],
          after,
          "nothing makes it, and it is not ours or it is not known what there is",
        );
      else if (after.has(path) && !loose.has(path))
        this.#say(`${path} vanished from the pipeline and stays behind`);
    }
    for (const path of after.keys())
      if (!this.#before.has(path) && !owned.has(path)) this.#say(`${path} came from nowhere`);
    if (!whole) return;
    for (const path of [...ours.keys()]) if (!owned.has(path)) ours.delete(path);
    for (const path of [...loose.keys()]) if (!after.has(path) || !owned.has(path)) loose.delete(path);
    for (const id of [...this.#project.settled.keys()])
      if (!model.nodes.has(id)) this.#project.settled.delete(id);
  }

  #note({ id, paths, key, contents, status }: Node, outcome: string | undefined, after: Look): void {
    const { ours, loose, made, settled } = this.#project;
    const own = (path: string) => {
      const seen = after.get(path);
      loose.delete(path);
      if (seen !== undefined) ours.set(path, seen.content);
    };
    for (const path of paths) {
      if (outcome === "edited") this.#project.toldEdited.add(path);
      else if (outcome !== undefined) this.#project.toldEdited.delete(path);
    }
    if (status === "kept" && outcome !== undefined) {
      settled.delete(id);
      for (const path of paths) if (this.#stand.pins.get(path) === after.get(path)?.content) own(path);
    }
    if (status !== "made" || !["fresh", "restored", "ran"].includes(outcome ?? "")) return;
    paths.forEach(own);
    settled.set(id, key!);
    if (outcome === "fresh") return;
    made.set(
      key!,
      [...contents.values()].map((content) => content!),
    );
  }
}
