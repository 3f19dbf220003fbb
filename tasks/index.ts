/** The registry: one line per task type. */
import type { Task } from "../lib/model/task.ts";
import assemble from "./assemble.ts";
import card from "./card.ts";
import check from "./check.ts";
import clip from "./clip.ts";
import image from "./image.ts";
import metadata from "./metadata.ts";
import script from "./script.ts";
import segment from "./segment.ts";
import speech from "./speech.ts";
import thumbnail from "./thumbnail.ts";
import words from "./words.ts";

export const tasks: ReadonlyMap<string, Task> = new Map(
  [script, image, speech, words, segment, assemble, check, thumbnail, card, metadata, clip].map((task) => [
    task.type,
    task,
  ]),
);
