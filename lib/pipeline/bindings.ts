/** Which bindings the axes of targets have, as far as the lists are known that their entries come from. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Action, Axis, AxisValue, Binding, Pipeline, Target } from "../model/pipeline.ts";
import type { Entries, Expansion, ItemsAxis } from "./entries.ts";
import { type Choice, choose } from "./select.ts";

export interface FoundBindings {
  readonly bindings: Binding[];
  /** Every dynamic axis that was gone through. */
  readonly expansions: readonly Expansion[];
  /** As far as bindings go whose next list is not known yet. */
  readonly unfinished: readonly { readonly binding: Binding; readonly expansion: Expansion }[];
  readonly mistake: Diagnostic | undefined;
}

/** A target and the binding that it is looked up with: none past the end of an axis, or before a list is known. */
export interface Lookup {
  readonly target: Target;
  readonly fixed: Binding | undefined;
  /** The lists that tell the binding. */
  readonly through: readonly Expansion[];
  readonly pending: Expansion | undefined;
  /** Of an axis that the binding lacks: the only entries that are meant. */
  readonly choice?: Choice;
  readonly mistake?: Diagnostic;
}

/** The action of a target for a binding that has its axes; undefined where it is not bound. */
type ActionAt = (target: Target, binding: Binding) => Action | undefined;

export class Bindings {
  /** By name. */
  readonly axes: ReadonlyMap<string, Axis>;
  readonly targets: ReadonlyMap<string, Target>;
  readonly #entries: Entries;
  /** A list is the file of an action, and that is found by a binding in turn. */
  readonly #actionAt: ActionAt;
  #ordered: readonly Target[] | undefined;

  constructor(pipeline: Pipeline, entries: Entries, actionAt: ActionAt) {
    this.axes = new Map(pipeline.axes.map((axis) => [axis.name, axis]));
    this.targets = new Map(pipeline.targets.map((target) => [target.name, target]));
    this.#entries = entries;
    this.#actionAt = actionAt;
  }

  /** Targets so that the source of an axis is bound before what repeats over it. */
  get ordered(): readonly Target[] {
    this.#ordered ??= this.#order();
    return this.#ordered;
  }

  #order(): readonly Target[] {
    const depth = (target: Target): number =>
      Math.max(
        0,
        ...target.axes.map((name) => {
          const axis = this.axes.get(name)!;
          return axis.kind === "items" ? 1 + depth(this.targets.get(axis.source.target)!) : 0;
        }),
      );
    return [...this.targets.values()].sort((a, b) => depth(a) - depth(b));
  }

  /** Every binding of a target's axes that agrees with `fixed`, as far as the axes are expanded. */
  of(target: Target, fixed: Binding, choice?: Choice): FoundBindings {
    const expansions: Expansion[] = [];
    let mistake: Diagnostic | undefined;
    const unfinished: { binding: Binding; expansion: Expansion }[] = [];
    let bindings: Binding[] = [{}];
    for (const name of target.axes) {
      const axis = this.axes.get(name)!;
      const held = fixed[name];
      if (held !== undefined) {
        bindings = bindings.map((binding) => withEntry(binding, name, held));
        continue;
      }
      bindings = bindings.flatMap((binding) => {
        const entries = this.#below(binding, axis);
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

  /** The binding with these keys of a target's axes; undefined where a list has no such entry, or is not known. */
  withKeys(target: Target, keys: readonly string[]): Binding | undefined {
    let binding: Binding = {};
    for (const [i, axisName] of target.axes.entries()) {
      const axis = this.axes.get(axisName)!;
      const key = keys[i]!;
      // The key of a file is all that there is of its entry.
      const entries = axis.kind === "files" ? [{ key, value: key }] : this.#below(binding, axis);
      if ("source" in entries) return undefined;
      const entry = axis.kind === "files" ? entries[0] : entries[this.#entries.placeIn(entries, key)];
      if (entry === undefined) return undefined;
      binding = withEntry(binding, axisName, entry);
    }
    return binding;
  }

  /** Looks a target up at the entry that stands so many before or after the one of a binding. */
  beside(target: Target, binding: Binding, shift: { axis: string; by: number }): Lookup {
    const shifted = this.#shifted(binding, shift);
    return shifted === undefined
      ? { target, fixed: undefined, through: [], pending: undefined }
      : this.#rebound(target, shifted, shift.axis);
  }

  /** Undefined past either end. */
  #shifted(binding: Binding, shift: { axis: string; by: number }): Binding | undefined {
    const here = binding[shift.axis]!;
    const { [shift.axis]: _, ...outer } = binding;
    const entries = this.#below(outer, this.axes.get(shift.axis)!);
    if ("source" in entries) throw new Error(`BUG: '${shift.axis}' is bound but not expanded`);
    const next = entries[this.#entries.placeIn(entries, here.key) + shift.by];
    return next && withEntry(binding, shift.axis, next);
  }

  /** Below another entry of an outer axis, the key of an inner one means another entry, or none. */
  #rebound(target: Target, shifted: Binding, moved: string): Lookup {
    const changed = new Set([moved]);
    const through: Expansion[] = [];
    let fixed = shifted;
    for (const name of target.axes) {
      const axis = this.axes.get(name)!;
      const held = fixed[name];
      if (axis.kind !== "items" || held === undefined) continue;
      if (!this.targets.get(axis.source.target)!.axes.some((outer) => changed.has(outer))) continue;
      through.push(this.#expansion(axis, fixed));
      const entries = this.#below(fixed, axis);
      if ("source" in entries) return { target, fixed: undefined, through, pending: entries };
      const entry = entries[this.#entries.placeIn(entries, held.key)];
      if (entry === undefined) return { target, fixed: undefined, through, pending: undefined };
      fixed = withEntry(fixed, name, entry);
      changed.add(name);
    }
    return { target, fixed, through, pending: undefined };
  }

  /** The action whose file lists the entries of an axis below a binding. */
  source(axis: ItemsAxis, binding: Binding): Action {
    const source = this.#actionAt(this.targets.get(axis.source.target)!, binding);
    if (source === undefined) throw new Error(`BUG: the source of '${axis.name}' is not bound`);
    return source;
  }

  #expansion(axis: ItemsAxis, binding: Binding): Expansion {
    return this.#entries.expansion(axis, this.source(axis, binding));
  }

  /** The entries of an axis below a binding, or the expansion that they wait for. */
  #below(binding: Binding, axis: Axis): readonly AxisValue[] | Expansion {
    if (axis.kind !== "items") return this.#entries.fixed(axis);
    const expansion = this.#expansion(axis, binding);
    return this.#entries.listed(expansion) ?? expansion;
  }
}

/** Not by a spread, which gives each object with a computed name a shape of its own, and that is larger than the binding. */
function withEntry(binding: Binding, axis: string, entry: AxisValue): Binding {
  return Object.assign({}, binding, { [axis]: entry });
}
