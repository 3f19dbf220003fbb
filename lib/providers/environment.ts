/** What a provider reads from the environment: keys, addresses, names. All that one lacks is told at once. */
import { Failure } from "../base/failure.ts";
import type { Surroundings } from "./provider.ts";

/** A variable that an instance cannot do without. */
export interface Variable {
  readonly name: string;
  /** What stands in it; a "word" is a key or a name. */
  readonly holds: "word" | "address";
}

/** What stands in a header or an address: visible ASCII. */
const PLAIN = /^[\x21-\x7e]+$/;

/** What to look at where a key is not accepted. */
export const whereKeyIs = (variable: string) => `${variable} in the environment or in .env`;

/** Looked at when a value is asked for, so that whoever asks for none needs none. */
export class Environment {
  readonly #env: NodeJS.ProcessEnv;
  readonly #provider: string;
  readonly #variables: readonly Variable[];

  /** `variables`: all that the uses of the instance need. */
  constructor({ env, name }: Pick<Surroundings, "env" | "name">, variables: readonly Variable[]) {
    this.#env = env;
    this.#provider = name;
    this.#variables = variables;
  }

  /** Undefined where there is none; it may be one that cannot be used. */
  given(variable: string): string | undefined {
    return this.#env[variable]?.trim() || undefined;
  }

  /** @throws Failure where it is missing or cannot be what it holds, which then tells of all other such variables too */
  value(variable: string): string {
    if (this.#unusable().some(({ name }) => name === variable)) this.check();
    return this.given(variable)!;
  }

  /** @throws Failure with all variables that are missing, or cannot be what they hold */
  check(): void {
    const unusable = this.#unusable();
    if (unusable.length === 0) return;
    const names = unusable.map(({ name }) => name).filter((name) => this.given(name) === undefined);
    const wrong = unusable.filter(({ name }) => this.given(name) !== undefined);
    const complaints = wrong.map((one) => complaintAbout(one, this.given(one.name)!));
    throw new Failure([...sayMissing(this.#provider, names), ...complaints].join(" "), {
      code: "config.environment",
      help: [...sayRemedy(names), ...sayCorrection(wrong)].join(" "),
    });
  }

  #unusable(): readonly Variable[] {
    return this.#variables.filter((one) => {
      const value = this.given(one.name);
      return value === undefined || complaintAbout(one, value) !== undefined;
    });
  }
}

/** The value itself is not shown: it may be a key that was put into the wrong place. */
function complaintAbout({ name, holds }: Variable, value: string): string | undefined {
  if (!PLAIN.test(value))
    return `${name} has characters that it cannot have: spaces, line breaks, or letters with accents.`;
  if (holds === "word") return undefined;
  if (!/^https?:\/\//.test(value) || !URL.canParse(value))
    return `${name} is no address: one begins with https:// or http://.`;
  const { username, password } = new URL(value);
  return username === "" && password === ""
    ? undefined
    : `${name} has a user or a password in it, and addresses are shown.`;
}

function sayMissing(provider: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const has = names.length === 1 ? "does not have it" : "has none of them";
  return [`the provider '${provider}' needs ${inWords(names)}, and the environment ${has}.`];
}

function sayRemedy(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const [lines, them] = names.length === 1 ? ["", "it"] : [", a line for each", "them"];
  const assignments = inWords(names.map((name) => `${name}=…`));
  return [
    `Write ${assignments} into a file .env beside faceless.config.yaml${lines}, and keep that file out of git; or set ${them} in the environment.`,
  ];
}

function sayCorrection({ length }: readonly Variable[]): string[] {
  if (length === 0) return [];
  const them = length === 1 ? "it" : "them";
  return [`Correct ${them} in .env beside faceless.config.yaml, or in the environment.`];
}

/** "A", "A and B", "A, B and C" */
function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
