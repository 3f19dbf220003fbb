/** YAML → Pipeline: every name resolved as far as it can be, every mistake told at once. */
import { type Diagnostic, inOrder } from "../base/diagnostic.ts";
import type { Document } from "../base/document.ts";
import type { Json, JsonObject } from "../base/json.ts";
import { suggest } from "../base/nearest.ts";
import type { Axis, Pipeline } from "../model/pipeline.ts";
import type { Task } from "../model/task.ts";
import { checkTargets } from "./check.ts";
import { compileAxes } from "./compile-axes.ts";
import { compileOutputs, compileTargets, outputNames } from "./compile-targets.ts";
import { type PipelineFile, pipelineSchema } from "./schema.ts";
import type { Complain } from "./scope.ts";
import { compileWhens, withoutAbsent } from "./when.ts";

export interface Surroundings {
  /** What `${project.…}` means. */
  readonly project: JsonObject;
  /** Options that the niche or the command line sets, over the pipeline's own defaults. */
  readonly options: JsonObject;
  readonly tasks: ReadonlyMap<string, Task>;
  /** Which of them the command line sets, the configuration the others. */
  readonly set?: readonly string[];
  /** The pools that the configuration bounds. */
  readonly pools: readonly string[];
  /** What to do for a value that is not there, by its name, such as "project.platforms". */
  readonly remedies?: Readonly<Record<string, string>>;
}

/** @throws Diagnostics with every mistake in the file. */
export function compilePipeline(document: Document, around: Surroundings): Pipeline {
  const file = document.check(pipelineSchema);
  const found: Diagnostic[] = [];
  const complain: Complain = (where, message) => found.push({ where, message });
  const options = mergeOptions(document, file, around, complain);
  checkNames(document, file, complain);
  const constants = { values: { project: around.project, options }, remedies: around.remedies ?? {} };
  const outputs = outputNames(file, around.tasks);
  const common = { document, file, constants, outputs, complain };
  const patterns = compileOutputs(common);
  const axes = compileAxes({ ...common, patterns });
  const targets = compileTargets({ ...common, patterns, axes, tasks: around.tasks, pools: around.pools });
  const absent = compileWhens(document, file, constants, complain);
  if (found.length > 0) throw inOrder(found);
  const left = withoutAbsent(absent, { axes, targets, tasks: around.tasks, complain });
  if (found.length === 0) checkTargets(left.axes, left.targets, around.tasks, complain);
  if (found.length > 0) throw inOrder(found);
  return { file: document.file, axes: usedAxes(left), targets: left.targets };
}

/** What no target repeats over is nobody's: a list that cannot be used would stop all the others. */
function usedAxes({ axes, targets }: Pick<Pipeline, "axes" | "targets">): readonly Axis[] {
  return axes.filter(({ name }) => targets.some((target) => target.axes.includes(name)));
}

const KINDS: Readonly<Record<string, string>> = {
  boolean: "true or false",
  number: "a number",
  string: "a text",
};

/** Options set from outside must exist, and have the type of the default, which stands where they do not. */
function mergeOptions(
  document: Document,
  file: PipelineFile,
  { options, set = [] }: Surroundings,
  complain: Complain,
): JsonObject {
  const merged: Record<string, Json> = { ...file.options };
  for (const [name, value] of Object.entries(options)) {
    const fallback = file.options[name];
    const who = set.includes(name) ? "--set" : "faceless.config.yaml";
    if (fallback === undefined) {
      const where = document.locate(
        file.options && "options" in (document.value as JsonObject) ? ["options"] : [],
        "key",
      );
      complain(
        where,
        `${who} sets the option '${name}', and this pipeline has none of that name. ${suggest(name, Object.keys(file.options))}`,
      );
    } else if (fallback !== null && typeof fallback !== typeof value) {
      complain(
        document.locate(["options", name], "value"),
        `the option '${name}' is ${KINDS[typeof fallback]} here, and ${who} sets it to ${JSON.stringify(value)}.`,
      );
    } else merged[name] = value;
  }
  return merged;
}

const RESERVED = ["project", "options", "in", "out", "deps"];

/** One name means one thing: axes, targets and the built-in names are apart. */
function checkNames(document: Document, file: PipelineFile, complain: Complain): void {
  for (const name of Object.keys(file.axes)) {
    if (RESERVED.includes(name))
      complain(
        document.locate(["axes", name], "key"),
        `'${name}' is a name with a meaning of its own; name the axis otherwise.`,
      );
  }
  for (const name of Object.keys(file.targets)) {
    const where = document.locate(["targets", name], "key");
    if (RESERVED.includes(name))
      complain(where, `'${name}' is a name with a meaning of its own; name the target otherwise.`);
    if (name in file.axes) complain(where, `'${name}' is an axis too; a name means one thing.`);
  }
}
