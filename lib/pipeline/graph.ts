/** Pipeline → Graph: targets bound to the entries of their axes, and who needs what. */
import { type Diagnostic, inOrder } from "../base/diagnostic.ts";
import type { Json } from "../base/json.ts";
import type {
  Action,
  Axis,
  AxisValue,
  Binding,
  Input,
  Pipeline,
  Reference,
  Target,
  TargetPath,
} from "../model/pipeline.ts";
import { targetReferences } from "./check.ts";
import { Entries, type Expansion, type ItemsAxis, type KnownList, type Refused } from "./entries.ts";
import { Owners } from "./owners.ts";
import { isWithin, outputProblem } from "./paths.ts";
import { type MatchFiles, mayGive, pathText } from "./patterns.ts";
import { type Choice, choiceOf, choose } from "./select.ts";

export type { Expansion } from "./entries.ts";

/** Actions in axis order, and the expansions without which the list is not whole. */
export interface Found {
  readonly actions: readonly Action[];
  readonly pending: readonly Expansion[];
  /** What is wrong with the list that says which of them are meant; then they are not all here. */
  readonly mistake?: Diagnostic | undefined;
}

/** What a sparse graph is told of the part that is not bound. */
export interface Known {
  readonly list: KnownList;
  /** Of an action that is not bound: its target and the keys of its entries. */
  maker(path: string): { readonly target: string; readonly keys: readonly string[] } | undefined;
}

interface Bindings {
  readonly bindings: Binding[];
  /** Every dynamic axis that was gone through. */
  readonly expansions: readonly Expansion[];
  /** As far as bindings go whose next list is not known yet. */
  readonly unfinished: readonly { readonly binding: Binding; readonly expansion: Expansion }[];
  readonly mistake: Diagnostic | undefined;
}

/** A target and the binding that it is looked up with: none past the end of an axis, or before a list is known. */
interface Lookup {
  readonly target: Target;
  readonly fixed: Binding | undefined;
  /** The lists that tell the binding. */
  readonly through: readonly Expansion[];
  readonly pending: Expansion | undefined;
  /** Of an axis that the binding lacks: the only entries that are meant. */
  readonly choice?: Choice;
  readonly mistake?: Diagnostic;
}

export type Expanded = { ok: true; actions: readonly Action[] } | Refused;

/** By the names of their axes. */
type Shared = Map<string, readonly Binding[]>;

/**
 * Grows as expansions are given their entries. A whole graph binds everything that it can at once; a sparse one binds
 * what it is asked for, and takes for expanded what `known` has the list of.
 */
export class Graph {
  readonly pipeline: Pipeline;
  /** Every action that is known so far, in the order it became known. */
  readonly actions = new Map<TargetPath, Action>();
  readonly #axes: ReadonlyMap<string, Axis>;
  readonly #targets: ReadonlyMap<string, Target>;
  readonly #entriesOf: Entries;
  /** Undefined in a whole graph. */
  readonly #known: Known | undefined;
  #ordered: readonly Target[] | undefined;
  readonly #owners = new Owners();

  constructor(pipeline: Pipeline, match: MatchFiles, known?: Known) {
    this.pipeline = pipeline;
    this.#entriesOf = new Entries(match, known?.list);
    this.#known = known;
    this.#axes = new Map(pipeline.axes.map((axis) => [axis.name, axis]));
    this.#targets = new Map(pipeline.targets.map((target) => [target.name, target]));
    if (known === undefined) this.#bindAll();
  }

