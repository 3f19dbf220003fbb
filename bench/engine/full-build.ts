/** Joins pipeline, tasks and engine for a bench build, as lib/cli/full-build.ts does for a real one. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "../../lib/engine/build.ts";
import type { Places } from "../../lib/engine/place.ts";
import type { Survey } from "../../lib/engine/up-to-date.ts";
import type { BuildEvent } from "../../lib/model/event.ts";
import type { Pipeline } from "../../lib/model/pipeline.ts";
import { defineTask, z } from "../../lib/task.ts";

/** A task type for each extension, since a type says which it makes. */
const copy = (extension: string) =>
  defineTask({
    type: `copy-${extension}`,
    version: 1,
    params: z.strictObject({}),
    inputs: { from: "file" },
    outputs: { to: extension },
    async run({ inputs, outputs }) {
      copyFileSync(inputs.from.path, outputs.to.path);
    },
  });

const cat = defineTask({
  type: "cat",
  version: 1,
  params: z.strictObject({}),
  inputs: { parts: "list" },
  outputs: { whole: "mp4" },
  // As the shipped tasks have it for segments and finals.
  keep: "link",
  async run({ inputs, outputs }) {
    writeFileSync(outputs.whole.path, Buffer.concat(inputs.parts.map((part) => readFileSync(part.path))));
  },
});

export async function fullBuild(
  places: Places,
  signature: string,
  survey: Survey | undefined,
  emit: (event: BuildEvent) => void,
): Promise<boolean> {
  const tasks = new Map([copy("png"), copy("mp3"), cat].map((task) => [task.type, task]));
  const file = join(places.root, "pipelines/bench.yaml");
  const never = new AbortController().signal;
  const { ok } = await build({
    places,
    async describe(remembered) {
      let pipeline: Pipeline;
      if (remembered !== undefined) pipeline = JSON.parse(remembered) as Pipeline;
      else {
        const { readPipeline } = await import("./pipeline.ts");
        pipeline = readPipeline(file, tasks);
      }
      const restsOn = [file, process.argv[1]!];
      return { pipeline, tasks, tools: new Map(), pools: {}, restsOn, text: JSON.stringify(pipeline) };
    },
    survey,
    cache: join(places.root, ".faceless/cache"),
    signature,
    goals: [],
    force: [],
    discardEdits: false,
    accept: false,
    keepGoing: false,
    dryRun: false,
    jobs: 2,
    tellFresh: false,
    command: "bench",
    stop: never,
    kill: never,
    emit,
    now: Date.now,
  });
  return ok;
}
