/** What the `in:` of a target names: outputs of targets, and source files. */
import type { Path } from "../base/complaint.ts";
import type { Location } from "../base/diagnostic.ts";
import { suggest } from "../base/nearest.ts";
import type { Expression, Input, Selection, Target } from "../model/pipeline.ts";
import { escapeGlob, sourceProblem } from "./paths.ts";
import type { TargetEntry } from "./schema.ts";
import { type Complain, compileText, inside, partsOf, type Scope } from "./scope.ts";

/** @param locate where a path below the `in:` stands */
export function compileInputs(
  slots: TargetEntry["in"],
  locate: (path: Path, part: "key" | "value") => Location,
  scope: Scope,
  complain: Complain,
): Target["inputs"] {
  return Object.entries(slots).map(([slot, given]) => ({
    slot,
    where: locate([slot], "key"),
    several: Array.isArray(given),
    from: (typeof given === "string" ? [given] : given).flatMap((text, i) => {
      const where = locate(typeof given === "string" ? [slot] : [slot, i], "value");
      return compileInput(text, where, scope, complain) ?? [];
    }),
  }));
}

const TARGET_INPUT = /^([A-Za-z_][\w-]*)(?:\.([A-Za-z_][\w-]*))?(?:\[([^\]]*)\])?$/;
const NEIGHBOUR = /^([A-Za-z_][\w-]*)([+-]\d+)$/;
const SELECTION = /^\s*([A-Za-z_][\w-]*)\s+in\s+([A-Za-z_][\w-]*)((?:\.(?:[A-Za-z_][\w-]*|\d+))*)\s*$/d;
const LIKE_SELECTION = /^\s*[A-Za-z_][\w-]*\s+in\b/;

/** One line of an `in:`; undefined where it is absent (a null) or after a complaint. */
function compileInput(text: string, where: Location, scope: Scope, complain: Complain): Input | undefined {
  const [, target, output, bracket] = (TARGET_INPUT.exec(text) ?? []) as [string?, string?, string?, string?];
  const neighbour = NEIGHBOUR.exec(bracket ?? "");
  const selects = LIKE_SELECTION.test(bracket ?? "");
  if (target === undefined || (bracket !== undefined && neighbour === null && !selects))
    return filesInput(text, where, { ...scope, targets: new Map() }, complain);
  const chosen = compileOutput(text, target, output, where, scope, complain);
  if (chosen === undefined) return undefined;
  const selection = selects ? compileSelection(text, target, bracket!, where, scope, complain) : undefined;
  if (selects && selection === undefined) return undefined;
  const [, axis, by] = (neighbour ?? []) as [string?, string?, string?];
  if (axis !== undefined && !scope.axes.includes(axis)) {
    complain(where, scope.elsewhere[axis] ?? `there is no axis '${axis}'. ${suggest(axis, scope.axes)}`);
    return undefined;
  }
  const shift = axis === undefined ? undefined : { axis, by: Number(by) };
  return { kind: "target", target, output: chosen, shift, selection, where };
}

/** The output that is meant; undefined after a complaint. */
function compileOutput(
  text: string,
  target: string,
  output: string | undefined,
  where: Location,
  scope: Scope,
  complain: Complain,
): string | undefined {
  const outputs = scope.targets.get(target);
  if (outputs === undefined) {
    const hint = `${suggest(target, scope.targets.keys())} A file in the project's own folder is written ./${text}`;
    complain(where, `there is no target '${target}'. ${hint}`);
    return undefined;
  }
  const chosen = output ?? (outputs.length === 1 ? outputs[0]! : undefined);
  if (chosen !== undefined && outputs.includes(chosen)) return chosen;
  const problem =
    output === undefined
      ? `'${target}' has several outputs; name one.`
      : `'${target}' has no output '${output}'.`;
  complain(where, `${problem} ${suggest(output ?? "", outputs)}`);
  return undefined;
}

/** What stands in the brackets of `segment[scene in part.scenes]`; undefined after a complaint. */
function compileSelection(
  text: string,
  target: string,
  bracket: string,
  where: Location,
  { axes, elsewhere }: Scope,
  complain: Complain,
): Selection | undefined {
  const begin = text.indexOf("[") + 1;
  const named = SELECTION.exec(bracket);
  if (named === null) {
    complain(
      inside(where, text, begin),
      `'[${bracket}]' chooses no entries: that is written like [scene in part.scenes], with an axis, 'in', and a dotted path.`,
    );
    return undefined;
  }
  const [, axis, of, rest] = named as unknown as [string, string, string, string];
  const placeOf = (group: number) => inside(where, text, begin + named.indices![group]![0]);
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

function filesInput(text: string, where: Location, scope: Scope, complain: Complain): Input | undefined {
  const pattern = compileText(text, where, scope, complain);
  if (pattern.kind === "constant" && pattern.value === null) return undefined;
  if (pattern.kind === "constant" && typeof pattern.value !== "string") {
    complain(where, `an input is a path, and this is ${JSON.stringify(pattern.value)}.`);
  }
  checkSource(pattern, where, complain);
  return { kind: "files", pattern: escapeValues(text, pattern), where };
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
