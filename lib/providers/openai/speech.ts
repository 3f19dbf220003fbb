/** Speech by OpenAI's protocol: `audio/speech`, asked for as WAV, so that the pieces of a long text join to the sample. */
import { BadAnswer } from "../call/fault.ts";
import type { CallContext } from "../call.ts";
import { chunksOf } from "../chunks.ts";
import { priceOf, speechCost, speechEstimate, speechRow } from "../prices.ts";
import type { SpeechProvider, SpeechRequest } from "../speech.ts";
import { joinSpoken, type Pcm, readWav, writeWav } from "../wav.ts";
import { type Backend, given, identityOf, type Model } from "./backend.ts";
import type { SpeechSettings } from "./settings.ts";

/**
 * gpt-4o-mini-tts takes 2000 tokens. Measured, three bytes of what a voice says are no more than one; a text of emoji alone
 * can be more, and is then refused, for nothing.
 */
const MOST_BYTES = 6_000;

export function openaiSpeech(backend: Backend, model: Model, settings: SpeechSettings): SpeechProvider {
  const { voices, instructions, max_characters } = settings;
  const bounds = { characters: max_characters, bytes: MOST_BYTES };
  return {
    identity: identityOf(backend, model, given({ voices, instructions, max_characters })),
    estimate: ({ text, speed }) => speechEstimate(priceOf(backend.prices, model.name, model.id), text, speed),
    priceRow: speechRow(model.name),
    async synthesize(asked, context) {
      const parts: Pcm[] = [];
      for (const text of chunksOf(asked.text, bounds))
        parts.push(await speak(backend, model, settings, { ...asked, text }, context));
      return { audio: writeWav(joinSpoken(parts)), format: "wav", words: undefined };
    },
  };
}

async function speak(
  backend: Backend,
  model: Model,
  { voices, instructions }: SpeechSettings,
  { text, voice, speed }: SpeechRequest,
  context: CallContext,
): Promise<Pcm> {
  const openai = await backend.connect(model);
  const price = priceOf(backend.prices, model.name, model.id);
  const id = Object.hasOwn(voices, voice) ? voices[voice]! : voice;
  const body = given({
    model: model.id,
    input: text,
    voice: id,
    instructions,
    // Some models do not take it at all, so it is left out where it says nothing.
    speed: speed === 1 ? undefined : speed,
    response_format: "wav",
  });
  return await backend.client.call(
    {
      use: "speech",
      model: model.id,
      text,
      voice: { name: voice, id },
      request: body,
      estimate: speechEstimate(price, text, speed),
      send: (signal) =>
        openai.audio.speech
          .create(body as unknown as Parameters<typeof openai.audio.speech.create>[0], { signal })
          .asResponse(),
      read: readSpoken,
      bill(answer) {
        const { samples, rate } = readSpoken(answer);
        const seconds = samples.length / rate;
        return { cost: speechCost(price, text, seconds), usage: { characters: text.length, seconds } };
      },
    },
    context,
  );
}

/** @throws BadAnswer */
function readSpoken(answer: Uint8Array): Pcm {
  try {
    const pcm = readWav(answer);
    if (pcm.samples.length > 0) return pcm;
  } catch (error) {
    throw new BadAnswer(`the speech is ${(error as Error).message}`);
  }
  throw new BadAnswer("the speech is empty");
}
