/** Pipeline → Graph: targets bound to the entries of their axes, and who needs what. */
import { inOrder } from "../base/diagnostic.ts";
import type { Json } from "../base/json.ts";
import type { Action, Input, Pipeline, Reference, Target, TargetPath } from "../model/pipeline.ts";
import { Actions, type Expanded, type KnownMaker, type Shared } from "./actions.ts";
import { Bindings } from "./bindings.ts";
import { Entries, type Expansion, type KnownList, type Refused } from "./entries.ts";
import { type Found, Needs } from "./needs.ts";
import { isWithin } from "./paths.ts";
import { type MatchFiles, mayGive } from "./patterns.ts";

export type { Expansion } from "./entries.ts";
export type { Found } from "./needs.ts";

/** What a sparse graph is told of the part that is not bound. */
export interface Known {
  readonly list: KnownList;
  readonly maker: KnownMaker;
}

/**
 * Grows as expansions are given their entries. A whole graph binds everything that it can at once; a sparse one binds
 * what it is asked for, and takes for expanded what `known` has the list of.
 */
export class Graph {
  readonly pipeline: Pipeline;
  /** Every action that is known so far, in the order it became known. */
  readonly actions: ReadonlyMap<TargetPath, Action>;
  readonly #entries: Entries;
  readonly #bindings: Bindings;
  readonly #actions: Actions;
  readonly #needs: Needs;

  constructor(pipeline: Pipeline, match: MatchFiles, known?: Known) {
    this.pipeline = pipeline;
    this.#entries = new Entries(match, known?.list);
    this.#bindings = new Bindings(pipeline, this.#entries, (target, binding) =>
      this.#actions.at(target, binding),
    );
    this.#actions = new Actions(this.#bindings, known?.maker);
    this.actions = this.#actions.all;
    this.#needs = new Needs(this.#bindings, this.#actions);
    if (known === undefined) this.#bindAll();
  }

  /** Binds all that does not wait for a file to be built. @throws Diagnostics */
  #bindAll(): void {
    for (const axis of this.pipeline.axes) if (axis.kind !== "items") this.#entries.fixed(axis);
    const shared: Shared = new Map();
    const refused = new Map<string, Refused>();
    for (const target of this.#bindings.ordered) {
      // What repeats over a list of one that was refused is not bound either.
      if (target.axes.some((name) => refused.has(this.#listedBy(name) ?? ""))) continue;
      const bound = this.#actions.bind(target, {}, shared);
      if (!bound.ok) refused.set(target.name, bound);
    }
    if (refused.size > 0)
      throw inOrder([...refused.values()].map(({ where, message }) => ({ where, message })));
  }

  /** The target whose file lists the entries of an axis. */
  #listedBy(axisName: string): string | undefined {
    const axis = this.#bindings.axes.get(axisName)!;
    return axis.kind === "items" ? axis.source.target : undefined;
  }

  /** Expansions that no entries are known of yet. */
  get pending(): readonly Expansion[] {
    return [...this.#entries.pending];
  }

  /** Whether every list is known, so that no more actions can come. */
  get isWhole(): boolean {
    return this.#entries.pending.size === 0;
  }

  /** The dynamic axes that the file of this action lists. */
  expansionsOf(source: Action): readonly Expansion[] {
    return this.pipeline.axes.flatMap((axis) =>
      axis.kind === "items" && axis.source.target === source.target.name
        ? [this.#entries.expansion(axis, source)]
        : [],
    );
  }

  /** Gives an expansion its entries, from the content of its source's file, and binds what that makes possible. */
  expand(expansion: Expansion, content: Json): Expanded {
    const { axis, source } = expansion;
    const listed = this.#entries.list(expansion, content);
    if (!listed.ok) return listed;
    const shared: Shared = new Map();
    let actions: readonly Action[] = [];
    for (const target of this.#bindings.ordered.filter((target) => target.axes.includes(axis.name))) {
      const bound = this.#actions.bind(target, source.binding, shared);
      if (!bound.ok) return bound;
      actions = actions.concat(bound.actions);
    }
    return { ok: true, actions };
  }

  /** The actions that make one input of an action, in axis order. */
  inputActions(action: Action, input: Extract<Input, { kind: "target" }>): Found {
    return this.#needs.input(action, input);
  }

  /** The action whose file a `${target.path}` reads. */
  valueSource(action: Action, reference: Extract<Reference, { kind: "target" }>): Action | undefined {
    return this.#needs.value(action, reference);
  }

  /** All that an action needs before its inputs are real. */
  needs(action: Action): Found {
    return this.#needs.of(action);
  }

  /** What of an action's needs has come to light with an expansion: `needs` without all that was known before. */
  newNeeds(action: Action, expansion: Expansion): Found {
    return this.#needs.newOf(action, expansion);
  }

  /** The actions whose files list the entries that this one is bound to, or that it gathers. */
  lists(action: Action): readonly Action[] {
    return this.#needs.lists(action);
  }

  /** The action of a target for these keys of its axes; undefined where a list has no such entry, or is not known. */
  at(name: string, keys: readonly string[]): Action | undefined {
    return this.#actions.withKeys(name, keys);
  }

  /** Every path that a bound action makes. */
  *outputs(): Generator<TargetPath> {
    for (const { outputs } of this.actions.values()) for (const { path } of outputs) yield path;
  }

  /** The action that makes the file at this path, if it is bound already. */
  maker(path: string): Action | undefined {
    return this.#actions.maker(path);
  }

  /** What makes the file at this path, or all that is in the folder there, and the lists that more of it can come from. */
  makersOf(path: string): Found {
    const maker = this.maker(path);
    if (maker !== undefined) return { actions: [maker], pending: [] };
    const inside = [...this.actions.values()].filter(({ outputs }) =>
      outputs.some((output) => isWithin(output.path, path)),
    );
    return { actions: inside, pending: this.mayBind(path) };
  }

  /** The expansions that have to be known before it can be said whether the path is an output, or a folder of some. */
  mayBind(path: string): readonly Expansion[] {
    return [...new Set(this.#mayGive(path).map(({ expansion }) => expansion))];
  }

  /** The target that makes the path; while that is not known, those that may. */
  mayMake(path: string): readonly Target[] {
    const maker = this.maker(path);
    if (maker !== undefined) return [maker.target];
    return [...new Set(this.#mayGive(path).map(({ target }) => target))];
  }

  #mayGive(path: string): readonly { readonly target: Target; readonly expansion: Expansion }[] {
    return this.pipeline.targets.flatMap((target) =>
      this.#bindings
        .of(target, {})
        .unfinished.filter(({ binding }) =>
          target.outputs.some(({ pattern }) => mayGive(pattern, binding, path)),
        )
        .map(({ expansion }) => ({ target, expansion })),
    );
  }

  /** Whether a list that is not known yet says how many more there are of a target. */
  isOpen(target: Target): boolean {
    return this.#bindings.of(target, {}).unfinished.length > 0;
  }

  /** Whether a path is an output, also in another case or Unicode form. */
  owns(path: string): boolean {
    return this.ownedAs(path) !== undefined;
  }

  /** The output that a path is, in the case and Unicode form that it is made under. */
  ownedAs(path: string): TargetPath | undefined {
    return this.#actions.ownedAs(path);
  }
}
