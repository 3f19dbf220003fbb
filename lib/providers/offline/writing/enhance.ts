/** A script's texts in, the same number of scenes out: narrations smoothed, picture prompts deepened, no fact changed. */
import type { Brief, Enhanced } from "../../writing.ts";
import { pick, randomFrom, seedOf } from "../art/random.ts";
import { smooth } from "./smooth.ts";

/** One for a whole story, so that its pictures belong together. None names a thing that could be drawn instead. */
const LIGHTS: readonly string[] = [
  "soft light from one side",
  "low warm light with long gentle contrasts",
  "even, quiet light with a bright edge",
];
const HAS_LIGHT = /\b(light|lit|lighting|glow\w*|sunlit|backlit|bright|dark|dim|sun\w*|moon\w*|shad\w+)\b/i;

/** One after the other, so that no two scenes in a row are seen alike. */
const VIEWS: readonly string[] = [
  "wide view with much room around it",
  "close view with a calm background",
  "seen from a low angle",
  "seen from slightly above, with depth behind it",
];
const HAS_VIEW =
  /\b(view|seen from|close-?up|wide|angle|overhead|from (above|below)|aerial|macro|foreground)\b/i;

export function enhance({ title, scenes }: Brief): Enhanced {
  const random = randomFrom(seedOf("enhance", title));
  const light = pick(random, LIGHTS);
  const first = Math.floor(random() * VIEWS.length);
  return {
    scenes: scenes.map(({ scene_number, narration, image_prompt }, i) => ({
      scene_number,
      narration: smooth(narration),
      image_prompt: deepen(image_prompt, light, VIEWS[(first + i) % VIEWS.length]!),
    })),
  };
}

function deepen(prompt: string, light: string, view: string): string {
  const plain = prompt.replace(/\s+/g, " ").trim();
  const more = [...(HAS_VIEW.test(plain) ? [] : [view]), ...(HAS_LIGHT.test(plain) ? [] : [light])];
  if (more.length === 0) return plain;
  const [, body, end] = /^(.*?)([.!]?)$/s.exec(plain)!;
  return `${body}; ${more.join(", ")}${end}`;
}
