/** Texts of a script in, the same smoothed and deepened out, by rules: no fact is changed, and no scene knows of another. */
import { canonicalJson } from "../../../base/json.ts";
import type {
  Brief,
  Enhanced,
  EnhancedNarration,
  EnhancedPrompt,
  NarrationBrief,
  PromptBrief,
} from "../../writing.ts";
import { pick, randomFrom, seedOf } from "../art/random.ts";
import { smooth } from "./smooth.ts";

/** One for all of a style, so that a story's pictures belong together. None names a thing that could be drawn instead. */
const LIGHTS: readonly string[] = [
  "soft light from one side",
  "low warm light with long gentle contrasts",
  "even, quiet light with a bright edge",
];
const HAS_LIGHT = /\b(light|lit|lighting|glow\w*|sunlit|backlit|bright|dark|dim|sun\w*|moon\w*|shad\w+)\b/i;

/** One by the prompt: where its scene stands may change, and its picture is kept. */
const VIEWS: readonly string[] = [
  "wide view with much room around it",
  "close view with a calm background",
  "seen from a low angle",
  "seen from slightly above, with depth behind it",
];
const HAS_VIEW =
  /\b(view|seen from|close-?up|wide|angle|overhead|from (above|below)|aerial|macro|foreground)\b/i;

export function enhanceNarration({ narration }: Pick<NarrationBrief, "narration">): EnhancedNarration {
  return { narration: smooth(narration) };
}

export function enhancePrompt({
  niche,
  visual_style,
  image_prompt,
}: Omit<PromptBrief, "narration">): EnhancedPrompt {
  const light = pick(randomFrom(seedOf("light", niche, canonicalJson(visual_style))), LIGHTS);
  const view = pick(randomFrom(seedOf("view", image_prompt)), VIEWS);
  return { image_prompt: deepen(image_prompt, light, view) };
}

/** The same number of scenes, whatever else would be allowed. */
export function enhance({ niche, visual_style, scenes }: Brief): Enhanced {
  return {
    scenes: scenes.map(({ scene_number, narration, image_prompt }) => ({
      scene_number,
      ...enhanceNarration({ narration }),
      ...enhancePrompt({ niche, visual_style, image_prompt }),
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
