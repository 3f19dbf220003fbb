/** Runs a `run:` command in a scratch folder that holds its declared inputs and nothing else. */
import type { ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { getSystemErrorName } from "node:util";
import { Failure } from "../base/failure.ts";
import { copyFile } from "../store/files.ts";
import type { Command } from "./evaluate.ts";
import { noteGroup } from "./orphans.ts";
import type { ResolvedSlot } from "./resolve.ts";

/** What a command sees of the environment: enough to find programs, and no secret. */
const ENVIRONMENT = ["PATH", "HOME", "SystemRoot", "TMPDIR", "TEMP", "TMP"];
const TAIL_LINES = 20;

/** @throws Failure with the command and the last lines it printed. */
export async function runCommand(
  command: Command,
  slots: readonly ResolvedSlot[],
  scratch: string,
  outputs: readonly string[],
  { signal, kill }: { readonly signal: AbortSignal; readonly kill: AbortSignal },
): Promise<void> {
  for (const file of slots.flatMap((slot) => slot.files)) {
    const to = join(scratch, file.scratch);
    mkdirSync(dirname(to), { recursive: true });
    copyFile(file.path, to);
  }
  for (const output of outputs) mkdirSync(dirname(join(scratch, output)), { recursive: true });
  const { $ } = await import("zx");
  const env: NodeJS.ProcessEnv = { LC_ALL: "C.UTF-8" };
  for (const name of ENVIRONMENT) if (process.env[name] !== undefined) env[name] = process.env[name];
  const run = $({
    cwd: scratch,
    env,
    signal,
    // A process group of its own, so that an interrupt ends what the command started too.
    detached: process.platform !== "win32",
    quiet: true,
    nothrow: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  // zx takes a tagged template's parts: the fixed texts as they are, and each word between them quoted.
  const texts = Object.assign([...command.texts], {
    raw: [...command.texts],
  }) as unknown as TemplateStringsArray;
  const words = command.words.map((word) => (typeof word === "string" ? word : [...word]));
  const child = run(texts, ...words);
  const end = () => killGroup(child.pid);
  kill.addEventListener("abort", end, { once: true });
  endWithShell(child.child, end);
  const forget = noteGroup(scratch, child.pid);
  const result = await child;
  forget();
  kill.removeEventListener("abort", end);
  signal.throwIfAborted();
  if (result.exitCode === 0) return;
  if (result.exitCode !== null && result.exitCode < 0) throw notStarted(result.exitCode);
  const ended = result.signal === null ? `with exit code ${result.exitCode}` : `by ${result.signal}`;
  const printed = `${result.stdout}${result.stderr}`.trimEnd().split("\n").slice(-TAIL_LINES);
  const lines =
    printed.length === 1 && printed[0] === "" ? "" : `\n${printed.map((line) => `  ${line}`).join("\n")}`;
  throw new Failure(`the command ended ${ended}: ${sayCommand(command)}${lines}`);
}

/** After a process that its parents have left, and that holds our pipe, is let go. Milliseconds. */
const LET_GO_MS = 1_000;

/** The shell's end is the command's: what it leaves in its group is ended, or it could still write into scratch. */
function endWithShell(shell: ChildProcess | undefined, end: () => void): void {
  shell?.once("exit", () => {
    end();
    // Out of the group one can hold our pipes open for ever; what the others printed is read long before.
    const letGo = setTimeout(() => {
      shell.stdout?.destroy();
      shell.stderr?.destroy();
    }, LET_GO_MS);
    shell.once("close", () => clearTimeout(letGo));
  });
}

/** Where there is no process at all, zx tells the system's error as an exit code. */
function notStarted(errno: number): Error {
  const code = getSystemErrorName(errno);
  return Object.assign(new Error(`the shell could not be started: ${code}`), { code, syscall: "spawn" });
}

/** For a command that does not heed SIGTERM. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** As the shell ran it, but for the quotes. */
export function sayCommand({ texts, words }: Command): string {
  const said = texts.map((text, i) => {
    const word = words[i];
    return word === undefined ? text : `${text}${typeof word === "string" ? word : word.join(" ")}`;
  });
  return said.join("").trim();
}
