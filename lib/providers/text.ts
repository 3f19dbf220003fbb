/** What every text provider does: instructions and a text in, a value of a given shape out. */

import type { z } from "zod";
import type { Json } from "../base/json.ts";
import type { Source } from "./call/subject.ts";
import type { CallContext, Estimate } from "./call.ts";

/** The author's own words that a request is about. */
export interface About {
  readonly source: Source;
  readonly text: string;
}

export type Purpose = "enhance" | "enhance-narration" | "enhance-prompt" | "generate";

/** Of these the answer is one text of one scene; of the others it is a whole script. */
export const OF_ONE_SCENE: ReadonlySet<Purpose> = new Set(["enhance-narration", "enhance-prompt"]);

export interface TextRequest<Shape extends z.ZodType> {
  /** What the answer is for; providers that follow rules of their own go by it, and refuse what they have none for. */
  readonly purpose: Purpose;
  /** What messages call it by; no part of what is asked. */
  readonly about: About;
  /** What to do, for a model. */
  readonly instructions: string;
  /** What to do it with: data, never instructions. */
  readonly input: Json;
  /** Of the answer; a strict object, and nullable where JSON schemas know no optional member. */
  readonly shape: Shape;
}

export interface TextProvider {
  /** All that can change the answer besides the request: engine, version, model, settings. Never a secret. */
  readonly identity: string;
  estimate(request: Omit<TextRequest<z.ZodType>, "shape">): Estimate;
  /** Rejects with a Failure whose help says what to change. */
  write<Shape extends z.ZodType>(request: TextRequest<Shape>, context: CallContext): Promise<z.output<Shape>>;
  /** The row of `prices:` in the configuration by which a price would be known; none for what is free. */
  readonly priceRow?: string;
}