  /** Binds all that does not wait for a file to be built. @throws Diagnostics */
  #bindAll(): void {
    for (const axis of this.pipeline.axes) if (axis.kind !== "items") this.#entriesOf.fixed(axis);
    const shared: Shared = new Map();
    const refused = new Map<string, Refused>();
    for (const target of this.#inOrder()) {
      // What repeats over a list of one that was refused is not bound either.
      if (target.axes.some((name) => refused.has(this.#listedBy(name) ?? ""))) continue;
      const bound = this.#bind(target, {}, shared);
      if (!bound.ok) refused.set(target.name, bound);
    }
    if (refused.size > 0)
      throw inOrder([...refused.values()].map(({ where, message }) => ({ where, message })));
  }

  /** The target whose file lists the entries of an axis. */
  #listedBy(axisName: string): string | undefined {
    const axis = this.#axes.get(axisName)!;
    return axis.kind === "items" ? axis.source.target : undefined;
  }

  /** Targets so that the source of an axis is bound before what repeats over it. */
  #inOrder(): readonly Target[] {
    this.#ordered ??= this.#order();
    return this.#ordered;
  }

  #order(): readonly Target[] {
    const depth = (target: Target): number =>
      Math.max(
        0,
        ...target.axes.map((name) => {
          const axis = this.#axes.get(name)!;
          return axis.kind === "items" ? 1 + depth(this.#targets.get(axis.source.target)!) : 0;
        }),
      );
    return [...this.pipeline.targets].sort((a, b) => depth(a) - depth(b));
  }

