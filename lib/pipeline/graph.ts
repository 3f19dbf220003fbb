/** Pipeline → Graph: targets bound to the entries of their axes, and who needs what. */
import { Diagnostics } from "../base/diagnostic.ts";
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
import { axisValues } from "./compile-axes.ts";
import { foldPath, outputPath } from "./paths.ts";
import { fileEntries, type MatchFiles, mayGive, pathText } from "./patterns.ts";
import { lookup } from "./scope.ts";

/** A dynamic axis below one binding: its entries are known once `source` is built. */
export interface Expansion {
  readonly axis: Extract<Axis, { kind: "items" }>;
  readonly source: Action;
}

/** Actions in axis order, and the expansions without which the list is not whole. */
export interface Found {
  readonly actions: readonly Action[];
  readonly pending: readonly Expansion[];
}

const NOTHING: Found = { actions: [], pending: [] };

interface Bindings {
  readonly bindings: Binding[];
  readonly pending: Set<Expansion>;
}

export type Expanded = { ok: true; actions: readonly Action[] } | { ok: false; message: string };

export class Graph {
  readonly pipeline: Pipeline;
  /** Every action that is known so far, in the order it became known. */
  readonly actions = new Map<TargetPath, Action>();
  readonly #axes: ReadonlyMap<string, Axis>;
  readonly #targets: ReadonlyMap<string, Target>;
  readonly #static = new Map<string, readonly AxisValue[]>();
  readonly #items = new Map<Expansion, readonly AxisValue[]>();
  readonly #expansions = new Map<string, Expansion>();
  readonly #bound = new Map<string, Action>();
  /** Folded path to the action that makes it. */
  readonly #owners = new Map<string, { readonly action: Action; readonly path: TargetPath }>();

  /** Binds all that does not wait for a file to be built. @throws Diagnostics */
  constructor(pipeline: Pipeline, match: MatchFiles) {
    this.pipeline = pipeline;
    this.#axes = new Map(pipeline.axes.map((axis) => [axis.name, axis]));
    this.#targets = new Map(pipeline.targets.map((target) => [target.name, target]));
    for (const axis of pipeline.axes) {
      if (axis.kind === "values") this.#static.set(axis.name, axis.entries);
      if (axis.kind === "files") this.#static.set(axis.name, fileEntries(axis, match));
    }
    for (const target of this.#inOrder()) {
      const bound = this.#bind(target, {});
      if (!bound.ok) throw new Diagnostics([{ where: target.outputs[0]!.where, message: bound.message }]);
    }
  }

  /** Targets so that the source of an axis is bound before what repeats over it. */
  #inOrder(): readonly Target[] {
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
    return [...this.#expansions.values()].filter((expansion) => !this.#items.has(expansion));
  }

  /** The dynamic axes that the file of this action lists. */
  expansionsOf(source: Action): readonly Expansion[] {
    return this.pipeline.axes.flatMap((axis) =>
      axis.kind === "items" && axis.source.target === source.target.name
        ? [this.#expansion(axis, source)]
        : [],
    );
  }

  /** Gives an expansion its entries, from the content of its source's file, and binds what that makes possible. */
  expand(expansion: Expansion, content: Json): Expanded {
    const { axis, source } = expansion;
    const found = lookup(content, axis.source.path);
    const name = [axis.source.target, ...axis.source.path].join(".");
    if (!found.found)
      return {
        ok: false,
        message: `${source.id} has no '${axis.source.path.join(".")}', which the axis '${axis.name}' lists.`,
      };
    const entries = axisValues(found.value, axis.key, axis.pad);
    if (!entries.ok)
      return {
        ok: false,
        message: `${source.id}: ${name}, which the axis '${axis.name}' lists: ${entries.problem}`,
      };
    this.#items.set(expansion, entries.values);
    const actions: Action[] = [];
    for (const target of this.#inOrder().filter((target) => target.axes.includes(axis.name))) {
      const bound = this.#bind(target, source.binding);
      if (!bound.ok) return bound;
      actions.push(...bound.actions);
    }
    return { ok: true, actions };
  }

  /** The actions that make one input of an action, in axis order. */
  inputActions(action: Action, input: Extract<Input, { kind: "target" }>): Found {
    const target = this.#targets.get(input.target)!;
    if (input.shift === undefined) return this.#find(target, action.binding);
    const next = this.#shifted(action.binding, input.shift);
    return next === undefined ? NOTHING : this.#findBeside(target, next, input.shift.axis);
  }

  /** The action whose file a `${target.path}` reads. */
  valueSource(action: Action, reference: Extract<Reference, { kind: "target" }>): Action | undefined {
    return this.#find(this.#targets.get(reference.target)!, action.binding).actions[0];
  }

  /** All that an action needs before its inputs are real. */
  needs(action: Action): Found {
    const actions = new Set<Action>();
    const pending = new Set<Expansion>();
    const add = (found: Found) => {
      for (const one of found.actions) actions.add(one);
      for (const one of found.pending) pending.add(one);
    };
    for (const { from } of action.target.inputs) {
      for (const input of from) if (input.kind === "target") add(this.inputActions(action, input));
    }
    for (const reference of targetReferences(action.target)) {
      add(this.#find(this.#targets.get(reference.target)!, action.binding));
    }
    return { actions: [...actions], pending: [...pending] };
  }

  /** The action that makes the file at this path, if it is bound already. */
  maker(path: string): Action | undefined {
    const owner = this.#owners.get(foldPath(path));
    return owner?.path === path ? owner.action : undefined;
  }

  /** The expansions that have to be known before it can be said whether the path is an output. */
  mayBind(path: string): readonly Expansion[] {
    const found = new Set<Expansion>();
    for (const target of this.pipeline.targets) {
      for (const { binding, expansion } of this.#unfinished(target)) {
        if (target.outputs.some(({ pattern }) => mayGive(pattern, binding, path))) found.add(expansion);
      }
    }
    return [...found];
  }

  /** The bindings of a target that go as far as a list that is not known yet. */
  #unfinished(target: Target): readonly { readonly binding: Binding; readonly expansion: Expansion }[] {
    const found: { binding: Binding; expansion: Expansion }[] = [];
    let bindings: Binding[] = [{}];
    for (const name of target.axes) {
      bindings = bindings.flatMap((binding) => {
        const entries = this.#entries(this.#axes.get(name)!, binding);
        if (!("source" in entries)) return entries.map((entry) => ({ ...binding, [name]: entry }));
        found.push({ binding, expansion: entries });
        return [];
      });
    }
    return found;
  }

  /** Whether a path is an output, also in another case or Unicode form. */
  owns(path: string): boolean {
    return this.#owners.has(foldPath(path));
  }

  /** The entry before or after on an axis; undefined past either end. */
  #shifted(binding: Binding, shift: { axis: string; by: number }): Binding | undefined {
    const here = binding[shift.axis]!;
    const { [shift.axis]: _, ...outer } = binding;
    const entries = this.#entries(this.#axes.get(shift.axis)!, outer);
    if ("source" in entries) throw new Error(`BUG: '${shift.axis}' is bound but not expanded`);
    const next = entries[entries.findIndex((entry) => entry.key === here.key) + shift.by];
    return next && { ...binding, [shift.axis]: next };
  }

