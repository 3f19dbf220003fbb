/** The registry: one line per task type. */
import type { Task } from "../lib/model/task.ts";
import assemble from "./assemble.ts";
import bed from "./bed.ts";
import brief from "./brief.ts";
import captions from "./captions.ts";
import card from "./card.ts";
import check from "./check.ts";
import clip from "./clip.ts";
import closing from "./closing.ts";
import enhance from "./enhance.ts";
import enhanceNarration from "./enhance-narration.ts";
import enhancePrompt from "./enhance-prompt.ts";
import generate from "./generate.ts";
import image from "./image.ts";
import metadata from "./metadata.ts";
import opening from "./opening.ts";
import part from "./part.ts";
import script from "./script.ts";
import segment from "./segment.ts";
import shot from "./shot.ts";
import sound from "./sound.ts";
import speech from "./speech.ts";
import subtitles from "./subtitles.ts";
import thumbnail from "./thumbnail.ts";
import timeline from "./timeline.ts";
import transition from "./transition.ts";
import voice from "./voice.ts";
import words from "./words.ts";

const all = [
  generate,
  brief,
  enhance,
  enhanceNarration,
  enhancePrompt,
  script,
  image,
  speech,
  words,
  voice,
  shot,
  timeline,
  captions,
  segment,
  transition,
  clip,
  bed,
  sound,
  assemble,
  card,
  opening,
  closing,
  part,
  check,
  subtitles,
  thumbnail,
  metadata,
];

export const tasks: ReadonlyMap<string, Task> = new Map(all.map((task) => [task.type, task]));
