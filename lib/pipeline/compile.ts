/** YAML → Pipeline: every name resolved as far as it can be, every mistake told at once. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { type Document, inOrder } from "../base/document.ts";
import type { JsonObject } from "../base/json.ts";
import { suggest } from "../base/nearest.ts";
import type { Pipeline } from "../model/pipeline.ts";
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
}

/** @throws Diagnostics with every mistake in the file. */
export function compilePipeline(document: Document, around: Surroundings): Pipeline {
  const file = document.check(pipelineSchema);
  const found: Diagnostic[] = [];
  const complain: Complain = (where, message) => found.push({ where, message });
  const options = mergeOptions(document, file, around.options, complain);
  checkNames(document, file, complain);
  const constants = { project: around.project, options };
  const outputs = outputNames(file, around.tasks);
  const common = { document, file, constants, outputs, complain };
  const patterns = compileOutputs(common);
  const axes = compileAxes({ ...common, patterns });
  const targets = compileTargets({ ...common, patterns, axes, tasks: around.tasks });
  const absent = compileWhens(document, file, constants, complain);
  if (found.length > 0) throw inOrder(found);
  const left = withoutAbsent(absent, { axes, targets, tasks: around.tasks, complain });
  if (found.length === 0) checkTargets(left.axes, left.targets, around.tasks, complain);
  if (found.length > 0) throw inOrder(found);
  return { file: document.file, axes: left.axes, targets: left.targets };
}

/** Options set from outside must exist, and have the type of the default. */
function mergeOptions(
  document: Document,
  file: PipelineFile,
  set: JsonObject,
  complain: Complain,
): JsonObject {
  for (const [name, value] of Object.entries(set)) {
    const fallback = file.options[name];
    if (fallback === undefined) {
      const where = document.locate(
        file.options && "options" in (document.value as JsonObject) ? ["options"] : [],
        "key",
      );
      complain(
        where,
        `the option '${name}' is set, but this pipeline has none of that name. ${suggest(name, Object.keys(file.options))}`,
      );
    } else if (fallback !== null && typeof fallback !== typeof value) {
      complain(
        document.locate(["options", name], "value"),
        `the option '${name}' is a ${typeof fallback} here, but it is set to ${JSON.stringify(value)}.`,
      );
    }
  }
  return { ...file.options, ...set };
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
