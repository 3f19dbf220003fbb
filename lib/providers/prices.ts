/** What requests cost, by the price table. A model that it does not know has no price: nothing is guessed. */
import type { ModelPrice, PriceTable } from "../model/prices.ts";
import type { Estimate } from "./call.ts";
import type { ImageSettings } from "./openai/settings.ts";

const MILLION = 1_000_000;

/** By the first of the names that the table knows. */
export function priceOf({ models }: PriceTable, ...names: readonly string[]): ModelPrice | undefined {
  const name = names.find((name) => Object.hasOwn(models, name));
  return name === undefined ? undefined : models[name];
}

/**
 * Tokens that a text takes at most: as many as it has bytes in UTF-8, since each token of a byte-level BPE (OpenAI's models
 * have no other) stands for one or more of them. English takes a quarter of that; an emoji or a rare script can take nearly
 * all. The answer or the picture that is asked for costs many times more, so that a truer number would hardly be a smaller sum.
 */
export function tokensAtMost(text: string): number {
  return Buffer.byteLength(text);
}

export interface TextUsage {
  readonly input: number;
  /** Of `input`, those that the service had at hand. */
  readonly cached: number;
  readonly output: number;
}

export function textCost(price: ModelPrice | undefined, { input, cached, output }: TextUsage): Estimate {
  if (price?.text === undefined) return undefined;
  const { input: full, cached_input: less = full, output: answer } = price.text;
  return ((input - cached) * full + cached * less + output * answer) / MILLION;
}

export interface PictureUsage {
  readonly textInput: number;
  readonly imageInput: number;
  readonly output: number;
}

/** By the tokens that the answer tells. */
export function pictureCost(price: ModelPrice | undefined, usage: PictureUsage): Estimate {
  const tokens = price?.image?.tokens;
  if (tokens === undefined) return undefined;
  const { text_input, image_input, output } = tokens;
  return (usage.textInput * text_input + usage.imageInput * image_input + usage.output * output) / MILLION;
}

/**
 * Tokens of a reference picture at most: one of 1024×1024 is about 3050 where a model looks closely (fal.ai's page of
 * gpt-image-1), and a larger one is scaled down to less than twice as many pixels.
 */
const REFERENCE_TOKENS = 7_000;

interface PictureAsked {
  readonly prompt: string;
  readonly quality: string | undefined;
  readonly size: string;
  /** How many reference pictures there are. */
  readonly references: number;
}

/** Of one picture, its prompt included. Where the quality is the service's to choose, the dearest. */
export function pictureEstimate(
  price: ModelPrice | undefined,
  { prompt, quality, size, references }: PictureAsked,
): Estimate {
  const { pictures = {}, tokens } = price?.image ?? {};
  const chosen =
    quality === undefined || quality === "auto" ? Object.values(pictures) : [pictures[quality] ?? {}];
  const prices = chosen.map((sizes) => sizes[size]);
  if (prices.length === 0 || prices.includes(undefined)) return undefined;
  if (references > 0 && tokens === undefined) return undefined;
  const { text_input, image_input } = tokens ?? { text_input: 0, image_input: 0 };
  const asking = tokensAtMost(prompt) * text_input + references * REFERENCE_TOKENS * image_input;
  return Math.max(...(prices as number[])) + asking / MILLION;
}

/** Measured, a voice says 16 characters of English a second; this is one that takes its time. */
const BYTES_PER_SECOND = 12;
/** A digit is said as a word: "seven", and what parts it from the next. */
const BYTES_OF_A_DIGIT = 6;
/** Silence before and after. */
const SECONDS_AROUND = 1;

/**
 * Counted in UTF-8, since a character of Chinese, Japanese or Korean (3 bytes) is a syllable or more, of which a voice says
 * four or five a second; what other alphabets write in 2 bytes a letter is reckoned too high, and never too low.
 */
function secondsAtMost(text: string, speed: number): number {
  const digits = text.match(/\p{Nd}/gu)?.length ?? 0;
  const bytes = Buffer.byteLength(text) + digits * (BYTES_OF_A_DIGIT - 1);
  return (SECONDS_AROUND + bytes / BYTES_PER_SECOND) / speed;
}

export function speechEstimate(price: ModelPrice | undefined, text: string, speed: number): Estimate {
  return speechCost(price, text, secondsAtMost(text, speed));
}

/** `seconds`: of what is heard. */
export function speechCost(price: ModelPrice | undefined, text: string, seconds: number): Estimate {
  const { characters, minute } = price?.speech ?? {};
  if (characters === undefined && minute === undefined) return undefined;
  return (text.length * (characters ?? 0)) / MILLION + (seconds / 60) * (minute ?? 0);
}

/** Rows of `prices:` in the configuration, as YAML, with … where an amount goes, and WIDTHxHEIGHT where any size may. */
const rowOf = (model: string, price: string) => `${JSON.stringify(model)}: { ${price} }`;

export const textRow = (model: string) => rowOf(model, "text: { input: …, output: … }");

export const speechRow = (model: string) => rowOf(model, "speech: { characters: … }");

export function pictureRow(
  model: string,
  { quality = "medium", sizes, references }: Pick<ImageSettings, "quality" | "sizes" | "references">,
): string {
  const asked = sizes === "any" ? ["WIDTHxHEIGHT"] : sizes;
  const pictures = `pictures: { ${quality}: { ${asked.map((size) => `${size}: …`).join(", ")} } }`;
  const tokens = references ? ", tokens: { text_input: …, image_input: …, output: … }" : "";
  return rowOf(model, `image: { ${pictures}${tokens} }`);
}
