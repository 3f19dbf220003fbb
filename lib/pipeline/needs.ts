/** What an action needs: who makes its inputs, the files that its values are read from, and the lists that tell of both. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Action, Binding, Input, Reference, Target } from "../model/pipeline.ts";
import type { Actions } from "./actions.ts";
import type { Bindings, Lookup } from "./bindings.ts";
import { targetReferences } from "./check.ts";
import type { Expansion } from "./entries.ts";
import { type Choice, choiceOf } from "./select.ts";

/** Actions in axis order, and the expansions without which the list is not whole. */
export interface Found {
  readonly actions: readonly Action[];
  readonly pending: readonly Expansion[];
  /** What is wrong with the list that says which of them are meant; then they are not all here. */
  readonly mistake?: Diagnostic | undefined;
}

export class Needs {
  readonly #bindings: Bindings;
  readonly #actions: Actions;

  constructor(bindings: Bindings, actions: Actions) {
    this.#bindings = bindings;
    this.#actions = actions;
  }

  /** The actions that make one input of an action, in axis order. */
  input(action: Action, input: Extract<Input, { kind: "target" }>): Found {
    return this.#foundBy(this.#inputLookup(action, input));
  }

  /** The action whose file a `${target.path}` reads. */
  value(action: Action, reference: Extract<Reference, { kind: "target" }>): Action | undefined {
    return this.#find(this.#bindings.targets.get(reference.target)!, action.binding).actions[0];
  }

  /** All that an action needs before its inputs are real. */
  of(action: Action): Found {
    const actions = new Set<Action>();
    const pending = new Set<Expansion>();
    for (const lookup of this.#lookups(action)) {
      const found = this.#foundBy(lookup);
      for (const one of found.actions) actions.add(one);
      for (const one of found.pending) pending.add(one);
    }
    return { actions: [...actions], pending: [...pending] };
  }

  /** What of an action's needs has come to light with an expansion: `of` without all that was known before. */
  newOf(action: Action, { axis, source }: Expansion): Found {
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
    const { axes } = this.#bindings;
    const found = new Set<Action>();
    for (const name of action.target.axes) {
      const axis = axes.get(name)!;
      if (axis.kind === "items") found.add(this.#bindings.source(axis, action.binding));
    }
    for (const { target, fixed, through, choice } of this.#lookups(action)) {
      for (const { source } of through) found.add(source);
      if (fixed === undefined) continue;
      const gathered = target.axes.filter((name) => fixed[name] === undefined);
      if (gathered.every((name) => axes.get(name)!.kind !== "items")) continue;
      for (const { source } of this.#bindings.of(target, fixed, choice).expansions) found.add(source);
    }
    return [...found];
  }

  /** What an action looks up: its inputs, and the targets that its values are of. */
  *#lookups(action: Action): Generator<Lookup> {
    for (const { from } of action.target.inputs) {
      for (const input of from) if (input.kind === "target") yield this.#inputLookup(action, input);
    }
    for (const reference of targetReferences(action.target)) {
      const target = this.#bindings.targets.get(reference.target)!;
      yield { target, fixed: action.binding, through: [], pending: undefined };
    }
  }

  #inputLookup({ binding }: Action, input: Extract<Input, { kind: "target" }>): Lookup {
    const { shift, selection } = input;
    const { axes, targets } = this.#bindings;
    const target = targets.get(input.target)!;
    if (shift !== undefined) return this.#bindings.beside(target, binding, shift);
    const here = { target, fixed: binding, through: [], pending: undefined };
    if (selection === undefined) return here;
    const choice = choiceOf(selection, axes.get(selection.axis)!, binding[selection.of]!);
    return choice.ok ? { ...here, choice } : { ...here, fixed: undefined, mistake: choice.mistake };
  }

  #foundBy({ target, fixed, pending, choice, mistake }: Lookup): Found {
    if (fixed !== undefined) return this.#find(target, fixed, choice);
    return { actions: [], pending: pending === undefined ? [] : [pending], mistake };
  }

  #find(target: Target, fixed: Binding, choice?: Choice): Found {
    const { bindings, unfinished, mistake } = this.#bindings.of(target, fixed, choice);
    const actions = bindings.flatMap((binding) => this.#actions.at(target, binding) ?? []);
    return { actions, pending: unfinished.map(({ expansion }) => expansion), mistake };
  }
}
