/** The entries of every axis, as far as they are known: of files and values at once, of built lists as they are told. */
import type { Location } from "../base/diagnostic.ts";
import type { Json } from "../base/json.ts";
import { suggest } from "../base/nearest.ts";
import type { Action, Axis, AxisValue } from "../model/pipeline.ts";
import { axisValues } from "./compile-axes.ts";
import { fileEntries, type MatchFiles } from "./patterns.ts";
import { lookup } from "./scope.ts";

/** What cannot be, and the place in the pipeline that asks for it. */
export interface Refused {
  readonly ok: false;
  readonly where: Location;
  readonly message: string;
}

export type ItemsAxis = Extract<Axis, { kind: "items" }>;

/** A dynamic axis below one binding: its entries are known once `source` is built. */
export interface Expansion {
  readonly axis: ItemsAxis;
  readonly source: Action;
}

export function isExpansion(needed: Action | Expansion): needed is Expansion {
  return "source" in needed;
}

/** The content of the file that an expansion lists, if that file is known to be what it has to be. */
export type KnownList = (expansion: Expansion) => Json | undefined;

export class Entries {
  readonly #match: MatchFiles;
  readonly #known: KnownList | undefined;
  readonly #fixed = new Map<string, readonly AxisValue[]>();
  readonly #listed = new Map<Expansion, readonly AxisValue[]>();
  readonly #expansions = new Map<string, Expansion>();
  readonly #pending = new Set<Expansion>();
  /** Of lists of entries: key to place. */
  readonly #places = new WeakMap<readonly AxisValue[], ReadonlyMap<string, number>>();

  constructor(match: MatchFiles, known?: KnownList) {
    this.#match = match;
    this.#known = known;
  }

  /** Of an axis that no built file lists. @throws Diagnostics */
  fixed(axis: Exclude<Axis, ItemsAxis>): readonly AxisValue[] {
    const known = this.#fixed.get(axis.name);
    if (known !== undefined) return known;
    const entries = axis.kind === "values" ? axis.entries : fileEntries(axis, this.#match);
    this.#fixed.set(axis.name, entries);
    return entries;
  }

  expansion(axis: ItemsAxis, source: Action): Expansion {
    const name = `${axis.name}\0${source.id}`;
    const known = this.#expansions.get(name);
    if (known !== undefined) return known;
    const expansion: Expansion = { axis, source };
    this.#expansions.set(name, expansion);
    this.#pending.add(expansion);
    return expansion;
  }

  /** Undefined while the list is not known. */
  listed(expansion: Expansion): readonly AxisValue[] | undefined {
    const known = this.#listed.get(expansion);
    if (known !== undefined) return known;
    const content = this.#known?.(expansion);
    if (content === undefined || !this.list(expansion, content).ok) return undefined;
    return this.#listed.get(expansion);
  }

  /** Takes the entries from the content of the source's file. */
  list({ axis, source }: Expansion, content: Json): { ok: true } | Refused {
    const { path, target, output, where } = axis.source;
    const file = source.outputs.find(({ name }) => name === output)!.path;
    const found = lookup(content, path);
    if (!found.found) {
      const known = suggest(found.missing, found.known);
      const message = `${file} has no '${path.join(".")}', which the axis '${axis.name}' lists. ${known}`;
      return { ok: false, where, message };
    }
    const entries = axisValues(found.value, axis.key, axis.pad);
    if (!entries.ok) {
      const names = source.outputs.length > 1 ? [target, output, ...path] : [target, ...path];
      const message = `${file}: ${names.join(".")}, which the axis '${axis.name}' lists: ${entries.problem}`;
      return { ok: false, where, message };
    }
    const expansion = this.expansion(axis, source);
    this.#listed.set(expansion, entries.values);
    this.#pending.delete(expansion);
    return { ok: true };
  }

  /** Those that no entries are known of yet. */
  get pending(): ReadonlySet<Expansion> {
    return this.#pending;
  }

  /** Where the entry with a key is in a list, or -1. */
  placeIn(entries: readonly AxisValue[], key: string): number {
    let places = this.#places.get(entries);
    if (places === undefined) {
      places = new Map(entries.map((entry, place) => [entry.key, place]));
      this.#places.set(entries, places);
    }
    return places.get(key) ?? -1;
  }
}
