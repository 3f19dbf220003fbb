/** What was asked of a service, in the words that messages have for it. */
import type { FailureCode } from "../../base/failure.ts";
import { shorten } from "../../base/shorten.ts";
import type { Source, Subject, Use, Voice } from "./subject.ts";

/** Where a film's author has written them. */
const PLACES: Readonly<Record<Source, string>> = {
  "image prompt": "the scene's `image_prompt`, or the script's `visual_style`",
  narration: "the scene's `narration`",
  script: "the script",
  topic: "the topic",
};

interface UseWords {
  readonly code: FailureCode;
  readonly thing: string;
  readonly source: Source;
}

const USES: Readonly<Record<Use, UseWords>> = {
  image: { code: "api.image", thing: "a picture", source: "image prompt" },
  speech: { code: "api.speech", thing: "speech", source: "narration" },
  text: { code: "api.text", thing: "text", source: "script" },
};

export const codeOf = (use: Use): FailureCode => USES[use].code;

/** Characters of a prompt that a message shows. */
const LONGEST_PROMPT = 80;

/** Of what is asked for, in messages. */
export interface Asked {
  readonly code: FailureCode;
  readonly thing: string;
  /** "the request for a picture of the image prompt 'a lake'" */
  readonly request: string;
  /** "the image prompt 'a lake'" */
  readonly refused: string;
  /** " (the scene's `narration`)": where its author has written it. */
  readonly place: string;
  /** "'gpt-image-2'" */
  readonly model: string;
  /** Where it is set: "the provider's 'image'". */
  readonly section: string;
  /** "to use 'gpt-image-2'" */
  readonly doing: string;
  /** What there is not where the service says so, and what to look at. */
  readonly absent: readonly [what: string, remedy: string];
  /** The same of its voice. */
  readonly voiceless: readonly [what: string, remedy: string];
}

/** What of an author's own words it is about. */
export function sourceOf({ use, source }: Subject): Source {
  return source ?? USES[use].source;
}

export function askedFor(subject: Subject): Asked {
  const { use, model, text, voice } = subject;
  const { code, thing } = USES[use];
  const source = sourceOf(subject);
  const refused = `the ${source} '${shorten(text, LONGEST_PROMPT)}'`;
  return {
    code,
    thing,
    request: `the request for ${thing} of ${refused}`,
    refused,
    place: ` (${PLACES[source]})`,
    model: `'${model}'`,
    section: `the provider's '${use}'`,
    doing: `to use '${model}'`,
    absent: [
      `no '${model}'`,
      "Check the name of the model or deployment and the address of the provider in faceless.config.yaml and the environment.",
    ],
    voiceless: voice === undefined ? PRESENCE.voiceless : withoutVoice(voice),
  };
}

function withoutVoice({ name, id }: Voice): Asked["voiceless"] {
  const which = name === id ? `'${name}'` : `'${id}', which 'voices' of the provider gives for '${name}'`;
  const remedy = `Name one that it has, in faceless.config.yaml below the provider: \`voices: { ${name}: <id> }\`.`;
  return [`no voice ${which}`, remedy];
}

/** Only whether the service is there. */
export const PRESENCE: Asked = {
  code: "api.provider",
  thing: "an answer",
  request: "the request",
  refused: "the request",
  place: "",
  model: "the model",
  section: "the provider",
  doing: "to ask what there is",
  absent: [
    "nothing at this address",
    "Check the address of the provider, and its api_version if it has one, in faceless.config.yaml and the environment.",
  ],
  voiceless: ["no such voice", "Check the voices of the provider in faceless.config.yaml."],
};
