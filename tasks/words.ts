/** Tells when each word of a narration is heard: from the engine's marks, or in proportion to its length. */
import { readFile } from "node:fs/promises";
import { decodeAudio } from "../lib/media/decode-audio.ts";
import { proportionalWords } from "../lib/media/words.ts";
import { toMilliseconds, type WordMark, wordsOf } from "../lib/model/word-mark.ts";
import { defineTask, Failure, type InputFile, z } from "../lib/task.ts";

const SAMPLE_RATE = 48_000;

const marksFile = z.object({
  words: z.array(z.object({ text: z.string(), start: z.number(), end: z.number() })).nullable(),
});

export default defineTask({
  type: "words",
  version: 1,
  params: z.strictObject({ text: z.string() }),
  inputs: { narration: "file", marks: "optional" },
  outputs: { words: "json" },
  tools: ["ffmpeg"],
  async run({ params, inputs, outputs, tools, signal, notice }) {
    const format = { rate: SAMPLE_RATE, channels: 1 };
    const samples = (await decodeAudio(tools.ffmpeg, inputs.narration.path, format, signal)).length;
    const seconds = samples / SAMPLE_RATE;
    const marks = inputs.marks && (await readMarks(inputs.marks));
    const contradiction = marks && contradicts(marks, params.text, seconds);
    if (contradiction !== undefined) {
      notice(
        `The word times of the speech engine do not fit ${inputs.narration.name}: ${contradiction}. They are estimated from the length of the words instead.`,
      );
    }
    const known = contradiction === undefined ? marks : undefined;
    const words = known ?? proportionalWords(params.text, seconds);
    await outputs.words.write(
      `${JSON.stringify(
        {
          text: params.text,
          sample_rate: SAMPLE_RATE,
          samples,
          timing: known === undefined ? "proportional" : "engine",
          words: words.map(({ text, start, end }) => ({
            text,
            start: toMilliseconds(start),
            end: toMilliseconds(end),
          })),
        },
        null,
        2,
      )}\n`,
    );
  },
});

/** Undefined if the engine does not know its words' times. */
async function readMarks(file: InputFile): Promise<readonly WordMark[] | undefined> {
  const text = await readFile(file.path, "utf8");
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new Failure(`${file.name} is not JSON.`, {
      code: "pipeline.state",
      help: "Delete it: the speech task makes it again.",
      cause,
    });
  }
  const checked = marksFile.safeParse(content);
  if (checked.success) return checked.data.words ?? undefined;
  throw new Failure(`${file.name} has no word marks: ${z.prettifyError(checked.error)}`, {
    code: "pipeline.state",
    help: 'It should read { "words": [{ "text", "start", "end" }, …] } or { "words": null }, times in seconds.',
  });
}

/** How far past the end of its audio a mark may go: an encoder's rounding. */
const TOLERANCE = 0.05;
/** More silence, in seconds, than the offline voice leaves after its last word at its slowest (0.32). */
const LONGEST_TAIL = 0.6;

/** What shows that the marks are of another text or another recording, such as one put into pinned/ since. */
function contradicts(marks: readonly WordMark[], text: string, seconds: number): string | undefined {
  const words = wordsOf(text);
  if (marks.length !== words.length)
    return `they are for ${marks.length} words, and the text has ${words.length}`;
  const other = words.findIndex((word, i) => marks[i]!.text !== word);
  if (other !== -1)
    return `word ${other + 1} is '${words[other]}' in the text and '${marks[other]!.text}' in them`;
  let at = 0;
  for (const { text: word, start, end } of marks) {
    if (start < at || end < start) return `'${word}' at ${start} s is out of order`;
    at = end;
  }
  if (at > seconds + TOLERANCE) return `they end at ${at} s, and the audio at ${toMilliseconds(seconds)} s`;
  if (at < seconds - LONGEST_TAIL)
    return `they end at ${at} s, long before the audio at ${toMilliseconds(seconds)} s`;
  return undefined;
}
