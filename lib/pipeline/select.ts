/** `segment[scene in part.scenes]`: which entries of a gathered axis a list in another axis's entry names. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { isJsonObject, type Json } from "../base/json.ts";
import { suggest, thereIs } from "../base/nearest.ts";
import type { Axis, AxisValue, Selection } from "../model/pipeline.ts";
import { keyText } from "./compile-axes.ts";
import { describe, lookup } from "./scope.ts";

/** What a list names: entries of one axis, by their keys. */
export interface Choice {
  readonly axis: string;
  /** As the axis writes them. */
  readonly keys: ReadonlySet<string>;
  /** The list that names them. */
  readonly selection: Selection;
}

type Chosen = ({ readonly ok: true } & Choice) | { readonly ok: false; readonly mistake: Diagnostic };

/** Reads the list in an entry: of keys, or of maps that have the key as the member named like the axis. */
export function choiceOf(selection: Selection, axis: Pick<Axis, "name" | "pad">, entry: AxisValue): Chosen {
  const mistaken = (message: string) =>
    ({ ok: false, mistake: { where: selection.where, message } }) as const;
  const found = lookup(entry.value, selection.path);
  if (!found.found) {
    const owner = [selection.of, ...selection.path.slice(0, found.at)].join(".");
    return mistaken(`${owner} has no '${found.missing}'. ${suggest(found.missing, found.known)}`);
  }
  const list = found.value;
  if (!Array.isArray(list))
    return mistaken(
      `${nameOf(selection)} is ${describe(list)}, where a list of keys of '${axis.name}' is expected.`,
    );
  const keys = new Set<string>();
  for (const [i, item] of (list as readonly Json[]).entries()) {
    const key = isJsonObject(item) ? item[axis.name] : item;
    if (typeof key !== "string" && typeof key !== "number")
      return mistaken(
        `${nameOf(selection)}.${i} is ${describe(item)}, and names no ${axis.name}: it takes a key, or a map that has it as '${axis.name}'.`,
      );
    keys.add(keyText(key, axis.pad));
  }
  return { ok: true, axis: axis.name, keys, selection };
}

/** Those entries that are meant, in their own order. `from`: the file that lists the entries, where one does. */
export function choose(
  { axis, keys, selection }: Choice,
  entries: readonly AxisValue[],
  from?: string,
): readonly AxisValue[] | { readonly mistake: Diagnostic } {
  const chosen = entries.filter(({ key }) => keys.has(key));
  if (chosen.length === keys.size) return chosen;
  const there = entries.map(({ key }) => key);
  const missing = [...keys].find((key) => !there.includes(key))!;
  const nowhere = from === undefined ? `there is no ${axis}` : `${from} lists no ${axis}`;
  const message = `${nowhere} '${missing}', which ${nameOf(selection)} names. ${thereIs(there)}`;
  return { mistake: { where: selection.where, message } };
}

function nameOf({ of, path }: Selection): string {
  return [of, ...path].join(".");
}