  /** Below a neighbour there are other lists than below oneself: what has the same keys there, once they are known. */
  #findBeside(target: Target, next: Binding, shifted: string): Found {
    const fixed: Record<string, AxisValue> = { ...next };
    for (const name of target.axes) {
      const axis = this.#axes.get(name)!;
      const held = next[name];
      const below = axis.kind === "items" && this.#targets.get(axis.source.target)!.axes.includes(shifted);
      if (held === undefined || !below) continue;
      const entries = this.#entries(axis, fixed);
      if ("source" in entries) return { actions: [], pending: [entries] };
      const same = entries.find((entry) => entry.key === held.key);
      if (same === undefined) return NOTHING;
      fixed[name] = same;
    }
    return this.#find(target, fixed);
  }

  #find(target: Target, fixed: Binding): Found {
    const { bindings, pending } = this.#bindings(target, fixed);
    return {
      actions: bindings.flatMap((binding) => this.#bound.get(boundName(target, binding)) ?? []),
      pending: [...pending],
    };
  }

  /** The entries of an axis below a binding, or the expansion that they wait for. */
  #entries(axis: Axis, binding: Binding): readonly AxisValue[] | Expansion {
    if (axis.kind !== "items") return this.#static.get(axis.name)!;
    const source = this.#bound.get(boundName(this.#targets.get(axis.source.target)!, binding));
    if (source === undefined) throw new Error(`BUG: the source of '${axis.name}' is not bound`);
    const expansion = this.#expansion(axis, source);
    return this.#items.get(expansion) ?? expansion;
  }

  #expansion(axis: Extract<Axis, { kind: "items" }>, source: Action): Expansion {
    const name = `${axis.name}\0${source.id}`;
    const known = this.#expansions.get(name);
    if (known !== undefined) return known;
    const expansion: Expansion = { axis, source };
    this.#expansions.set(name, expansion);
    return expansion;
  }

  /** Every binding of a target's axes that agrees with `fixed`, as far as the axes are expanded. */
  #bindings(target: Target, fixed: Binding): Bindings {
    const pending = new Set<Expansion>();
    let bindings: Binding[] = [{}];
    for (const name of target.axes) {
      const axis = this.#axes.get(name)!;
      const held = fixed[name];
      bindings = bindings.flatMap((binding) => {
        const entries = held === undefined ? this.#entries(axis, binding) : [held];
        if ("source" in entries) {
          pending.add(entries);
          return [];
        }
        return entries.map((entry) => ({ ...binding, [name]: entry }));
      });
    }
    return { bindings, pending };
  }

  #bind(target: Target, fixed: Binding): Expanded {
    const actions: Action[] = [];
    for (const binding of this.#bindings(target, fixed).bindings) {
      const name = boundName(target, binding);
      if (this.#bound.has(name)) continue;
      const made = this.#action(target, binding);
      if (!made.ok) return made;
      this.#bound.set(name, made.action);
      this.actions.set(made.action.id, made.action);
      actions.push(made.action);
    }
    return { ok: true, actions };
  }

  #action(target: Target, binding: Binding): { ok: true; action: Action } | { ok: false; message: string } {
    const outputs: { name: string; path: TargetPath }[] = [];
    for (const { name, pattern } of target.outputs) {
      const text = pathText(pattern, binding);
      const checked = outputPath(text);
      if (!checked.ok)
        return { ok: false, message: `the output '${text}' of '${target.name}' ${checked.problem}` };
      outputs.push({ name, path: checked.path });
    }
    const action: Action = { id: outputs[0]!.path, target, binding, outputs };
    for (const { path } of outputs) {
      const other = this.#owners.get(foldPath(path));
      if (other !== undefined) {
        const message =
          other.path === path
            ? `'${target.name}' and '${other.action.target.name}' both make '${path}': every output has one target.`
            : `'${path}' and '${other.path}' are one file where a file system folds case or accents.`;
        return { ok: false, message };
      }
      this.#owners.set(foldPath(path), { action, path });
    }
    return { ok: true, action };
  }
}

function boundName(target: Target, binding: Binding): string {
  return [target.name, ...target.axes.map((axis) => binding[axis]!.key)].join("\0");
}
