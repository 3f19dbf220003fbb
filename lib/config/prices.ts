/** The price table: the shipped one, and what the configuration says otherwise. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { packageRoot } from "../base/assets.ts";
import type { ModelPrice, PriceTable } from "../model/prices.ts";

const dollars = z.number().min(0);

export const modelPrice = z
  .strictObject({
    text: z
      .strictObject({
        input: dollars.describe("For a million tokens of what is asked."),
        cached_input: dollars.optional().describe("For a million tokens that the service had at hand."),
        output: dollars.describe("For a million tokens of the answer."),
      })
      .optional()
      .describe("US dollars for text."),
    image: z
      .strictObject({
        pictures: z
          .record(z.string(), z.record(z.string(), dollars))
          .optional()
          .describe(
            "For one picture, by quality and then by size, such as { medium: { 1024x1024: 0.042 } }.",
          ),
        tokens: z
          .strictObject({
            text_input: dollars.describe("For a million tokens of the prompt."),
            image_input: dollars.describe("For a million tokens of a reference picture."),
            output: dollars.describe("For a million tokens of the picture."),
          })
          .optional()
          .describe("What the answer's own count of tokens is multiplied with."),
      })
      .optional()
      .describe("US dollars for pictures."),
    speech: z
      .strictObject({
        characters: dollars.optional().describe("For a million characters of what is spoken."),
        minute: dollars.optional().describe("For a minute of what is heard."),
      })
      .optional()
      .describe("US dollars for speech."),
    source: z.string().default("faceless.config.yaml").describe("Where you read it."),
  })
  .describe("What a model costs, in US dollars.");

const priceTable = z.strictObject({
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  currency: z.literal("USD"),
  models: z.record(z.string(), modelPrice),
});

/** Relative to the package. */
export const PRICE_FILE = join("shared", "prices.json");

/** The shipped table, where a model of `own` takes the place of one of the same name. */
export function priceTableWith(own: Readonly<Record<string, z.output<typeof modelPrice>>>): PriceTable {
  const shipped = priceTable.parse(JSON.parse(readFileSync(join(packageRoot, PRICE_FILE), "utf8")));
  return { ...shipped, models: { ...shipped.models, ...own } as Readonly<Record<string, ModelPrice>> };
}
