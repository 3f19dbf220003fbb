/** The words for a request that failed: what the service said, and what to do about it. */
import { Failure, type FailureCode } from "../../base/failure.ts";
import { shorten } from "../../base/shorten.ts";
import { FAULTS, type Fault, type FaultKind } from "./fault.ts";

/** What a request is for. */
export type Use = "image" | "speech" | "text";

/** What the words need to know of a service. */
export interface Addressee {
  /** The provider's name in the configuration: "azure". */
  readonly name: string;
  /** What to look at where the service does not accept the key: "AZURE_OPENAI_API_KEY in the environment or in .env". */
  readonly credentials: string;
}

/** What of an author's own words a request is about, and where they are written. */
const PLACES = {
  "image prompt": "the scene's `image_prompt`, or the script's `visual_style`",
  narration: "the scene's `narration`",
  script: "the script",
  topic: "the topic",
} as const;
export type Source = keyof typeof PLACES;

/** What was asked. */
export interface Subject {
  readonly use: Use;
  readonly model: string;
  /** The author's own words that it is about, for a message to show. */
  readonly text: string;
  /** What these are; if not given, what the use has. */
  readonly source?: Source | undefined;
}

interface Wording {
  readonly code: FailureCode;
  readonly thing: string;
  readonly source: Source;
}

const USES: Readonly<Record<Use, Wording>> = {
  image: { code: "api.image", thing: "a picture", source: "image prompt" },
  speech: { code: "api.speech", thing: "speech", source: "narration" },
  text: { code: "api.text", thing: "text", source: "script" },
};

export const codeOf = (use: Use): FailureCode => USES[use].code;

/**
 * The failure to throw for a fault that is not tried again. `subject`: undefined where the service was only asked whether it
 * is there. `tried`: how often it was asked.
 */
export function failureOf(fault: Fault, to: Addressee, subject: Subject | undefined, tried: number): Failure {
  const { head, help, code } = words(fault, to, subject);
  const often = tried > 1 ? ` It was asked ${tried} times.` : "";
  const { retried, ends } = FAULTS[fault.kind];
  // A dead key or an account without money is mended elsewhere, and by nothing that a key of the build holds.
  const passing = retried || ends !== "request";
  const isolated = ends === "request";
  // Who asks the service's support is asked for it.
  const id = fault.requestId === undefined ? "" : ` Request id: ${fault.requestId}.`;
  return new Failure(`${head}: ${sayFault(fault)}.${often}${id}`, { code, help, passing, isolated });
}

/** The same in one clause, for what fails after it in the same way. */
export function briefly(fault: Fault, to: Addressee, subject: Subject): Brief {
  const { head, code } = words(fault, to, subject);
  return { head, code };
}

export type Brief = Pick<Words, "head" | "code">;

/** What happened, in the service's own words: "429 rate_limit_exceeded, 'Slow down'". */
export function sayFault({ kind, status, code, message }: Fault): string {
  const number = [status, code].filter((part) => part !== undefined && part !== String(status)).join(" ");
  const said = shorten(message, LONGEST_QUOTE).replace(/\.$/, "");
  const own = status === undefined ? said : `"${said}"`;
  // Node's messages begin with what failed, and name the code: "connect ECONNREFUSED 127.0.0.1:1".
  if (kind === "connection" && said.includes(number)) return own;
  return number === "" ? (kind === "timeout" ? "no whole answer in time" : own) : `${number}, ${own}`;
}

interface Words {
  readonly head: string;
  readonly help: string;
  readonly code: FailureCode;
}

/** Characters of what a service says, and of a prompt, that a message shows. */
const LONGEST_QUOTE = 300;
const LONGEST_PROMPT = 80;

/** After what to do about an answer that says no. */
const KEPT = " The answer was paid for, and is kept: `--force` with this path asks for another.";

const AGAIN = "Build again in a while: what is finished stays.";

/** Of what is asked for, in messages. */
interface Asked {
  readonly code: FailureCode;
  readonly thing: string;
  /** "the request for a picture of the image prompt 'a lake'" */
  readonly request: string;
  /** "the image prompt 'a lake'" */
  readonly refused: string;
  /** " (the scene's `narration`)": where its author has written it. */
  readonly place: string;
  /** "to use 'gpt-image-2'" */
  readonly doing: string;
  /** What there is not where the service says so, and what to look at. */
  readonly absent: readonly [what: string, remedy: string];
}

