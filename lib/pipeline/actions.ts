/** Which actions are bound so far, and which of them makes which file. */
import type { Action, Binding, Target, TargetPath } from "../model/pipeline.ts";
import type { Bindings } from "./bindings.ts";
import type { Refused } from "./entries.ts";
import { Owners } from "./owners.ts";
import { outputProblem } from "./paths.ts";
import { pathText } from "./patterns.ts";

/** Of an action that is not bound and makes the file at a path: its target and the keys of its entries. */
export type KnownMaker = (
  path: string,
) => { readonly target: string; readonly keys: readonly string[] } | undefined;

export type Expanded = { ok: true; actions: readonly Action[] } | Refused;

/** By the names of their axes. */
export type Shared = Map<string, readonly Binding[]>;

export class Actions {
  /** In the order they became known. */
  readonly all = new Map<TargetPath, Action>();
  readonly #bindings: Bindings;
  /** Undefined in a whole graph. */
  readonly #known: KnownMaker | undefined;
  readonly #owners = new Owners();

  constructor(bindings: Bindings, known: KnownMaker | undefined) {
    this.#bindings = bindings;
    this.#known = known;
  }

  /** Targets over the same axes share their bindings: most of 100,000 actions stand beside others of the same entries. */
  bind(target: Target, fixed: Binding, shared: Shared): Expanded {
    const axes = target.axes.join();
    const bindings = shared.get(axes) ?? this.#bindings.of(target, fixed).bindings;
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

  /** The action of a target for a binding that has its axes. A sparse graph binds it if need be. */
  at(target: Target, binding: Binding): Action | undefined {
    const bound = this.#boundAt(target, binding);
    if (bound !== undefined || this.#known === undefined) return bound;
    // It may be looked up by more than its own axes.
    const own = Object.fromEntries(target.axes.map((name) => [name, binding[name]!]));
    const made = this.#action(target, own);
    if (!made.ok) throw new Error(`BUG: ${made.message}`);
    return this.#keep(made.action);
  }

  /** The action of a target for these keys of its axes; undefined where a list has no such entry, or is not known. */
  withKeys(name: string, keys: readonly string[]): Action | undefined {
    const target = this.#bindings.targets.get(name);
    const binding = target && this.#bindings.withKeys(target, keys);
    return binding && this.at(target, binding);
  }

  /** The action that makes the file at this path, if it is bound already. */
  maker(path: string): Action | undefined {
    const owner = this.#owners.at(path);
    if (owner !== undefined) return owner.path === path ? owner.action : undefined;
    const known = this.#known?.(path);
    return known && this.withKeys(known.target, known.keys);
  }

  /** The output that a path is, in the case and Unicode form that it is made under. */
  ownedAs(path: string): TargetPath | undefined {
    return this.#owners.at(path)?.path;
  }

  #keep(action: Action): Action {
    this.all.set(action.id, action);
    return action;
  }

  /** Found by the path of its first output. Where two bindings give one path, which is an error, only one is bound. */
  #boundAt(target: Target, binding: Binding): Action | undefined {
    const action = this.all.get(pathText(target.outputs[0]!.pattern, binding));
    if (action?.target !== target) return undefined;
    return target.axes.every((axis) => action.binding[axis]!.key === binding[axis]!.key) ? action : undefined;
  }

  /** In a sparse graph: who made a file before has it still, unless a list has no such entry any more. */
  #bindMaker(path: string, target: Target, binding: Binding): void {
    const known = this.#known?.(path);
    if (known === undefined) return;
    const isSame =
      known.target === target.name && target.axes.every((axis, i) => binding[axis]!.key === known.keys[i]);
    if (!isSame) this.withKeys(known.target, known.keys);
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
