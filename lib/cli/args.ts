/** The words of the command line → a command with its options, or what is wrong with them. */
import { parseArgs } from "node:util";
import { Failure } from "../base/failure.ts";
import type { Json } from "../base/json.ts";
import { suggest } from "../base/nearest.ts";

export interface BuildOptions {
  /** As typed. */
  readonly paths: readonly string[];
  readonly jobs: number | undefined;
  readonly keepGoing: boolean;
  readonly dryRun: boolean;
  readonly force: readonly string[];
  readonly discardEdits: boolean;
  readonly set: Readonly<Record<string, Json>>;
  readonly json: boolean;
  readonly verbose: boolean;
}

/** The kinds of file that have a JSON schema. */
export const SCHEMAS = ["config", "pipeline", "script"] as const;
export type SchemaName = (typeof SCHEMAS)[number];

export type Command =
  | { readonly kind: "build" | "watch" | "why" | "status"; readonly options: BuildOptions }
  | { readonly kind: "schema"; readonly name: SchemaName }
  | { readonly kind: "help" }
  | { readonly kind: "version" };

export const USAGE = `faceless: make for narrated videos

  faceless build [PATH…]     bring a project (output/<niche>) or one of its files up to date
  faceless watch [PATH…]     build, and again whenever something changes, until Ctrl-C (build --watch)
  faceless plan [PATH…]      say what build would do, and why (build -n)
  faceless why PATH…         say why a file would be made again, or why it was made the last time
  faceless status [PATH…]    say how a project stands, target by target
  faceless schema NAME       print the JSON schema of config, pipeline or script, for editors

Options of build:
  -j, --jobs N               at most N actions at once (the number of cores)
  -k, --keep-going           after a failure, go on with what does not need it
      --watch                build again whenever something changes
  -n, --dry-run              say what would be done, and why; change nothing
      --force PATH           make this output again, and take what comes (repeatable)
      --discard-edits        make again what was edited by hand
      --set NAME=VALUE       set an option of the pipeline (repeatable)
      --json                 print the build's events, one JSON object a line
      --verbose              say more: what was fresh, and every reason

  faceless --help, --version

Exit codes: 0 done, 1 something failed to build, 2 wrong usage or configuration, 130 interrupted.
`;

const OPTIONS = {
  jobs: { type: "string", short: "j" },
  "keep-going": { type: "boolean", short: "k", default: false },
  watch: { type: "boolean", default: false },
  "dry-run": { type: "boolean", short: "n", default: false },
  force: { type: "string", multiple: true, default: [] as string[] },
  "discard-edits": { type: "boolean", default: false },
  set: { type: "string", multiple: true, default: [] as string[] },
  json: { type: "boolean", default: false },
  verbose: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
  version: { type: "boolean", default: false },
} as const;

const COMMANDS = ["build", "watch", "plan", "why", "status", "schema", "help", "version"];

/** @throws Failure */
export function parseCommand(words: readonly string[]): Command {
  const { values, positionals } = parse(words);
  const [command, ...paths] = positionals;
  if (values.version || command === "version") return { kind: "version" };
  if (values.help || command === "help" || command === undefined) return { kind: "help" };
  if (!COMMANDS.includes(command)) {
    throw new Failure(`there is no command '${command}'.`, { help: suggest(command, COMMANDS) });
  }
  if (command === "schema") return { kind: "schema", name: schemaName(paths) };
  return {
    kind: kindOf(command, values.watch),
    options: {
      paths,
      jobs: values.jobs === undefined ? undefined : jobs(values.jobs),
      keepGoing: values["keep-going"],
      dryRun: values["dry-run"] || command === "plan",
      force: values.force,
      discardEdits: values["discard-edits"],
      set: Object.fromEntries(values.set.map(setting)),
      json: values.json,
      verbose: values.verbose,
    },
  };
}

function kindOf(command: string, watch: boolean): "build" | "watch" | "why" | "status" {
  if (command === "why" || command === "status") return command;
  return watch || command === "watch" ? "watch" : "build";
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
      const name = /'(-[^']*)'/.exec(message)?.[1] ?? "";
      const meant = name.startsWith("--")
        ? suggest(name.slice(2), Object.keys(OPTIONS))
        : "`faceless --help` lists the options.";
      throw new Failure(`there is no option ${name}.`, { help: meant.replace(/'([a-z-]+)'/g, "--$1") });
    }
    if (code?.startsWith("ERR_PARSE_ARGS_")) {
      throw new Failure(message.split(". ")[0]!.replace(/^Option/, "the option"), {
        help: "`faceless --help` lists the options.",
      });
    }
    throw error;
  }
}

function schemaName([given, ...more]: readonly string[]): SchemaName {
  const name = SCHEMAS.find((name) => name === given);
  if (given === undefined) throw new Failure("schema takes a name.", { help: suggest("", SCHEMAS) });
  if (name === undefined)
    throw new Failure(`there is no schema '${given}'.`, { help: suggest(given, SCHEMAS) });
  if (more.length > 0) throw new Failure(`schema takes one name, and '${more[0]}' is another.`);
  return name;
}

function jobs(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new Failure(`-j takes a whole number from 1, and '${text}' is none.`);
}

function setting(text: string): [string, Json] {
  const at = text.indexOf("=");
  if (at < 1) throw new Failure(`--set takes name=value, and '${text}' has no '='.`);
  return [text.slice(0, at), scalar(text.slice(at + 1))];
}

/** `true`, `false`, `null` and numbers are what they look like; all else is text. */
function scalar(text: string): Json {
  if (text === "true" || text === "false") return text === "true";
  if (text === "null") return null;
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
