/** The registry: one line per task type. */
import type { Task } from "../lib/model/task.ts";
import assemble from "./assemble.ts";
import captions from "./captions.ts";
import image from "./image.ts";
import script from "./script.ts";
import segment from "./segment.ts";
import speech from "./speech.ts";
import subtitles from "./subtitles.ts";
import words from "./words.ts";

export const tasks: ReadonlyMap<string, Task> = new Map(
  [script, image, speech, words, captions, segment, assemble, subtitles].map((task) => [task.type, task]),
);