function askedFor({ use, model, text, source: given }: Subject): Asked {
  const { code, thing, source: usual } = USES[use];
  const source = given ?? usual;
  const refused = `the ${source} '${shorten(text, LONGEST_PROMPT)}'`;
  return {
    code,
    thing,
    request: `the request for ${thing} of ${refused}`,
    refused,
    place: ` (${PLACES[source]})`,
    doing: `to use '${model}'`,
    absent: [
      `no '${model}'`,
      "Check the name of the model or deployment and the address of the provider in faceless.config.yaml and the environment.",
    ],
  };
}

/** Only whether the service is there. */
const PRESENCE: Asked = {
  code: "api.provider",
  thing: "an answer",
  request: "the request",
  refused: "the request",
  place: "",
  doing: "to ask what there is",
  absent: [
    "nothing at this address",
    "Check the address of the provider, and its api_version if it has one, in faceless.config.yaml and the environment.",
  ],
};

function words(fault: Fault, to: Addressee, subject: Subject | undefined): Words {
  const { name } = to;
  const { code, thing, request, refused, place, doing, absent } =
    subject === undefined ? PRESENCE : askedFor(subject);
  const told: Record<FaultKind, Words> = {
    "rate-limit": {
      head: `${name} is asked too often`,
      help: `${waitFor(fault)} 'requests_per_minute' of the provider in faceless.config.yaml keeps below its limit.`,
      code: "api.rate-limit",
    },
    server: { head: `${name} failed by itself`, help: AGAIN, code },
    connection: {
      head: `${name} cannot be reached, or was cut off`,
      help: `Check the network and the provider's address. ${AGAIN}`,
      code: "api.provider",
    },
    proxy: {
      head: `${name} cannot be asked through the proxy`,
      help: "Check HTTPS_PROXY and HTTP_PROXY, with the user and the password in them, in the environment or in .env; hosts that NO_PROXY names are asked without a proxy.",
      code: "api.provider",
    },
    timeout: {
      head: `${name} took too long for ${thing}`,
      help: `'timeout' of the provider in faceless.config.yaml is how long a request may take, in seconds. ${AGAIN}`,
      code,
    },
    "bad-answer": {
      head: `${name} gave an answer that is none`,
      help: `Check that the provider's address is that of the service, and no proxy's page. ${AGAIN}`,
      code,
    },
    quota: {
      head: `${name} has no quota or money left for this account`,
      help: "Look at the plan and the bill at the service. Waiting alone helps where the quota is by month.",
      code: "api.provider",
    },
    authentication: {
      head: `${name} does not accept the key`,
      help: `Check ${to.credentials}.`,
      code: "api.authentication",
    },
    "network-rule": {
      head: `${name} lets nobody in from this network, whatever the key`,
      help: "The resource's own network rules say so, for every request alike: on its Networking page in the Azure portal allow this machine's address, or build inside the network that is allowed.",
      code: "api.provider",
    },
    forbidden: {
      head: `${name} does not allow this key ${doing}`,
      help: `Check what the account may use, and ${to.credentials}.`,
      code: "api.authentication",
    },
    "not-found": {
      head: `${name} has ${absent[0]}`,
      help: absent[1],
      code: "api.provider",
    },
    policy: {
      head: `${name} refuses ${refused} by its content policy`,
      help: `Say it in other words${place}: without real people, violence, or what could be read so. Or bring your own: a file in pinned/ is used instead of what is made.${fault.kept ? KEPT : ""}`,
      code,
    },
    rejected: {
      head: `${name} does not accept ${request}`,
      help: "Check the provider's settings in faceless.config.yaml: the model may not take one of them.",
      code,
    },
    aborted: { head: `${name} is not waited for any more`, help: AGAIN, code },
  };
  return told[fault.kind];
}

function waitFor({ wait }: Fault): string {
  return wait === undefined ? AGAIN : `It says to wait ${sayWait(wait)}. ${AGAIN}`;
}

/** "12 s", "3 min", "24 h": rounded up. */
export function sayWait(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1_000);
  const minutes = Math.ceil(seconds / 60);
  if (seconds <= 120) return `${seconds} s`;
  return minutes <= 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
