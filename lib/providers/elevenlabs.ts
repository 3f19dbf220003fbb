/** Speech by ElevenLabs, with the times of every character (`/v1/text-to-speech/{voice}/with-timestamps`). */
import { z } from "zod";
import { Failure } from "../base/failure.ts";
import { canonicalJson } from "../base/json.ts";
import { suggest } from "../base/nearest.ts";
import { plural } from "../base/plural.ts";
import { toMilliseconds, type WordMark, wordsOf } from "../model/word-mark.ts";
import { classify } from "./call/classify.ts";
import type { ApiClient } from "./call/client.ts";
import { BadAnswer } from "./call/fault.ts";
import { type Fetch, patientFetch } from "./call/fetch.ts";
import { request } from "./call/http.ts";
import { readJson } from "./call/read-json.ts";
import { address, callSettings, type Key, keyFrom, openClient, variableName } from "./call/settings.ts";
import type { Voice } from "./call/subject.ts";
import type { CallContext } from "./call.ts";
import { chunksOf } from "./chunks.ts";
import type { TestConnection } from "./connection.ts";
import { Environment } from "./environment.ts";
import { priceOf, speechCost, speechEstimate, speechRow } from "./prices.ts";
import { defineProvider, type Surroundings } from "./provider.ts";
import type { SpeechProvider, SpeechRequest } from "./speech.ts";
import { joinSpoken, type Pcm, writeWav } from "./wav.ts";

/** Samples per second: the most that every plan has. */
const RATE = 24_000;
const FORMAT = `pcm_${RATE}`;

const settings = z
  .strictObject({
    type: z.literal("elevenlabs").describe("ElevenLabs: speech, with the time of every word."),
    api_key_env: variableName
      .default("ELEVENLABS_API_KEY")
      .describe("The environment variable with the key."),
    base_url: address.default("https://api.elevenlabs.io").describe("The service's address."),
    model: z.string().min(1).describe("The model's name, such as eleven_multilingual_v2."),
    voices: z
      .record(z.string().min(1), z.string().min(1))
      .default({})
      .describe(
        "A voice name of yours, and the id of the voice that speaks for it; others are passed on as they are.",
      ),
    stability: z.number().min(0).max(1).optional().describe("How even the voice is; its own if not given."),
    similarity_boost: z.number().min(0).max(1).optional().describe("How close it keeps to the voice."),
    style: z.number().min(0).max(1).optional().describe("How much of the voice's own style is played up."),
    max_characters: z
      .int()
      .min(100)
      .default(3000)
      .describe("The longest text for one request; a longer one is cut between sentences and joined again."),
    ...callSettings,
  })
  .describe("ElevenLabs: speech, with the time of every word.");

type Settings = z.output<typeof settings>;

export const elevenlabs = defineProvider({
  settings,
  cannot: (use) => (use === "speech" ? undefined : "speaks, and does nothing else."),
  voices: () => undefined,
  open(settings, surroundings) {
    const { api_key_env: variable } = settings;
    const environment = new Environment(surroundings, [{ name: variable, holds: "word" }]);
    const key = keyFrom(environment, variable);
    const client = openClient(settings, surroundings, key);
    const service = { client, key, fetch: patientFetch(surroundings.env) };
    return {
      paid: settings.paid,
      checkEnvironment: () => environment.check(),
      test: testService(settings, service, surroundings.uses.length > 0),
      make: { speech: () => speech(settings, service, surroundings) },
    };
  },
});

interface Service {
  readonly client: ApiClient;
  readonly key: Key;
  readonly fetch: Fetch;
}

function speech(
  settings: Settings,
  { client, key, fetch }: Service,
  { prices }: Surroundings,
): SpeechProvider {
  const { model, voices, stability, similarity_boost, style, max_characters } = settings;
  const price = priceOf(prices, model);
  const bounds = { characters: max_characters, bytes: Number.POSITIVE_INFINITY };
  const own = JSON.parse(JSON.stringify({ stability, similarity_boost, style }));
  const speak = async (asked: SpeechRequest, context: CallContext): Promise<Timed> => {
    const voice = voiceOf(asked.voice, voices);
    const body = { text: asked.text, model_id: model, voice_settings: { ...own, speed: asked.speed } };
    const secret = key.value();
    return await client.call(
      {
        use: "speech",
        model,
        text: asked.text,
        voice,
        request: { ...body, voice: voice.id, output_format: FORMAT },
        estimate: speechEstimate(price, asked.text, asked.speed),
        send: (signal) =>
          request(
            fetch,
            `${settings.base_url}/v1/text-to-speech/${encodeURIComponent(voice.id)}/with-timestamps?output_format=${FORMAT}`,
            {
              method: "POST",
              headers: { "xi-api-key": secret, "content-type": "application/json" },
              body: JSON.stringify(body),
              signal,
            },
          ),
        read: (answer) => readTimed(answer, asked.text),
        bill(answer) {
          const { pcm } = readTimed(answer, asked.text);
          const seconds = pcm.samples.length / pcm.rate;
          return {
            cost: speechCost(price, asked.text, seconds),
            usage: { characters: asked.text.length, seconds },
          };
        },
      },
      context,
    );
  };
  return {
    identity: `elevenlabs ${model} ${canonicalJson({ ...own, voices, max_characters })}`,
    estimate: ({ text, speed }) => speechEstimate(price, text, speed),
    priceRow: speechRow(model),
    async synthesize(asked, context) {
      const parts: Timed[] = [];
      for (const text of chunksOf(asked.text, bounds)) parts.push(await speak({ ...asked, text }, context));
      const audio = writeWav(joinSpoken(parts.map(({ pcm }) => pcm)));
      const words = joinWords(parts);
      if (words === undefined)
        context.notice(
          "ElevenLabs told no times of these words: they are estimated from the words' lengths.",
        );
      return { audio, format: "wav", words };
    },
  };
}

