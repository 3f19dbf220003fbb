/** Reads the bench's pipeline: a file of its own, since a build of a few actions does not load it. */
import { readDocumentFile } from "../../lib/base/document.ts";
import type { Pipeline } from "../../lib/model/pipeline.ts";
import type { Task } from "../../lib/model/task.ts";
import { compilePipeline } from "../../lib/pipeline/compile.ts";

export function readPipeline(file: string, tasks: ReadonlyMap<string, Task>): Pipeline {
  const document = readDocumentFile(file, "pipelines/bench.yaml");
  return compilePipeline(document, { project: {}, options: {}, tasks, pools: [] });
}
