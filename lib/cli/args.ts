/** The words of the command line → a command with its options, or what is wrong with them. */
import { parseArgs } from "node:util";
import { Failure } from "../base/failure.ts";
import type { Json } from "../base/json.ts";
import { suggest } from "../base/nearest.ts";
import { AGE_FORM, parseAge, parseSize, SIZE_FORM } from "../base/quantity.ts";
import { GRAPH_FORMATS, type GraphFormat } from "../model/outline.ts";
import { OPTIONS, type OptionName } from "./options.ts";
import { COMMANDS, type CommandName } from "./usage.ts";
import { type Wish, wishOf } from "./wish.ts";

export interface BuildOptions {
  /** As typed. */
  readonly paths: readonly string[];
  readonly jobs: number | undefined;
  readonly keepGoing: boolean;
  readonly dryRun: boolean;
  readonly force: readonly string[];
  readonly discardEdits: boolean;
  /** US dollars; undefined for no bound. */
  readonly budget: number | undefined;
  readonly payAgain: boolean;
  readonly set: Readonly<Record<string, Json>>;
  /** Axis to the keys that everything is narrowed to. */
  readonly only: Readonly<Record<string, readonly string[]>>;
  readonly draft: boolean;
  readonly json: boolean;
  readonly verbose: boolean;
  /** The file to write the build's profile to, as typed. */
  readonly profile: string | undefined;
}

/** Of all commands; what one does not take has its default. */
export interface Options extends BuildOptions {
  readonly format: GraphFormat;
  readonly outputs: boolean;
  /** Bytes, and milliseconds; undefined for what the configuration says. */
  readonly maxBytes: number | undefined;
  readonly maxAgeMs: number | undefined;
  readonly wish: Wish;
  readonly testConnections: boolean;
  readonly all: boolean;
  readonly paid: boolean;
}

/** The kinds of file that have a JSON schema. */
export const SCHEMAS = ["config", "pipeline", "script"] as const;
export type SchemaName = (typeof SCHEMAS)[number];

export type Command =
  | { readonly kind: Exclude<CommandName, "plan" | "schema">; readonly options: Options }
  | { readonly kind: "schema"; readonly name: SchemaName }
  | { readonly kind: "help" }
  | { readonly kind: "version" };

const NAMES: readonly string[] = [...Object.keys(COMMANDS), "help", "version"];

/** @throws Failure */
export function parseCommand(words: readonly string[]): Command {
  const { values, positionals, used } = parse(words);
  const [name, ...paths] = positionals;
  if (values.version || name === "version") return { kind: "version" };
  if (values.help || name === "help" || name === undefined) return { kind: "help" };
  if (!isCommand(name))
    throw new Failure(`there is no command '${name}'.`, {
      code: "usage.invalid",
      help: suggest(name, NAMES),
    });
  refuseStrangers(name, used);
  if (name === "schema") return { kind: "schema", name: schemaName(paths) };
  return {
    kind: kindOf(name, values.watch ?? false),
    options: {
      paths,
      jobs: values.jobs === undefined ? undefined : jobs(values.jobs),
      keepGoing: values["keep-going"] ?? false,
      dryRun: values["dry-run"] || name === "plan",
      force: values.force ?? [],
      discardEdits: values["discard-edits"] ?? false,
      budget: values.budget === undefined ? undefined : dollars(values.budget),
      payAgain: values["pay-again"] ?? false,
      set: Object.fromEntries((values.set ?? []).map(setting)),
      only: narrowing(values.only ?? []),
      draft: values.draft ?? false,
      json: values.json ?? false,
      verbose: values.verbose ?? false,
      profile: values.profile,
      format: values.format === undefined ? "mermaid" : format(values.format),
      outputs: values.outputs ?? false,
      maxBytes: bound(values["max-size"], parseSize, SIZE_FORM),
      maxAgeMs: bound(values["max-age"], parseAge, AGE_FORM),
      wish: wishOf(values),
      testConnections: values["test-connections"] ?? false,
      all: values.all ?? false,
      paid: values.paid ?? false,
    },
  };
}