  /** Expansions that no entries are known of yet. */
  get pending(): readonly Expansion[] {
    return [...this.#entriesOf.pending];
  }

  /** Whether every list is known, so that no more actions can come. */
  get isWhole(): boolean {
    return this.#entriesOf.pending.size === 0;
  }

  /** The dynamic axes that the file of this action lists. */
  expansionsOf(source: Action): readonly Expansion[] {
    return this.pipeline.axes.flatMap((axis) =>
      axis.kind === "items" && axis.source.target === source.target.name
        ? [this.#entriesOf.expansion(axis, source)]
        : [],
    );
  }

  /** Gives an expansion its entries, from the content of its source's file, and binds what that makes possible. */
  expand(expansion: Expansion, content: Json): Expanded {
    const { axis, source } = expansion;
    const listed = this.#entriesOf.list(expansion, content);
    if (!listed.ok) return listed;
    const shared: Shared = new Map();
    let actions: readonly Action[] = [];
    for (const target of this.#inOrder().filter((target) => target.axes.includes(axis.name))) {
      const bound = this.#bind(target, source.binding, shared);
      if (!bound.ok) return bound;
      actions = actions.concat(bound.actions);
    }
    return { ok: true, actions };
  }

  /** The actions that make one input of an action, in axis order. */
  inputActions(action: Action, input: Extract<Input, { kind: "target" }>): Found {
    return this.#foundBy(this.#inputLookup(action, input));
  }

  #foundBy({ target, fixed, pending, choice, mistake }: Lookup): Found {
    if (fixed !== undefined) return this.#find(target, fixed, choice);
    return { actions: [], pending: pending === undefined ? [] : [pending], mistake };
  }

  #inputLookup({ binding }: Action, input: Extract<Input, { kind: "target" }>): Lookup {
    const { shift, selection } = input;
    const target = this.#targets.get(input.target)!;
    const nothing = { target, fixed: undefined, through: [], pending: undefined };
    if (selection !== undefined) {
      const choice = choiceOf(selection, this.#axes.get(selection.axis)!, binding[selection.of]!);
      return choice.ok ? { ...nothing, fixed: binding, choice } : { ...nothing, mistake: choice.mistake };
    }
    if (shift === undefined) return { ...nothing, fixed: binding };
    const shifted = this.#shifted(binding, shift);
    return shifted === undefined ? nothing : this.#rebound(target, shifted, shift.axis);
  }

  /** Below another entry of an outer axis, the key of an inner one means another entry, or none. */
  #rebound(target: Target, shifted: Binding, moved: string): Lookup {
    const changed = new Set([moved]);
    const through: Expansion[] = [];
    let fixed = shifted;
    for (const name of target.axes) {
      const axis = this.#axes.get(name)!;
      const held = fixed[name];
      if (axis.kind !== "items" || held === undefined) continue;
      if (!this.#targets.get(axis.source.target)!.axes.some((outer) => changed.has(outer))) continue;
      through.push(this.#expansion(axis, fixed));
      const entries = this.#entries(axis, fixed);
      if ("source" in entries) return { target, fixed: undefined, through, pending: entries };
      const entry = entries[this.#entriesOf.placeIn(entries, held.key)];
      if (entry === undefined) return { target, fixed: undefined, through, pending: undefined };
      fixed = withEntry(fixed, name, entry);
      changed.add(name);
    }
    return { target, fixed, through, pending: undefined };
  }

  /** The action whose file a `${target.path}` reads. */
  valueSource(action: Action, reference: Extract<Reference, { kind: "target" }>): Action | undefined {
    return this.#find(this.#targets.get(reference.target)!, action.binding).actions[0];
  }

  /** All that an action needs before its inputs are real. */
  needs(action: Action): Found {
    const actions = new Set<Action>();
    const pending = new Set<Expansion>();
    for (const lookup of this.#lookups(action)) {
      const found = this.#foundBy(lookup);
      for (const one of found.actions) actions.add(one);
      for (const one of found.pending) pending.add(one);
    }
    return { actions: [...actions], pending: [...pending] };
  }

  /** What of an action's needs has come to light with an expansion: `needs` without all that was known before. */
  newNeeds(action: Action, { axis, source }: Expansion): Found {
    const actions = new Set<Action>();
    const pending = new Set<Expansion>();
    for (const { target, fixed, pending: unknown, choice } of this.#lookups(action)) {
      if (unknown !== undefined) pending.add(unknown);
      if (fixed === undefined || !target.axes.includes(axis.name)) continue;
      // Of a target that is gathered along an outer axis too, the entries below the one that the list belongs to.
      const agrees = Object.entries(source.binding).every(
        ([name, { key }]) => (fixed[name]?.key ?? key) === key,
      );
      if (!agrees) continue;
      const below = Object.entries(source.binding).filter(([name]) => name !== choice?.axis);
      const found = this.#find(target, { ...Object.fromEntries(below), ...fixed }, choice);
      for (const one of found.actions) actions.add(one);
      for (const one of found.pending) pending.add(one);
    }
    return { actions: [...actions], pending: [...pending] };
  }

  /** The actions whose files list the entries that this one is bound to, or that it gathers. */
  lists(action: Action): readonly Action[] {
    const found = new Set<Action>();
    for (const name of action.target.axes) {
      const axis = this.#axes.get(name)!;
      if (axis.kind === "items") found.add(this.#sourceOf(axis, action.binding));
    }
    for (const { target, fixed, through, choice } of this.#lookups(action)) {
      for (const { source } of through) found.add(source);
      if (fixed === undefined) continue;
      const gathered = target.axes.filter((name) => fixed[name] === undefined);
      if (gathered.every((name) => this.#axes.get(name)!.kind !== "items")) continue;
      for (const { source } of this.#bindings(target, fixed, choice).expansions) found.add(source);
    }
    return [...found];
  }

  /** What an action looks up: its inputs, and the targets that its values are of. */
  *#lookups(action: Action): Generator<Lookup> {
    for (const { from } of action.target.inputs) {
      for (const input of from) if (input.kind === "target") yield this.#inputLookup(action, input);
    }
    for (const reference of targetReferences(action.target)) {
      const target = this.#targets.get(reference.target)!;
      yield { target, fixed: action.binding, through: [], pending: undefined };
    }
  }

  /** The action of a target for these keys of its axes; undefined where a list has no such entry, or is not known. */
  at(name: string, keys: readonly string[]): Action | undefined {
    const target = this.#targets.get(name);
    if (target === undefined) return undefined;
    let binding: Binding = {};
    for (const [i, axisName] of target.axes.entries()) {
      const axis = this.#axes.get(axisName)!;
      const key = keys[i]!;
      // The key of a file is all that there is of its entry.
      const entries = axis.kind === "files" ? [{ key, value: key }] : this.#entries(axis, binding);
      if ("source" in entries) return undefined;
      const entry = axis.kind === "files" ? entries[0] : entries[this.#entriesOf.placeIn(entries, key)];
      if (entry === undefined) return undefined;
      binding = withEntry(binding, axisName, entry);
    }
    return this.#actionsAt(target, [binding])[0];
  }

  /** Every path that a bound action makes. */
  *outputs(): Generator<TargetPath> {
    for (const { outputs } of this.actions.values()) for (const { path } of outputs) yield path;
  }

  /** The action that makes the file at this path, if it is bound already. */
  maker(path: string): Action | undefined {
    const owner = this.#owners.at(path);
    if (owner !== undefined) return owner.path === path ? owner.action : undefined;
    const known = this.#known?.maker(path);
    return known && this.at(known.target, known.keys);
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
      this.#bindings(target, {})
        .unfinished.filter(({ binding }) =>
          target.outputs.some(({ pattern }) => mayGive(pattern, binding, path)),
        )
        .map(({ expansion }) => ({ target, expansion })),
    );
  }

  /** Whether a list that is not known yet says how many more there are of a target. */
  isOpen(target: Target): boolean {
    return this.#bindings(target, {}).unfinished.length > 0;
  }

  /** Whether a path is an output, also in another case or Unicode form. */
  owns(path: string): boolean {
    return this.ownedAs(path) !== undefined;
  }

  /** The output that a path is, in the case and Unicode form that it is made under. */
  ownedAs(path: string): TargetPath | undefined {
    return this.#owners.at(path)?.path;
  }

  /** The entry before or after on an axis; undefined past either end. */
  #shifted(binding: Binding, shift: { axis: string; by: number }): Binding | undefined {
    const here = binding[shift.axis]!;
    const { [shift.axis]: _, ...outer } = binding;
    const entries = this.#entries(this.#axes.get(shift.axis)!, outer);
    if ("source" in entries) throw new Error(`BUG: '${shift.axis}' is bound but not expanded`);
    const next = entries[this.#entriesOf.placeIn(entries, here.key) + shift.by];
    return next && withEntry(binding, shift.axis, next);
  }

  #find(target: Target, fixed: Binding, choice?: Choice): Found {
    const { bindings, unfinished, mistake } = this.#bindings(target, fixed, choice);
    const pending = unfinished.map(({ expansion }) => expansion);
    return { actions: this.#actionsAt(target, bindings), pending, mistake };
  }

  #actionsAt(target: Target, bindings: readonly Binding[]): readonly Action[] {
    return bindings.flatMap((binding) => {
      const bound = this.#boundAt(target, binding);
      if (bound !== undefined || this.#known === undefined) return bound ?? [];
      // It may be looked up by more than its own axes.
      const own = Object.fromEntries(target.axes.map((name) => [name, binding[name]!]));
      const made = this.#action(target, own);
      if (!made.ok) throw new Error(`BUG: ${made.message}`);
      return this.#keep(made.action);
    });
  }

  /** The entries of an axis below a binding, or the expansion that they wait for. */
  #entries(axis: Axis, binding: Binding): readonly AxisValue[] | Expansion {
    if (axis.kind !== "items") return this.#entriesOf.fixed(axis);
    const expansion = this.#expansion(axis, binding);
    return this.#entriesOf.listed(expansion) ?? expansion;
  }

  #expansion(axis: ItemsAxis, binding: Binding): Expansion {
    return this.#entriesOf.expansion(axis, this.#sourceOf(axis, binding));
  }

  #sourceOf(axis: ItemsAxis, binding: Binding): Action {
    const [source] = this.#actionsAt(this.#targets.get(axis.source.target)!, [binding]);
    if (source === undefined) throw new Error(`BUG: the source of '${axis.name}' is not bound`);
    return source;
  }

  /** Every binding of a target's axes that agrees with `fixed`, as far as the axes are expanded. */
  #bindings(target: Target, fixed: Binding, choice?: Choice): Bindings {
    const expansions: Expansion[] = [];
    let mistake: Diagnostic | undefined;
    const unfinished: { binding: Binding; expansion: Expansion }[] = [];
    let bindings: Binding[] = [{}];
    for (const name of target.axes) {
      const axis = this.#axes.get(name)!;
      const held = fixed[name];
      if (held !== undefined) {
        bindings = bindings.map((binding) => withEntry(binding, name, held));
        continue;
      }
      bindings = bindings.flatMap((binding) => {
        const entries = this.#entries(axis, binding);
        const expansion = axis.kind === "items" ? this.#expansion(axis, binding) : undefined;
        if (expansion !== undefined) expansions.push(expansion);
        if ("source" in entries) {
          unfinished.push({ binding, expansion: entries });
          return [];
        }
        const chosen = choice?.axis === name ? choose(choice, entries, expansion?.source.id) : entries;
        if ("mistake" in chosen) {
          mistake ??= chosen.mistake;
          return [];
        }
        return chosen.map((entry) => withEntry(binding, name, entry));
      });
    }
    return { bindings, expansions, unfinished, mistake };
  }

  /** Targets over the same axes share their bindings: most of 100,000 actions stand beside others of the same entries. */
  #bind(target: Target, fixed: Binding, shared: Shared): Expanded {
    const axes = target.axes.join();
    const bindings = shared.get(axes) ?? this.#bindings(target, fixed).bindings;
    shared.set(axes, bindings);
    const actions: Action[] = [];
    for (const binding of bindings) {
      if (this.#boundAt(target, binding) !== undefined) continue;
      const made = this.#action(target, binding);
      if (!made.ok) return made;
      actions.push(this.#keep(made.action));
    }
    return { ok: true, actions };
  }

  #keep(action: Action): Action {
    this.actions.set(action.id, action);
    return action;
  }

  /** Found by the path of its first output. Where two bindings give one path, which is an error, only one is bound. */
  #boundAt(target: Target, binding: Binding): Action | undefined {
    const action = this.actions.get(pathText(target.outputs[0]!.pattern, binding));
    if (action?.target !== target) return undefined;
    return target.axes.every((axis) => action.binding[axis]!.key === binding[axis]!.key) ? action : undefined;
  }

  /** In a sparse graph: who made a file before has it still, unless a list has no such entry any more. */
  #bindMaker(path: string, target: Target, binding: Binding): void {
    const known = this.#known?.maker(path);
    if (known === undefined) return;
    const isSame =
      known.target === target.name && target.axes.every((axis, i) => binding[axis]!.key === known.keys[i]);
    if (!isSame) this.at(known.target, known.keys);
  }

  #action(target: Target, binding: Binding): { ok: true; action: Action } | Refused {
    // Mapped, since an array that is pushed to has room for 17.
    const outputs = target.outputs.map(({ name, pattern }) => ({ name, path: pathText(pattern, binding) }));
    for (const [output, { path }] of outputs.entries()) {
      const problem = outputProblem(path);
      if (problem === undefined) continue;
      const message = `the output '${path}' of '${target.name}' ${problem}`;
      return { ok: false, where: target.outputs[output]!.where, message };
    }
    const action: Action = { id: outputs[0]!.path, target, binding, outputs };
    for (const { path } of outputs) this.#bindMaker(path, target, binding);
    const problem = this.#owners.claim(action);
    if (problem === undefined) return { ok: true, action };
    return { ok: false, where: target.outputs[problem.output]!.where, message: problem.message };
  }
}

/** Not by a spread, which gives each object with a computed name a shape of its own, and that is larger than the binding. */
function withEntry(binding: Binding, axis: string, entry: AxisValue): Binding {
  return Object.assign({}, binding, { [axis]: entry });
}
