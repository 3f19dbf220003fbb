/** The words of the bench's command line. */
import { parseArgs } from "node:util";
import { ENGINES, type EngineName, OUTPUTS_PER_VIDEO } from "./graph.ts";

export interface Asked {
  readonly sizes: readonly number[];
  /** The engines that take part, and the largest size that each is put through. */
  readonly engines: ReadonlyMap<EngineName, number>;
  readonly rounds: number;
  /** Rounds that have the two long scenarios as well. */
  readonly longRounds: number;
  /** Rounds that the slow engines from npm take part in. */
  readonly npmRounds: number;
  /** After so many minutes nothing more is begun. */
  readonly minutes: number;
  readonly profile: boolean;
}

/** @throws Error for words that are none of ours */
export function readAsked(argv: readonly string[]): Asked {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      outputs: { type: "string", default: "1000,10000" },
      engines: { type: "string", default: "faceless,ninja,make,turbo@10000,wireit@1000" },
      rounds: { type: "string", default: "3" },
      "long-rounds": { type: "string" },
      "npm-rounds": { type: "string" },
      minutes: { type: "string", default: "Infinity" },
      profile: { type: "boolean", default: false },
      // Of run.mjs.
      work: { type: "string" },
    },
  });
  const sizes = values.outputs.split(",").map(Number);
  if (sizes.some((size) => !(size > 0) || size % OUTPUTS_PER_VIDEO !== 0))
    throw new Error(`--outputs takes multiples of ${OUTPUTS_PER_VIDEO}, with commas between them`);
  const rounds = count("--rounds", values.rounds);
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error(`--minutes takes a number above 0, and '${values.minutes}' is none`);
  return {
    sizes,
    engines: new Map(values.engines.split(",").map(engineLimit)),
    rounds,
    longRounds: count("--long-rounds", values["long-rounds"] ?? values.rounds),
    npmRounds: count("--npm-rounds", values["npm-rounds"] ?? String(Math.min(2, rounds))),
    minutes,
    profile: values.profile,
  };
}

function count(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`${option} takes a whole number from 1, and '${text}' is none`);
}

/** "turbo@10000": turbo, with 10,000 outputs at most. */
function engineLimit(text: string): [EngineName, number] {
  const [name, limit = "Infinity"] = text.split("@");
  const engine = ENGINES.find((engine) => engine === name);
  if (engine !== undefined && Number(limit) > 0) return [engine, Number(limit)];
  throw new Error(
    `--engines takes ${ENGINES.join(", ")}, each with @OUTPUTS or without, and '${text}' is none`,
  );
}
