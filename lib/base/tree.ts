/** A parsed text as a tree of plain values that know where they stand; made by the JSON and the YAML reader alike. */
import type { Json } from "./json.ts";

/** Offsets are UTF-16 code units into the text that was parsed. */
export interface Tree {
  readonly value: Json;
  readonly at: number;
  /** How many values it holds, itself included; what an alias repeats is counted each time. */
  readonly size: number;
  /** Of a text that YAML can write in several ways: where the character at an offset of the value stands. */
  readonly inner?: (offset: number) => number;
  readonly members?: ReadonlyMap<string, Member>;
  readonly items?: readonly Tree[];
}

export interface Member {
  readonly keyAt: number;
  readonly tree: Tree;
}

/** A mistake in the text itself. */
export interface Fault {
  readonly at: number;
  readonly message: string;
  readonly help?: string;
}

export interface Parsed {
  /** Undefined where the text holds no value at all. */
  readonly root: Tree | undefined;
  readonly faults: readonly Fault[];
}

/** Deeper than any file that a person writes, and far from the end of our stack. */
export const MAX_DEPTH = 100;

export const tooDeep = (at: number): Fault => ({
  at,
  message: `lists and mappings nest deeper than ${MAX_DEPTH}.`,
});

export function leaf(at: number, value: null | boolean | number | string): Tree {
  return { value, at, size: 1 };
}

export function list(at: number, items: readonly Tree[]): Tree {
  return { value: items.map((item) => item.value), at, size: 1 + sum(items), items };
}

/** Adds a fault for each key that is given twice (the first one counts) or cannot be had as plain data. */
export function mapping(at: number, entries: readonly (Member & { key: string })[], faults: Fault[]): Tree {
  const members = new Map<string, Member>();
  for (const { key, keyAt, tree } of entries) {
    if (key === "__proto__") {
      faults.push({ at: keyAt, message: "the name '__proto__' cannot be used as a key." });
    } else if (members.has(key)) {
      faults.push({
        at: keyAt,
        message: `the key '${key}' is given twice.`,
        help: "Keep one of the two.",
      });
    } else members.set(key, { keyAt, tree });
  }
  const value = Object.fromEntries([...members].map(([key, { tree }]) => [key, tree.value]));
  return { value, at, size: 1 + sum([...members.values()].map(({ tree }) => tree)), members };
}

const sum = (trees: readonly Tree[]) => trees.reduce((total, tree) => total + tree.size, 0);
