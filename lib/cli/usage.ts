/** The commands as data: what the program accepts, and the text that says so. */
import { OPTIONS, type OptionName } from "./options.ts";

interface CommandForm {
  readonly form: string;
  readonly says: string;
  readonly options: readonly OptionName[];
}

const command = (form: string, says: string, options: readonly OptionName[]): CommandForm => ({
  form,
  says,
  options,
});

const BUILD: readonly OptionName[] = [
  "jobs",
  "keep-going",
  "dry-run",
  "force",
  "discard-edits",
  "set",
  "only",
  "draft",
  "json",
  "verbose",
  "profile",
];

const PAYING: readonly OptionName[] = ["budget", "pay-again"];

/** In the order in which the help text lists them. */
export const COMMANDS = {
  init: command("init [NICHE]", "begin a content repo in this folder, or another niche in it", []),
  build: command("build [PATH…]", "bring a project (output/<niche>), or files or folders of it, up to date", [
    ...BUILD,
    "watch",
    ...PAYING,
  ]),
  watch: command(
    "watch [PATH…]",
    "build, and again whenever something changes, until Ctrl-C (build --watch)",
    [...BUILD, ...PAYING],
  ),
  plan: command("plan [PATH…]", "say what build would do, why, what it takes and costs (build -n)", BUILD),
  generate: command("generate NICHE", "have scripts written, or take given ones, and build their films", [
    "count",
    "topic",
    "script",
    "platform",
    "enhance",
    "thumbnails",
    "subtitles",
    "music",
    "jobs",
    "keep-going",
    "dry-run",
    "force",
    "set",
    "draft",
    ...PAYING,
    "json",
    "verbose",
  ]),
  validate: command("validate [PATH…]", "say whether configuration, scripts, pipeline and machine are well", [
    "test-connections",
    "json",
  ]),
  info: command("info", "print settings, providers, versions, and where things live", ["json"]),
  why: command("why PATH…", "say why a file would be made again, or why it was made the last time", [
    "set",
    "draft",
  ]),
  status: command("status [PATH…]", "say how a project stands, target by target", ["set", "draft", "json"]),
  costs: command("costs [PATH…]", "say what was paid, by story, target, month and model", ["draft", "json"]),
  graph: command("graph [PATH…]", "print what depends on what, as Mermaid, DOT or JSON", [
    "format",
    "outputs",
    "set",
    "draft",
  ]),
  accept: command("accept [PATH…]", "take what is on disk for up to date, such as finished images", [
    "dry-run",
    "set",
    "draft",
    "json",
    "verbose",
  ]),
  pin: command("pin PATH…", "keep an output as it is now: copy it to pinned/, a source", ["set", "draft"]),
  unpin: command("unpin PATH…", "remove that copy; what was pinned stays in place as a hand edit", ["draft"]),
  clean: command("clean [PATH…]", "remove what was built; the next build restores it from the store", [
    "dry-run",
    "discard-edits",
    "set",
    "draft",
    "verbose",
  ]),
  gc: command("gc", "trim the shared cache: what nobody has used for long goes first", [
    "max-size",
    "max-age",
    "dry-run",
    "all",
    "paid",
  ]),
  schema: command("schema NAME", "print the JSON schema of config, pipeline or script, for editors", []),
} as const;

export type CommandName = keyof typeof COMMANDS;

const WIDTH = "  faceless status [PATH…]    ".length;

const line = (form: string, says: string) => `${`  ${form}`.padEnd(WIDTH)}${says}\n`;

export function usage(): string {
  const commands = Object.values(COMMANDS).map(({ form, says }) => line(`faceless ${form}`, says));
  const build = COMMANDS.build.options.map((name) => line(OPTIONS[name].form, OPTIONS[name].says));
  const others = (Object.keys(OPTIONS) as OptionName[])
    .filter((name) => ![...BUILD, ...PAYING, "watch"].includes(name) && name !== "help" && name !== "version")
    .map((name) => line(OPTIONS[name].form, OPTIONS[name].says));
  return `faceless: make for narrated videos

${commands.join("")}
Options of build:
${build.join("")}
Options of other commands:
${others.join("")}
  faceless --help, --version

Exit codes: 0 done, 1 something failed, 2 wrong usage or configuration, 130 interrupted.
`;
}
