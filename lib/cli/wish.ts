/** What `generate` is asked for besides what every build is. */
import { Failure } from "../base/failure.ts";
import { LONGEST_TOPIC } from "../model/known-values.ts";

export interface Wish {
  /** How many scripts to write; undefined for one. */
  readonly count: number | undefined;
  readonly topic: string | undefined;
  /** Scripts that there are already, as typed. */
  readonly scripts: readonly string[];
  /** None for all of the niche. */
  readonly platforms: readonly string[];
  /** As typed. */
  readonly music: string | undefined;
  /** Options of the pipeline that are switched on. */
  readonly switches: readonly ("enhance" | "thumbnails" | "subtitles")[];
}

interface Values {
  readonly count?: string | undefined;
  readonly topic?: string | undefined;
  readonly script?: string[] | undefined;
  readonly platform?: string[] | undefined;
  readonly music?: string | undefined;
  readonly enhance?: boolean | undefined;
  readonly thumbnails?: boolean | undefined;
  readonly subtitles?: boolean | undefined;
}

const MOST = 10;

/** @throws Failure */
export function wishOf(values: Values): Wish {
  const { count, topic, music } = values;
  const scripts = values.script ?? [];
  const [extra] = [count !== undefined && "--count", topic !== undefined && "--topic"].filter(Boolean);
  if (scripts.length > 0 && extra !== undefined)
    throw new Failure(`${extra} is about scripts that are to be written, and --script names one that is.`, {
      code: "usage.invalid",
      help: "Give the one or the other.",
    });
  return {
    count: count === undefined ? undefined : counted(count),
    topic: topic === undefined ? undefined : topicFrom(topic.trim()),
    scripts,
    platforms: values.platform ?? [],
    music,
    switches: (["enhance", "thumbnails", "subtitles"] as const).filter((name) => values[name]),
  };
}

function counted(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST) return count;
  throw new Failure(`-c takes a whole number from 1 to ${MOST}, and '${text}' is none.`, {
    code: "usage.invalid",
  });
}

function topicFrom(topic: string): string {
  if (topic === "")
    throw new Failure("--topic takes what the script is about, and it is empty.", { code: "usage.invalid" });
  if (topic.length <= LONGEST_TOPIC) return topic;
  throw new Failure(`--topic has ${topic.length} characters, and takes ${LONGEST_TOPIC} at most.`, {
    code: "usage.invalid",
    help: "Say in a sentence what the script is about; what it is to say in full can be edited into it afterwards.",
  });
}
