/** The registry: one line per task type. */
import type { Task } from "../lib/model/task.ts";
import assemble from "./assemble.ts";
import bed from "./bed.ts";
import image from "./image.ts";
import script from "./script.ts";
import segment from "./segment.ts";
import sound from "./sound.ts";
import speech from "./speech.ts";
import words from "./words.ts";

export const tasks: ReadonlyMap<string, Task> = new Map(
  [script, image, speech, words, segment, bed, sound, assemble].map((task) => [task.type, task]),
);
