/** Sets one scene's captions: words and their times in, an ASS file to be drawn on the scene's film out. */
import { readJsonFile } from "../lib/base/json-file.ts";
import { offload } from "../lib/base/offload.ts";
import type { CaptionRequest } from "../lib/media/captions/make.ts";
import { shotShape } from "../lib/media/shot.ts";
import { wordsShape } from "../lib/media/words.ts";
import { defineTask, z } from "../lib/task.ts";

/** A file that draws nothing. */
const NO_CAPTIONS = "[Script Info]\n; No captions.\nScriptType: v4.00+\n";

const pixels = z.int().min(16).max(7680);

export default defineTask({
  type: "captions",
  /** Also to be bumped for a change of the shipped templates. */
  version: 1,
  params: z.strictObject({
    /** The name of a shipped template (shared/templates/captions), where no style of one's own is given; null for none. */
    template: z.string().min(1).nullable().default("lines"),
    /** Of the film. */
    width: pixels,
    height: pixels,
  }),
  /** `style`: a template of one's own; `shot`: which frames of the scene are seen, and where its narration begins. */
  inputs: { words: "file", shot: "file", style: "optional" },
  outputs: { captions: "ass" },
  tools: ["fonts"],
  async run({ params: { template, width, height }, inputs, outputs, tools, signal, notice }) {
    if (inputs.style === undefined && template === null) return await outputs.captions.write(NO_CAPTIONS);
    // Loaded only here: it takes a YAML parser with it.
    const { readStyle, shippedStyle } = await import("../lib/media/captions/style.ts");
    const { words } = await readJsonFile(inputs.words, wordsShape);
    const request: CaptionRequest = {
      words,
      name: inputs.words.name,
      shot: await readJsonFile(inputs.shot, shotShape),
      style:
        inputs.style === undefined
          ? shippedStyle(template!)
          : readStyle(inputs.style.path, inputs.style.name),
      film: { width, height },
      fonts: tools.fonts,
      output: outputs.captions.path,
    };
    for (const text of await offload<string[]>("makeCaptions", request, { signal })) notice(text);
  },
});
