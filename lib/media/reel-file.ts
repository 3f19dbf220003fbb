/** What a timeline file says of one film, or of one part of it: whose frames are where, and when somebody speaks. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { Failure } from "../base/failure.ts";

const count = z.int().min(0);

const scene = z.object({
  scene: z.union([z.int(), z.string()]),
  /** Of the reel, like all frames. */
  first_frame: count,
  frames: count,
  /** `at`: sample of the reel at which the narration is heard; `from`, `samples`: first one of it, and how many. 48 kHz. */
  voice: z.object({ at: count, from: count.default(0), samples: count }),
});

const reel = z.object({
  frames: z.int().min(1),
  intro_frames: count.default(0),
  outro_frames: count.default(0),
  scenes: z.array(scene),
});

const timeline = z.object({
  fps: z.int().min(1),
  film: reel,
  parts: z.array(reel.extend({ part: z.int().min(1), of: z.int().min(1) })).default([]),
});

export type ReelScene = z.output<typeof scene>;

export interface Reel extends z.output<typeof reel> {
  readonly fps: number;
  /** Of the whole film: a part may have but a piece of a scene. */
  readonly whole: readonly ReelScene[];
  /** Undefined for the whole film. */
  readonly part: { readonly number: number; readonly of: number } | undefined;
}

/** @throws Failure for a file that is no timeline, and for a part that it does not have */
export async function readReel(
  file: { readonly path: string; readonly name: string },
  part: number | null,
): Promise<Reel> {
  const { fps, film, parts } = parse(await readFile(file.path, "utf8"), file.name);
  if (part === null) return { ...film, fps, whole: film.scenes, part: undefined };
  const found = parts.find((one) => one.part === part);
  if (found !== undefined) return { ...found, fps, whole: film.scenes, part: { number: part, of: found.of } };
  throw new Failure(
    `${file.name} has no part ${part}: it has ${parts.length === 0 ? "none" : parts.length}.`,
    {
      help: "Name a part that is in the timeline, or null for the whole film.",
    },
  );
}

function parse(text: string, name: string): z.output<typeof timeline> {
  const help = "It should be what the timeline task makes: delete it, and it is made again.";
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new Failure(`${name} is not JSON.`, { help, cause });
  }
  const checked = timeline.safeParse(content);
  if (checked.success) return checked.data;
  throw new Failure(`${name} is no timeline: ${z.prettifyError(checked.error)}`, { help });
}
