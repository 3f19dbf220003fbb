/** Text by OpenAI's protocol: `chat/completions` with structured output, a value of a zod shape. */
import { z } from "zod";
import { Failure } from "../../base/failure.ts";
import { canonicalJson, type JsonObject } from "../../base/json.ts";
import type { Bill } from "../../model/purchase.ts";
import { BadAnswer } from "../call/fault.ts";
import { readJson, usageIn } from "../call/read-json.ts";
import type { Subject } from "../call/subject.ts";
import { priceOf, textCost, textRow, tokensAtMost } from "../prices.ts";
import { OF_ONE_SCENE, type TextProvider, type TextRequest } from "../text.ts";
import { type Backend, given, identityOf, type Model } from "./backend.ts";
import type { TextSettings } from "./settings.ts";

/** Tokens that the shape of an answer and the frame of the messages take at most. */
const FRAME_TOKENS = 2_000;

/** Of the longest answer, what one scene's text may take: what it costs at most is reckoned by it, scene by scene. */
const SHARE_OF_ONE_SCENE = 1 / 4;
const LEAST_OUTPUT_TOKENS = 256;

type Written = Omit<TextRequest<z.ZodType>, "shape">;

export function openaiText(backend: Backend, model: Model, settings: TextSettings): TextProvider {
  const { max_output_tokens, temperature, reasoning_effort } = settings;
  const longest = ({ purpose }: Pick<Written, "purpose">) =>
    OF_ONE_SCENE.has(purpose)
      ? Math.max(LEAST_OUTPUT_TOKENS, Math.ceil(max_output_tokens * SHARE_OF_ONE_SCENE))
      : max_output_tokens;
  const estimate = ({ purpose, instructions, input }: Written) =>
    textCost(priceOf(backend.prices, model.name, model.id), {
      input: tokensAtMost(instructions) + tokensAtMost(canonicalJson(input)) + FRAME_TOKENS,
      cached: 0,
      output: longest({ purpose }),
    });
  return {
    // Not max_output_tokens: a limit changes no answer that keeps to it, and one that was cut off is asked for anew with
    // another limit, since that is another request.
    identity: identityOf(backend, model, given({ temperature, reasoning_effort })),
    estimate,
    priceRow: textRow(model.name),
    async write(asked, context) {
      const openai = await backend.connect(model);
      const body = await requestOf(backend, model, { ...settings, max_output_tokens: longest(asked) }, asked);
      const subject = { use: "text", model: model.id, ...asked.about } as const;
      const reading = { backend, subject, shape: asked.shape, most: longest(asked) };
      return await backend.client.call(
        {
          ...subject,
          request: body,
          estimate: estimate(asked),
          send: (signal) =>
            openai.chat.completions
              .create(body as unknown as Parameters<typeof openai.chat.completions.create>[0], { signal })
              .asResponse(),
          read: (answer) => readWritten(answer, reading),
          bill: (answer) => billByUsage(answer, backend, model) ?? { cost: estimate(asked), usage: {} },
          billByUsage: (answer) => billByUsage(answer, backend, model),
        },
        context,
      );
    },
  };
}

async function requestOf<Shape extends z.ZodType>(
  { olderNames }: Backend,
  { id }: Model,
  { max_output_tokens, temperature, reasoning_effort }: TextSettings,
  { purpose, instructions, input, shape }: TextRequest<Shape>,
): Promise<JsonObject> {
  const { zodResponseFormat } = await import("openai/helpers/zod");
  const { type, json_schema } = zodResponseFormat(shape, purpose);
  return given({
    model: id,
    messages: [
      { role: "system", content: instructions },
      { role: "user", content: JSON.stringify(input) },
    ],
    response_format: { type, json_schema } as unknown as JsonObject,
    [olderNames ? "max_tokens" : "max_completion_tokens"]: max_output_tokens,
    temperature,
    reasoning_effort,
  });
}

const answerShape = z.object({
  choices: z
    .tuple([
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    ])
    .rest(z.unknown()),
});

interface Reading<Shape extends z.ZodType> {
  readonly backend: Backend;
  readonly subject: Subject;
  readonly shape: Shape;
  /** Tokens. */
  readonly most: number;
}

/** @throws BadAnswer; Failure for an answer that says no, or ends too early: the same request would get the same */
function readWritten<Shape extends z.ZodType>(
  answer: Uint8Array,
  { backend: { client }, subject, shape, most }: Reading<Shape>,
): z.output<Shape> {
  const read = answerShape.safeParse(readJson(answer));
  if (!read.success) throw new BadAnswer("the answer has no text");
  const [{ finish_reason, message }] = read.data.choices;
  const refused = (code: string, message: string) =>
    client.failureOf({ kind: "policy", charged: "no", kept: true, code, message }, subject);
  if (message.refusal) throw refused("refusal", message.refusal);
  if (finish_reason === "content_filter") throw refused("content_filter", "the answer was filtered");
  if (finish_reason === "length") {
    throw new Failure(`the answer of '${subject.model}' was longer than ${most} tokens, and is cut off.`, {
      code: "api.text",
      help: "Raise 'max_output_tokens' of the provider's 'text' in faceless.config.yaml (one scene's text alone may take a quarter of it), or ask for less. What is finished stays.",
    });
  }
  return shapedValue(message.content ?? "", shape);
}

function shapedValue<Shape extends z.ZodType>(content: string, shape: Shape): z.output<Shape> {
  const checked = shape.safeParse(valueIn(content));
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new BadAnswer(`at '${issue?.path.join(".")}', ${issue?.message}`, "off-shape");
}

function valueIn(content: string): unknown {
  try {
    return readJson(Buffer.from(content));
  } catch (error) {
    throw new BadAnswer((error as Error).message, "off-shape");
  }
}

const usageShape = z.object({
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish(),
});

function billByUsage(answer: Uint8Array, backend: Backend, model: Model): Bill | undefined {
  const usage = usageIn(answer);
  const told = usageShape.safeParse(usage);
  if (usage === undefined || !told.success) return undefined;
  const { prompt_tokens: input, completion_tokens: output, prompt_tokens_details: details } = told.data;
  const cost = textCost(priceOf(backend.prices, model.name, model.id), {
    input,
    cached: details?.cached_tokens ?? 0,
    output,
  });
  return { cost, usage };
}
