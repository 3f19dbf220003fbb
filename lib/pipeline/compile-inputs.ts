/** What the `in:` of a target names: outputs of targets, and source files. */
import type { Path } from "../base/complaint.ts";
import type { Location } from "../base/diagnostic.ts";
import { nearest, suggest } from "../base/nearest.ts";
import type { Expression, Input, Selection, Target } from "../model/pipeline.ts";
import { escapeGlob, sourceProblem } from "./paths.ts";
import type { TargetEntry } from "./schema.ts";
import { type Complain, compileText, type Inside, partsOf, type Scope } from "./scope.ts";

/** @param locate where a path below the `in:` stands, and the character at an offset of the text there */
export function compileInputs(
  slots: TargetEntry["in"],
  locate: (path: Path, part: "key" | "value", offset?: number) => Location,
  scope: Scope,
  complain: Complain,
): Target["inputs"] {
  return Object.entries(slots).map(([slot, given]) => ({
    slot,
    where: locate([slot], "key"),
    several: Array.isArray(given),
    from: (typeof given === "string" ? [given] : given).flatMap((text, i) => {
      const path = typeof given === "string" ? [slot] : [slot, i];
      const inside = (offset: number) => locate(path, "value", offset);
      return compileInput({ text, where: locate(path, "value"), inside, scope, complain }) ?? [];
    }),
  }));
}

/** One line of an `in:`. */
interface Line {
  readonly text: string;
  readonly where: Location;
  readonly inside: Inside;
  readonly scope: Scope;
  readonly complain: Complain;
}

const TARGET_INPUT = /^([A-Za-z_][\w-]*)(?:\.([A-Za-z_][\w-]*))?(?:\[([^\]]*)\])?$/;
const NEIGHBOUR = /^([A-Za-z_][\w-]*)([+-]\d+)$/;
const SELECTION = /^\s*([A-Za-z_][\w-]*)\s+in\s+([A-Za-z_][\w-]*)((?:\.(?:[A-Za-z_][\w-]*|\d+))*)\s*$/d;
const LIKE_SELECTION = /^\s*[A-Za-z_][\w-]*\s+in\b/;

/** What has the look of a neighbour and is none; as a glob it would match files that nobody means. */
const LIKE_NEIGHBOUR = /^(([A-Za-z_][\w-]*)(?:\.[\w-]*)?)\s*\[([^/\]]*)\]?$/;

/** Undefined where it is absent (a null) or after a complaint. */
function compileInput(line: Line): Input | undefined {
  const { text, where, scope, complain } = line;
  const [, target, output, bracket] = (TARGET_INPUT.exec(text) ?? []) as [string?, string?, string?, string?];
  const neighbour = NEIGHBOUR.exec(bracket ?? "");
  const selects = LIKE_SELECTION.test(bracket ?? "");
  if (target !== undefined && (bracket === undefined || neighbour !== null || selects)) {
    const chosen = compileOutput(target, output, line);
    if (chosen === undefined) return undefined;
    if (selects) return selected({ target, output: chosen }, bracket!, line);
    return bound({ target, output: chosen }, neighbour, line);
  }
  const like = LIKE_NEIGHBOUR.exec(text);
  if (like === null || !scope.targets.has(like[2]!)) return filesInput(line);
  complain(where, badNeighbour(like[1]!, like[3]!, scope));
  return undefined;
}

function badNeighbour(target: string, within: string, { axes, elsewhere }: Scope): string {
  const axis = /^[\w-]*?(?=\s*(?:[+-]|$))/.exec(within.trim())?.[0] ?? "";
  const known = [...axes, ...Object.keys(elsewhere)];
  const meant = known.includes(axis) ? axis : (nearest(axis, axes) ?? axes[0] ?? "axis");
  return `'${within}' is no neighbour: it takes an axis and how far, such as ${target}[${meant}+1] or ${target}[${meant}-1].`;
}

