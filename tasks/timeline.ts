/** Lays a film's scenes end to end, and cuts it into parts where a platform takes no longer ones. */
import { readJsonFile } from "../lib/base/json-file.ts";
import { layParts, type Timeline } from "../lib/media/parts.ts";
import { layFilm, type Take } from "../lib/media/reel.ts";
import { shotShape } from "../lib/media/shot.ts";
import { wordsShape } from "../lib/media/words.ts";
import { defineTask, Failure, z } from "../lib/task.ts";

const framesShape = z.object({ frames: z.int().min(1) });

export default defineTask({
  type: "timeline",
  version: 4,
  params: z.strictObject({
    /** The longest part that the platform takes; null for no parts. Seconds. */
    max_part: z.number().min(5).nullable().default(null),
    /** How long the title is shown that each part opens with. Seconds. */
    card: z.number().min(0.5).max(10).default(1.5),
  }),
  /** One of each a scene, in order. `intro` and `outro`: the number of frames before and after them. */
  inputs: { words: "list", shots: "list", intro: "optional", outro: "optional" },
  outputs: { timeline: "json" },
  cheap: true,
  async run({ params, inputs, outputs }) {
    if (inputs.words.length !== inputs.shots.length || inputs.words.length === 0) {
      throw new Failure(`There are ${inputs.words.length} words files and ${inputs.shots.length} shots.`, {
        code: "media.assembly",
        help: "Give one of each for every scene, in the same order.",
      });
    }
    const takes: Take[] = [];
    for (const [i, file] of inputs.shots.entries()) {
      const shot = await readJsonFile(file, shotShape);
      const { samples } = await readJsonFile(inputs.words[i]!, wordsShape);
      takes.push({ scene: i + 1, shot, samples });
    }
    const { fps } = takes[0]!.shot;
    const intro = inputs.intro && (await readJsonFile(inputs.intro, framesShape)).frames;
    const outro = inputs.outro && (await readJsonFile(inputs.outro, framesShape)).frames;
    const film = layFilm(takes, { ...(intro && { intro }), ...(outro && { outro }) });
    const given = { limit: (params.max_part ?? 0) * fps, card: Math.round(params.card * fps), film };
    const none = { parts: [], endings: [], uncut: [] };
    const { uncut, ...laid } = params.max_part === null ? none : layParts(takes, given);
    if (uncut.length > 0) {
      throw new Failure(
        `scene ${uncut.join(", ")} of this story has a sentence that is longer than a part of ${params.max_part} s.`,
        {
          code: "script.scene",
          help: "Shorten it, or end a sentence earlier: a part ends between two scenes or two sentences.",
        },
      );
    }
    const timeline: Timeline = { film, ...laid };
    await outputs.timeline.write(`${JSON.stringify(timeline, null, 2)}\n`);
  },
});
