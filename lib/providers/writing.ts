/** What text providers are asked for, by purpose: the data that is worked on, and the shape of the answer. */
import { z } from "zod";

const text = z.string();

/** Strict and without optional members, as the structured output of models asks for. A map is a list of pairs. */
const styleShape = z.strictObject({
  environment: text.describe("Where all the pictures are set."),
  color_mood: text.describe("Their colours."),
  texture: text.describe("How their surface looks."),
  recurring_elements: z
    .array(z.strictObject({ name: text, looks: text }))
    .describe("What returns from picture to picture."),
});
export type WrittenStyle = z.output<typeof styleShape>;

/** For "generate". */
export const topicShape = z.strictObject({
  topic: text,
  niche: text,
  /** How many scenes, about. */
  scenes: z.int().min(3),
  /** How many words a narration has, about. */
  words: z.int().min(5),
  /** 1, 2, 3, …: another script about the same topic. */
  take: z.int().min(1),
});
export type Topic = z.output<typeof topicShape>;

export const writtenScriptShape = z.strictObject({
  title: text,
  visual_style: styleShape,
  scenes: z.array(
    z.strictObject({
      narration: text.describe("What the voice says."),
      image_prompt: text.describe("What the picture shows, without the visual style."),
    }),
  ),
});
export type WrittenScript = z.output<typeof writtenScriptShape>;

const visualStyle = z.record(z.string(), z.json());
const shown = text.describe("What the picture shows, without the visual style.");

/** For "enhance-narration". `before` and `after`: what the scenes beside it say; null where there is none. */
export const narrationBriefShape = z.strictObject({
  title: text,
  niche: text,
  before: text.nullable(),
  narration: text,
  after: text.nullable(),
});
export type NarrationBrief = z.output<typeof narrationBriefShape>;

export const enhancedNarrationShape = z.strictObject({ narration: text.describe("What the voice says.") });
export type EnhancedNarration = z.output<typeof enhancedNarrationShape>;

/** For "enhance-prompt". Nothing of other scenes: pictures are the dear part. */
export const promptBriefShape = z.strictObject({
  niche: text,
  visual_style: visualStyle,
  narration: text,
  image_prompt: text,
});
export type PromptBrief = z.output<typeof promptBriefShape>;

export const enhancedPromptShape = z.strictObject({ image_prompt: shown });
export type EnhancedPrompt = z.output<typeof enhancedPromptShape>;

/** For "enhance": a whole script, whose scenes may become others. */
export const briefShape = z.strictObject({
  title: text,
  niche: text,
  visual_style: visualStyle,
  scenes: z.array(
    z.strictObject({
      scene_number: z.int().describe("1, 2, 3, …"),
      narration: text,
      image_prompt: text.describe("Without the visual style."),
    }),
  ),
});
export type Brief = z.output<typeof briefShape>;

export const enhancedShape = z.strictObject({
  scenes: z.array(
    z.strictObject({
      scene_number: z
        .int()
        .nullable()
        .describe("That of the given scene which this one is made of; null for one that is new."),
      narration: text.describe("What the voice says."),
      image_prompt: shown,
    }),
  ),
});
export type Enhanced = z.output<typeof enhancedShape>;
