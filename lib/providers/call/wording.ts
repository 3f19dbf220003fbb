/** The words for a request that failed, by the kind of its fault: what it is, and what to do about it. */
import { Failure, type FailureCode } from "../../base/failure.ts";
import { askedFor, PRESENCE, sourceOf } from "./asked.ts";
import { FAULTS, type Fault, type FaultKind, isIsolated } from "./fault.ts";
import { sayFault, sayWait } from "./say.ts";
import type { Addressee, Subject } from "./subject.ts";

/**
 * The failure to throw for a fault that is not tried again. `subject`: undefined where the service was only asked whether it
 * is there. `tried`: how often it was asked.
 */
export function failureOf(fault: Fault, to: Addressee, subject: Subject | undefined, tried: number): Failure {
  const { head, help, code } = words(fault, to, subject);
  const often = tried > 1 ? ` It was asked ${tried} times.` : "";
  const { retried, ends } = FAULTS[fault.kind];
  // A dead key or an account without money is mended elsewhere, and by nothing that a key of the build holds. What is known to
  // have been charged in vain is not asked for again by a watch.
  const passing = typeof fault.charged !== "object" && (retried || ends !== "request");
  // Who asks the service's support is asked for it.
  const id = fault.requestId === undefined ? "" : ` Request id: ${fault.requestId}.`;
  return new Failure(`${head}: ${sayFault(fault)}.${often}${id}`, {
    code,
    help,
    passing,
    isolated: isIsolated(fault.kind),
  });
}

/** A failure in one clause, for what fails after it in the same way. */
export interface Brief {
  readonly head: string;
  readonly code: FailureCode;
}

export function briefly(fault: Fault, to: Addressee, subject: Subject): Brief {
  const { head, code } = words(fault, to, subject);
  return { head, code };
}

interface Words extends Brief {
  readonly help: string;
}

/** After what to do about an answer that says no. */
const KEPT = " The answer was paid for, and is kept: `--force` with this path asks for another.";

const AGAIN = "Build again in a while: what is finished stays.";

function words(fault: Fault, to: Addressee, subject: Subject | undefined): Words {
  const { name } = to;
  const { code, thing, request, refused, place, doing, absent, voiceless, model, section } =
    subject === undefined ? PRESENCE : askedFor(subject);
  // A file that takes the place of what is made: of a scene's words there is one, of a script that is yet to be written none.
  const isPinnable = subject !== undefined && ["image prompt", "narration"].includes(sourceOf(subject));
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
    "proxy-down": {
      head: `${name} cannot be asked, since the proxy cannot be reached, or fails`,
      help: `Check HTTPS_PROXY and HTTP_PROXY in the environment or in .env; hosts that NO_PROXY names are asked without a proxy. ${AGAIN}`,
      code: "api.provider",
    },
    timeout: {
      head: `${name} took too long for ${thing}`,
      help: `'timeout' of the provider in faceless.config.yaml is how long a request may take, in seconds. ${AGAIN}`,
      code,
    },
    "bad-answer": {
      head: `${name} gave an answer that is none`,
      help:
        typeof fault.charged === "object"
          ? `It is the service's own, since it tells what it used: check the model and the settings of ${section} in faceless.config.yaml.`
          : `Check that the provider's address is that of the service, and no proxy's page. ${AGAIN}`,
      code,
    },
    "off-shape": {
      head: `${model} of ${name} does not keep to the shape that is asked for`,
      help: `Name another model in ${section} in faceless.config.yaml: one with structured outputs, by JSON schemas.`,
      code: "api.provider",
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
    blocked: {
      head: `${name} has blocked the whole resource for a while, by its content policy`,
      help: "Every request to it is refused until then, whatever its prompt: look at the resource in the Azure portal, or ask Azure's support. What is finished stays.",
      code: "api.provider",
    },
    moved: {
      head: `${name} answers that it has moved`,
      help: `Correct ${to.address}; what follows it there is the request's own. Or a proxy stands in between, with a page to sign in at.`,
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
    "no-voice": { head: `${name} has ${voiceless[0]}`, help: voiceless[1], code },
    policy: {
      head: `${name} refuses ${refused} by its content policy`,
      help: `Say it in other words${place}: without real people, violence, or what could be read so.${isPinnable ? " Or bring your own: a file in pinned/ is used instead of what is made." : ""}${fault.kept ? KEPT : ""}`,
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
