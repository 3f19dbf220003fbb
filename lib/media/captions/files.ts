/** Reads the files that subtitles are made from: a scene's words, and a film's timeline. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { Failure } from "../../base/failure.ts";
import { FRAME_RATES } from "../../model/known-values.ts";
import { SAMPLE_RATE } from "../timeline.ts";

/** `path` to read it at, and what messages call it. */
export interface NamedFile {
  readonly path: string;
  readonly name: string;
}

const count = z.int().min(0);

const wordsFile = z.object({
  sample_rate: z.literal(SAMPLE_RATE),
  samples: count,
  words: z.array(
    z
      .object({ text: z.string(), start: z.number().min(0), end: z.number() })
      .refine(({ start, end }) => start <= end, { error: "it ends before it starts" }),
  ),
});
export type WordsFile = z.output<typeof wordsFile>;

export const readWords = (file: NamedFile): Promise<WordsFile> =>
  readChecked(file, wordsFile, "words and their times");

const reel = z.object({
  frames: count,
  scenes: z.array(
    z.object({ scene: z.int().min(1), voice: z.object({ at: count, from: count, samples: count }) }),
  ),
});
const timelineFile = z.object({
  fps: z.literal(FRAME_RATES),
  film: reel,
  parts: z.array(reel.extend({ part: z.int().min(1) })),
});
export type Reel = z.output<typeof reel>;

/** The whole film, or one of its parts. @throws Failure, also where there is no such part */
export async function readReel(
  file: NamedFile,
  part: number | null,
): Promise<Reel & { readonly fps: number }> {
  const { fps, film, parts } = await readChecked(file, timelineFile, "a timeline");
  if (part === null) return { ...film, fps };
  const found = parts.find((one) => one.part === part);
  if (found === undefined) throw new Failure(`${file.name} has no part ${part}; it has ${parts.length}.`);
  return { ...found, fps };
}

async function readChecked<Schema extends z.ZodType>(
  { path, name }: NamedFile,
  schema: Schema,
  what: string,
): Promise<z.output<Schema>> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new Failure(`${name} is not JSON.`, { help: "Delete it: its task makes it again.", cause });
  }
  const checked = schema.safeParse(content);
  if (checked.success) return checked.data;
  throw new Failure(`${name} does not hold ${what}: ${z.prettifyError(checked.error)}`, {
    help: "Delete it: its task makes it again.",
  });
}