/** The output that is meant; undefined after a complaint. */
function compileOutput(
  target: string,
  output: string | undefined,
  { text, where, scope, complain }: Line,
): string | undefined {
  const ifFile = `A file in the project's own folder is written ./${text}`;
  const outputs = scope.targets.get(target);
  if (outputs === undefined) {
    complain(where, `there is no target '${target}'. ${suggest(target, scope.targets.keys())} ${ifFile}`);
    return undefined;
  }
  const chosen = output ?? (outputs.length === 1 ? outputs[0]! : undefined);
  if (chosen === undefined) {
    complain(where, `'${target}' has several outputs; name one. ${suggest("", outputs)}`);
    return undefined;
  }
  if (outputs.includes(chosen)) return chosen;
  complain(where, `'${target}' has no output '${output}'. ${suggest(chosen, outputs)} ${ifFile}`);
  return undefined;
}

type Chosen = Pick<Extract<Input, { kind: "target" }>, "target" | "output">;

function bound(
  chosen: Chosen,
  neighbour: RegExpExecArray | null,
  { where, scope, complain }: Line,
): Input | undefined {
  const [, axis, by] = (neighbour ?? []) as [string?, string?, string?];
  if (axis !== undefined && !scope.axes.includes(axis)) {
    complain(where, scope.elsewhere[axis] ?? `there is no axis '${axis}'. ${suggest(axis, scope.axes)}`);
    return undefined;
  }
  const shift = axis === undefined ? undefined : { axis, by: Number(by) };
  return { kind: "target", ...chosen, shift, selection: undefined, where };
}

function selected(chosen: Chosen, bracket: string, line: Line): Input | undefined {
  const selection = compileSelection(chosen.target, bracket, line);
  return selection && { kind: "target", ...chosen, shift: undefined, selection, where: line.where };
}

/** What stands in the brackets of `segment[scene in part.scenes]`; undefined after a complaint. */
function compileSelection(
  target: string,
  bracket: string,
  { text, inside, scope: { axes, elsewhere }, complain }: Line,
): Selection | undefined {
  const begin = text.indexOf("[") + 1;
  const named = SELECTION.exec(bracket);
  if (named === null) {
    complain(
      inside(begin),
      `'[${bracket}]' chooses no entries: that is written like [scene in part.scenes], with an axis, 'in', and a dotted path.`,
    );
    return undefined;
  }
  const [, axis, of, rest] = named as unknown as [string, string, string, string];
  const placeOf = (group: number) => inside(begin + named.indices![group]![0]);
  if (axes.includes(axis)) {
    complain(
      placeOf(1),
      `there is one ${axis} here and nothing to choose: '${target}' is that of the same ${axis}.`,
    );
  } else if (elsewhere[axis] === undefined) {
    complain(placeOf(1), `there is no axis '${axis}'. ${suggest(axis, Object.keys(elsewhere))}`);
  } else if (!axes.includes(of)) {
    complain(placeOf(2), elsewhere[of] ?? `there is no axis '${of}'. ${suggest(of, axes)}`);
  } else {
    return { axis, of, path: rest.split(".").slice(1), where: placeOf(2) };
  }
  return undefined;
}

function filesInput({ text, where, inside, scope, complain }: Line): Input | undefined {
  const pattern = compileText(text, inside, { ...scope, targets: new Map() }, complain);
  if (pattern.kind === "constant" && pattern.value === null) return undefined;
  if (pattern.kind === "constant" && typeof pattern.value !== "string") {
    complain(where, `an input is a path, and this is ${JSON.stringify(pattern.value)}.`);
  }
  checkSource(pattern, where, complain);
  const setting = /^\$\{project\.([^}]+)\}$/.exec(text)?.[1];
  return { kind: "files", pattern: escapeValues(text, pattern), setting, where };
}

/** As far as it is known by now: a reference is some name. */
function checkSource(pattern: Expression, where: Location, complain: Complain): void {
  const known = partsOf(pattern).map((part) => (typeof part === "string" ? part : "…"));
  const problem = sourceProblem(known.join(""));
  if (problem !== undefined) complain(where, `'${known.join("")}' ${problem}`);
}

/** What a reference puts into a path is literal, even if it has a `*` in it; only the pipeline's own text is a glob. */
function escapeValues(text: string, pattern: Expression): Expression {
  return pattern.kind === "constant" && /^\$\{[^}]*\}$/.test(text)
    ? { kind: "text", parts: [escapeGlob(String(pattern.value))] }
    : pattern;
}
