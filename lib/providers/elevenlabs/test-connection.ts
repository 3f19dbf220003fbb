/** Asks ElevenLabs whether key, model and voices are good: `GET /v1/models` and `GET /v1/voices/{voice}`, which cost nothing. */
import { z } from "zod";
import { Failure } from "../../base/failure.ts";
import { suggest } from "../../base/nearest.ts";
import { plural } from "../../base/plural.ts";
import { classify } from "../call/classify.ts";
import type { ApiClient } from "../call/client.ts";
import { BadAnswer, type Fault } from "../call/fault.ts";
import type { Fetch } from "../call/fetch.ts";
import { request } from "../call/http.ts";
import { readJson } from "../call/read-json.ts";
import type { Key } from "../call/settings.ts";
import type { TestConnection } from "../connection.ts";

interface Tested {
  readonly base_url: string;
  readonly model: string;
  readonly voices: Readonly<Record<string, string>>;
  /** Whether anything is going to be spoken: only then model and voices matter. */
  readonly isUsed: boolean;
}

/** Keys can be restricted to some routes: one that may speak need not be let read anything. */
const RESTRICTED = "missing_permissions";
/** 400 and 404 have both been seen, with either of these. */
const NO_VOICE = /^voice_(not_found|does_not_exist)$/;

const modelsShape = z.array(z.object({ model_id: z.string(), can_do_text_to_speech: z.boolean().nullish() }));

interface Service {
  readonly client: ApiClient;
  readonly key: Key;
  readonly fetch: Fetch;
}

export function testElevenlabs(settings: Tested, { client, key, fetch }: Service): TestConnection {
  const { base_url, model, isUsed } = settings;
  return async ({ signal, voices }) => {
    const secret = key.value();
    const ask = (path: string) => asked(fetch, `${base_url}${path}`, secret, signal);
    const found: string[] = [];
    const models = await ask("/v1/models");
    if ("body" in models) {
      const speaking = speakingModels(models.body, client);
      if (isUsed) refuseUnknown(model, speaking);
      found.push(plural(speaking.length, "model"));
    } else if (models.code === RESTRICTED)
      found.push("and does not let this key read which models there are");
    else throw client.failureOf(models, undefined);
    for (const voice of isUsed ? voices : []) {
      const id = Object.hasOwn(settings.voices, voice) ? settings.voices[voice]! : voice;
      const answer = await ask(`/v1/voices/${encodeURIComponent(id)}`);
      if ("body" in answer) found.push(`the voice ${named(voice, id)}`);
      else if (answer.code === RESTRICTED)
        found.push(`of the voice ${named(voice, id)} only a request can tell`);
      else if (answer.kind === "not-found" || NO_VOICE.test(answer.code ?? "")) throw noVoice(voice, id);
      else throw client.failureOf(answer, undefined);
    }
    return { found, shutdowns: [] };
  };
}

/** The body of a good answer, or what is wrong. */
async function asked(
  fetch: Fetch,
  address: string,
  secret: string,
  signal: AbortSignal,
): Promise<{ readonly body: Uint8Array } | Fault> {
  try {
    const response = await request(fetch, address, { headers: { "xi-api-key": secret }, signal });
    return { body: new Uint8Array(await response.arrayBuffer()) };
  } catch (error) {
    signal.throwIfAborted();
    return classify(error, Date.now());
  }
}

/** The ids of those that speak. @throws Failure */
function speakingModels(body: Uint8Array, client: ApiClient): readonly string[] {
  try {
    const read = modelsShape.safeParse(readJson(body));
    if (!read.success) throw new BadAnswer("the answer is no list of models");
    return read.data.filter((one) => one.can_do_text_to_speech !== false).map(({ model_id }) => model_id);
  } catch (error) {
    throw client.failureOf(classify(error, Date.now()), undefined);
  }
}

function refuseUnknown(model: string, known: readonly string[]): void {
  if (known.includes(model)) return;
  throw new Failure(`the service answers, and has no model '${model}' that speaks.`, {
    code: "api.speech",
    help: suggest(model, known),
  });
}

function noVoice(voice: string, id: string): Failure {
  return new Failure(`the service answers, and this account has no voice ${named(voice, id)}.`, {
    code: "api.speech",
    help: "Add the voice to the account, or name another one: 'voice' of the niche, or 'voices' of the provider, which says whose id a name stands for.",
  });
}

/** "'nova' (id v1)" */
function named(voice: string, id: string): string {
  return voice === id ? `'${voice}'` : `'${voice}' (id ${id})`;
}
