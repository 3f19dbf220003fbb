/** The options of all commands, as data. */

interface OptionForm {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** As the help text has it. */
  readonly form: string;
  readonly says: string;
}

const option = <const Form extends OptionForm>(form: Form) => form;

/** Each as `node:util` parseArgs takes it. */
export const OPTIONS = {
  jobs: option({
    type: "string",
    short: "j",
    form: "-j, --jobs N",
    says: "at most N actions of this machine at once (its cores)",
  }),
  "keep-going": option({
    type: "boolean",
    short: "k",
    form: "-k, --keep-going",
    says: "after any failure, go on with what does not need it",
  }),
  watch: option({
    type: "boolean",
    form: "    --watch",
    says: "build again whenever something changes",
  }),
  "dry-run": option({
    type: "boolean",
    short: "n",
    form: "-n, --dry-run",
    says: "say what would be done, and why; change nothing",
  }),
  force: option({
    type: "string",
    multiple: true,
    form: "    --force PATH",
    says: "make this output again, and take what comes (repeatable)",
  }),
  "discard-edits": option({
    type: "boolean",
    form: "    --discard-edits",
    says: "make again what was edited by hand; clean: remove it too",
  }),
  budget: option({
    type: "string",
    form: "    --budget DOLLARS",
    says: "start nothing that would cost more, in US dollars",
  }),
  "pay-again": option({
    type: "boolean",
    form: "    --pay-again",
    says: "buy again what may have been charged before",
  }),
  set: option({
    type: "string",
    multiple: true,
    form: "    --set NAME=VALUE",
    says: "set an option of the pipeline, or of the niche: project.speed=1.1 (repeatable)",
  }),
  only: option({
    type: "string",
    multiple: true,
    form: "    --only AXIS=KEY",
    says: "of an axis of the pipeline this entry alone: story=waiting (repeatable)",
  }),
  draft: option({
    type: "boolean",
    form: "    --draft",
    says: "quick and small, for while you write: output/<niche>/draft/…",
  }),
  json: option({
    type: "boolean",
    form: "    --json",
    says: "print the build's events, one JSON object a line",
  }),
  verbose: option({
    type: "boolean",
    form: "    --verbose",
    says: "say more: what was fresh, and every reason",
  }),
  profile: option({
    type: "string",
    form: "    --profile FILE",
    says: "write where the time went, for Perfetto or chrome://tracing",
  }),
  count: option({
    type: "string",
    short: "c",
    form: "-c, --count N",
    says: "generate: write so many scripts, 1 to 10 (1)",
  }),
  topic: option({
    type: "string",
    form: "    --topic TEXT",
    says: "generate: what they are about (the niche's topics, else its name)",
  }),
  script: option({
    type: "string",
    short: "s",
    multiple: true,
    form: "-s, --script PATH",
    says: "generate: take this script instead of writing one (repeatable)",
  }),
  platform: option({
    type: "string",
    short: "p",
    multiple: true,
    form: "-p, --platform NAME",
    says: "generate: for this platform alone (repeatable)",
  }),
  enhance: option({
    type: "boolean",
    short: "e",
    form: "-e, --enhance",
    says: "generate: have narrations and prompts worked over (--set enhance=true)",
  }),
  thumbnails: option({
    type: "boolean",
    short: "t",
    form: "-t, --thumbnails",
    says: "generate: with thumbnails (--set thumbnails=true)",
  }),
  subtitles: option({
    type: "boolean",
    form: "    --subtitles",
    says: "generate: with subtitles (--set subtitles=true)",
  }),
  music: option({
    type: "string",
    short: "m",
    form: "-m, --music PATH",
    says: "generate: this music under the films (--set project.music=/…)",
  }),
  "test-connections": option({
    type: "boolean",
    form: "    --test-connections",
    says: "validate: ask each provider whether it answers (needs the network)",
  }),
  format: option({
    type: "string",
    form: "    --format FORMAT",
    says: "graph: mermaid (if not given), dot or json",
  }),
  outputs: option({
    type: "boolean",
    form: "    --outputs",
    says: "graph: every output, not only the targets",
  }),
  "max-size": option({
    type: "string",
    form: "    --max-size SIZE",
    says: "gc: what the cache may hold, such as 20GB (as configured)",
  }),
  "max-age": option({
    type: "string",
    form: "    --max-age AGE",
    says: "gc: how long what nobody uses stays, such as 30d (as configured)",
  }),
  all: option({
    type: "boolean",
    form: "    --all",
    says: "gc: also what present outputs could be restored from",
  }),
  paid: option({ type: "boolean", form: "    --paid", says: "gc: also what was paid for, or made by hand" }),
  help: option({ type: "boolean", short: "h", form: "-h, --help", says: "print this" }),
  version: option({ type: "boolean", form: "    --version", says: "print the version" }),
} as const;

export type OptionName = keyof typeof OPTIONS;
