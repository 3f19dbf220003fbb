#!/usr/bin/env node
/** The program: the only place that reads the command line, listens to signals and ends the process. */
import { setMaxListeners } from "node:events";
import module from "node:module";
import { resolve } from "node:path";
import { type Command, type Options, parseCommand } from "./args.ts";
import type { Terminal, World } from "./terminal.ts";
import { usage } from "./usage.ts";

/** Since Node 22.8; start-up is faster with it, and the same without. */
(module as { enableCompileCache?: () => void }).enableCompileCache?.();

const terminal: Terminal = {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  stdout: process.stdout,
  interactive: process.stdout.isTTY === true && process.env.CI === undefined && process.env.TERM !== "dumb",
  stderrIsTerminal: process.stderr.isTTY === true,
  color: process.env.NO_COLOR === undefined || process.env.NO_COLOR === "",
};

/** A reader that has seen enough (`faceless build | head`) is no error of ours. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

/** The first Ctrl-C stops, the second one kills; a third does not wait for anything. */
function interrupts(): { stop: AbortSignal; kill: AbortSignal } {
  const stop = new AbortController();
  const kill = new AbortController();
  // Everything that runs listens to them, so many listeners are no leak.
  setMaxListeners(0, stop.signal, kill.signal);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (kill.signal.aborted) process.exit(130);
      (stop.signal.aborted ? kill : stop).abort();
    });
  }
  return { stop: stop.signal, kill: kill.signal };
}

function world(): World {
  const signals = interrupts();
  const ask = async (question: string) => {
    const { askYesOrNo } = await import("./ask.ts");
    return await askYesOrNo(question, process.stdin, process.stdout, signals.stop);
  };
  const answers = terminal.interactive && process.stdin.isTTY === true;
  return { terminal, cwd: process.cwd(), env: process.env, ...signals, ask: answers ? ask : undefined };
}

/** With the `.env` of every content repo that the words of the command line can mean. */
async function environmentAround(words: readonly string[]): Promise<NodeJS.ProcessEnv> {
  const { findRoot, loadEnvironment } = await import("../config/root.ts");
  const roots = ["", ...words].flatMap((word) => findRoot(resolve(word)) ?? []);
  return Object.assign({}, ...roots.map((root) => loadEnvironment(root, {})), process.env);
}

type Run = (options: Options, world: World) => Promise<number>;

/** Each loads its own code alone. */
const COMMANDS: Record<Extract<Command, { options: Options }>["kind"], () => Promise<Run>> = {
  build: async () => (await import("./build.ts")).buildCommand,
  watch: async () => (await import("./watch.ts")).watchCommand,
  generate: async () => (await import("./generate.ts")).generateCommand,
  init: async () => (await import("./init.ts")).initCommand,
  validate: async () => (await import("./validate.ts")).validateCommand,
  info: async () => (await import("./info.ts")).infoCommand,
  why: async () => (await import("./why.ts")).whyCommand,
  status: async () => (await import("./status.ts")).statusCommand,
  costs: async () => (await import("./costs.ts")).costsCommand,
  graph: async () => (await import("./graph.ts")).graphCommand,
  accept: async () => (await import("./accept.ts")).acceptCommand,
  clean: async () => (await import("./clean.ts")).cleanCommand,
  gc: async () => (await import("./gc.ts")).gcCommand,
  pin: async () => (await import("./pin.ts")).pinCommand,
  unpin: async () => (await import("./pin.ts")).unpinCommand,
};

async function main(): Promise<number> {
  const command = parseCommand(process.argv.slice(2));
  switch (command.kind) {
    case "help":
      terminal.out(usage());
      return 0;
    case "version": {
      const { version } = await import("./version.ts");
      terminal.out(`${version()}\n`);
      return 0;
    }
    case "schema": {
      const { schemaText } = await import("./schema.ts");
      terminal.out(schemaText(command.name));
      return 0;
    }
    default: {
      const run = await COMMANDS[command.kind]();
      return await run(command.options, world());
    }
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const { problemOf } = await import("../engine/problem.ts");
  const { sayComplaint } = await import("../report/sentences.ts");
  const { FAILURES } = await import("../base/failure.ts");
  const { hideSecrets } = await import("../base/secrets.ts");
  const problem = problemOf(error);
  terminal.error(hideSecrets(await environmentAround(process.argv.slice(2)))(sayComplaint(problem)));
  process.exitCode = FAILURES[problem.code].exit;
}