function kindOf(name: Exclude<CommandName, "schema">, watch: boolean) {
  if (name === "build" && watch) return "watch";
  return name === "plan" ? "build" : name;
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

/** An option that a command does not heed would be a wish that nobody hears. */
function refuseStrangers(command: CommandName, used: readonly OptionName[]): void {
  const { options } = COMMANDS[command];
  const stranger = used.find((name) => !options.includes(name));
  if (stranger === undefined) return;
  const known = options.map((name) => `--${name}`);
  throw new Failure(`${command} takes no option --${stranger}.`, {
    code: "usage.invalid",
    help: known.length === 0 ? "It takes none." : `It takes ${known.join(", ")}.`,
  });
}

function parse(words: readonly string[]) {
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...words],
      options: OPTIONS,
      allowPositionals: true,
      strict: true,
      tokens: true,
    });
    const used = tokens.flatMap((token) => (token.kind === "option" ? [token.name as OptionName] : []));
    return { values, positionals, used };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
      const name = /'(-[^']*)'/.exec(message)?.[1] ?? "";
      const meant = name.startsWith("--")
        ? suggest(name.slice(2), Object.keys(OPTIONS))
        : "`faceless --help` lists the options.";
      throw new Failure(`there is no option ${name}.`, {
        code: "usage.invalid",
        help: meant.replace(/'([a-z-]+)'/g, "--$1"),
      });
    }
    if (code?.startsWith("ERR_PARSE_ARGS_")) {
      throw new Failure(message.split(". ")[0]!.replace(/^Option/, "the option"), {
        code: "usage.invalid",
        help: "`faceless --help` lists the options.",
      });
    }
    throw error;
  }
}

function schemaName([given, ...more]: readonly string[]): SchemaName {
  const name = SCHEMAS.find((name) => name === given);
  if (given === undefined)
    throw new Failure("schema takes a name.", { code: "usage.invalid", help: suggest("", SCHEMAS) });
  if (name === undefined)
    throw new Failure(`there is no schema '${given}'.`, {
      code: "usage.invalid",
      help: suggest(given, SCHEMAS),
    });
  if (more.length > 0)
    throw new Failure(`schema takes one name, and '${more[0]}' is another.`, { code: "usage.invalid" });
  return name;
}

function format(text: string): GraphFormat {
  const known = GRAPH_FORMATS.find((name) => name === text);
  if (known !== undefined) return known;
  throw new Failure(`there is no format '${text}'.`, {
    code: "usage.invalid",
    help: suggest(text, GRAPH_FORMATS),
  });
}

/** Infinity for "none". */
function bound(
  text: string | undefined,
  parse: (text: string) => number | undefined,
  form: string,
): number | undefined {
  if (text === undefined) return undefined;
  const number = text === "none" ? Number.POSITIVE_INFINITY : parse(text);
  if (number === undefined)
    throw new Failure(`'${text}': ${form}`, { code: "usage.invalid", help: "'none' is for no bound." });
  return number;
}

function jobs(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new Failure(`-j takes a whole number from 1, and '${text}' is none.`, { code: "usage.invalid" });
}

function dollars(text: string): number {
  if (/^\$?\d+(\.\d+)?$/.test(text)) return Number(text.replace("$", ""));
  throw new Failure(`--budget takes US dollars, such as 2.00, and '${text}' is no such amount.`, {
    code: "usage.invalid",
  });
}

function setting(text: string): [string, Json] {
  const at = text.indexOf("=");
  if (at < 1)
    throw new Failure(`--set takes name=value, and '${text}' has no '='.`, { code: "usage.invalid" });
  return [text.slice(0, at), scalar(text.slice(at + 1))];
}

function narrowing(texts: readonly string[]): Record<string, string[]> {
  const only: Record<string, string[]> = {};
  for (const text of texts) {
    const [, axis, key] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
    if (axis === undefined || key === undefined)
      throw new Failure(`--only takes axis=key, and '${text}' is no such pair.`, { code: "usage.invalid" });
    only[axis] = [...(only[axis] ?? []), key];
  }
  return only;
}

/** `true`, `false`, `null` and numbers are what they look like; all else is text. */
function scalar(text: string): Json {
  if (text === "true" || text === "false") return text === "true";
  if (text === "null") return null;
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