function voiceOf(name: string, voices: Settings["voices"]): Voice {
  return { name, id: Object.hasOwn(voices, name) ? voices[name]! : name };
}

interface Timed {
  readonly pcm: Pcm;
  /** Seconds from the start of this piece; undefined where the service has no times. */
  readonly words: readonly WordMark[] | undefined;
}

const answerShape = z.object({
  audio_base64: z.string().min(1),
  alignment: z
    .object({
      characters: z.array(z.string()),
      character_start_times_seconds: z.array(z.number()),
      character_end_times_seconds: z.array(z.number()),
    })
    .nullish(),
});

type Alignment = NonNullable<z.output<typeof answerShape>["alignment"]>;

/** @throws BadAnswer */
function readTimed(answer: Uint8Array, text: string): Timed {
  const read = answerShape.safeParse(readJson(answer));
  if (!read.success) throw new BadAnswer("the answer has no speech");
  const bytes = Buffer.from(read.data.audio_base64, "base64");
  if (bytes.length < 2) throw new BadAnswer("the speech is empty");
  const samples = Int16Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readInt16LE(i * 2));
  const { alignment } = read.data;
  return { pcm: { rate: RATE, samples }, words: alignment ? timesOf(alignment, text) : undefined };
}

/** One mark for each word of the text; undefined where the times are of another text, such as one with numbers spelt out. */
function timesOf(alignment: Alignment, text: string): WordMark[] | undefined {
  const { characters, character_start_times_seconds: starts, character_end_times_seconds: ends } = alignment;
  if (
    characters.join("") !== text ||
    starts.length !== characters.length ||
    ends.length !== characters.length
  )
    return undefined;
  const marks: WordMark[] = [];
  let at = 0;
  for (const word of wordsOf(text)) {
    while (/^\s*$/u.test(characters[at]!)) at += 1;
    const first = at;
    for (let length = 0; length < word.length; at++) length += characters[at]!.length;
    marks.push({ text: word, start: starts[first]!, end: ends[at - 1]! });
  }
  return marks;
}

function joinWords(parts: readonly Timed[]): WordMark[] | undefined {
  const all: WordMark[] = [];
  let before = 0;
  for (const { pcm, words } of parts) {
    if (words === undefined) return undefined;
    for (const { text, start, end } of words)
      all.push({ text, start: toMilliseconds(before + start), end: toMilliseconds(before + end) });
    before += pcm.samples.length / pcm.rate;
  }
  return all;
}

const modelsShape = z.array(z.object({ model_id: z.string(), can_do_text_to_speech: z.boolean().nullish() }));

/** Keys can be restricted to some routes: one that may speak need not be let read anything. */
const RESTRICTED = "missing_permissions";

/**
 * By what costs nothing: `GET /v1/models`, and `GET /v1/voices/{voice}` of each voice. `isUsed`: whether anything is going to
 * be spoken; only then model and voices matter.
 */
function testService(
  { base_url, model, voices: ids }: Settings,
  { client, key, fetch }: Service,
  isUsed: boolean,
): TestConnection {
  return async ({ signal, voices }) => {
    const headers = { "xi-api-key": key.value() };
    /** Undefined where the key may not read it. @throws Failure */
    const read = async (path: string, voice?: Voice): Promise<unknown> => {
      try {
        const answer = await request(fetch, `${base_url}${path}`, { headers, signal });
        return readJson(new Uint8Array(await answer.arrayBuffer()));
      } catch (error) {
        signal.throwIfAborted();
        const fault = classify(error, Date.now(), voice?.id);
        if (fault.code === RESTRICTED) return undefined;
        if (voice === undefined) throw client.failureOf(fault, undefined);
        const kind = fault.kind === "not-found" ? "no-voice" : fault.kind;
        throw client.failureOf({ ...fault, kind }, { use: "speech", model, text: "", voice });
      }
    };
    const found = [sayModels(await read("/v1/models"), isUsed ? model : undefined)];
    for (const name of isUsed ? voices : []) {
      const voice = voiceOf(name, ids);
      const isKnown = (await read(`/v1/voices/${encodeURIComponent(voice.id)}`, voice)) !== undefined;
      found.push(isKnown ? `the voice '${name}'` : `of the voice '${name}' only a request can tell`);
    }
    return { found, shutdowns: [] };
  };
}

/** `wanted`: undefined where none is. @throws Failure where that one is not there, or does not speak */
function sayModels(list: unknown, wanted: string | undefined): string {
  if (list === undefined) return "and does not let this key read which models there are";
  const read = modelsShape.safeParse(list);
  if (!read.success)
    throw new Failure("the service answers, but not with a list of models.", {
      code: "api.provider",
      help: "Check 'base_url' of the provider.",
    });
  const speaking = read.data.filter((one) => one.can_do_text_to_speech !== false);
  const known = speaking.map(({ model_id }) => model_id);
  if (wanted === undefined || known.includes(wanted)) return plural(known.length, "model");
  throw new Failure(`the service answers, and has no model '${wanted}' that speaks.`, {
    code: "api.speech",
    help: suggest(wanted, known),
  });
}
