/** Runs a `run:` command in a scratch folder that holds its declared inputs and nothing else. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Writable } from "node:stream";
import { getSystemErrorName } from "node:util";
import type { ProcessOutput } from "zx/core";
import { Failure } from "../base/failure.ts";
import { copyFile } from "../store/files.ts";
import type { Command } from "./evaluate.ts";
import { noteGroup } from "./orphans.ts";
import type { ResolvedSlot } from "./resolve.ts";

/** What a command sees of the environment: enough to find programs, and no secret. */
const ENVIRONMENT = ["PATH", "HOME", "SystemRoot", "TMPDIR", "TEMP", "TMP"];
const TAIL_LINES = 20;
/** Of a command in a message: most is the names of its inputs. Characters. */
const MOST_SAID = 1_000;

/**
 * The shell reads its script from a pipe. So there is no script without the note of who runs it: killed before that is
 * written, the build leaves a shell that finds its pipe closed. And a script may be longer than an argument of a program
 * (128 KiB on Linux). Not its standard input: a shell that finds a socket there reads ~/.bashrc, as for rsh.
 */
const LOADER = `IFS= read -rd '' __script <&3 || exit; exec 3<&-; eval "$__script"`;

/** @throws Failure with the command and the last lines it printed. */
export async function runCommand(
  command: Command,
  slots: readonly ResolvedSlot[],
  scratch: string,
  outputs: readonly string[],
  { signal, kill }: { readonly signal: AbortSignal; readonly kill: AbortSignal },
): Promise<void> {
  fillFolder(scratch, slots, outputs);
  const { $ } = await import("zx/core");
  let forget = () => {};
  const run = $({
    cwd: scratch,
    env: environment(),
    signal,
    // A process group of its own, so that an interrupt ends what the command started too.
    detached: process.platform !== "win32",
    quiet: true,
    nothrow: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    spawn: ((script: string, args: readonly string[], options: SpawnOptions) => {
      const shell = spawn(LOADER, args, options);
      forget = noteGroup(scratch, shell.pid);
      // A shell that has ended already reads nothing, and how it ended tells why. Where there are too few open files for
      // its pipes, Node has made none: there is no `stdio`, whatever its types say.
      const pipe = (shell.stdio as readonly unknown[] | undefined)?.[3] as Writable | undefined;
      pipe?.on("error", () => {}).end(`${script}\0`);
      return shell;
    }) as typeof spawn,
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
  const result = await child;
  forget();
  kill.removeEventListener("abort", end);
  signal.throwIfAborted();
  if (result.exitCode !== 0) throw failureOf(command, result);
}

function fillFolder(scratch: string, slots: readonly ResolvedSlot[], outputs: readonly string[]): void {
  const files = slots.flatMap((slot) => slot.files);
  const folders = [...files.map((file) => file.scratch), ...outputs].map((path) => dirname(path));
  for (const folder of new Set(folders)) mkdirSync(join(scratch, folder), { recursive: true });
  for (const file of files) copyFile(file.path, join(scratch, file.scratch));
}

function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { LC_ALL: "C.UTF-8" };
  for (const name of ENVIRONMENT) if (process.env[name] !== undefined) env[name] = process.env[name];
  return env;
}

function failureOf(command: Command, result: ProcessOutput): unknown {
  const error = whyNotStarted(result);
  if (error !== undefined) return error;
  const ended = result.signal === null ? `with exit code ${result.exitCode}` : `by ${result.signal}`;
  const printed = `${result.stdout}${result.stderr}`.trimEnd().split("\n").slice(-TAIL_LINES);
  const lines =
    printed.length === 1 && printed[0] === "" ? "" : `\n${printed.map((line) => `  ${line}`).join("\n")}`;
  return new Failure(`the command ended ${ended}: ${sayCommand(command)}${lines}`);
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

/** Where there is no process at all, zx tells the system's error as an exit code, or as the cause without one. */
function whyNotStarted({ exitCode, signal, cause }: ProcessOutput): unknown {
  if (exitCode === null && signal === null)
    return isOfSystem(cause) ? notStarted(cause.errno) : (cause ?? new Error("BUG: a shell without an end"));
  return exitCode !== null && exitCode < 0 ? notStarted(exitCode) : undefined;
}

function isOfSystem(error: unknown): error is { readonly errno: number } {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).errno === "number";
}

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
  const whole = said.join("").trim();
  if (whole.length <= MOST_SAID) return whole;
  // Not in the middle of a character.
  const begin = whole.slice(0, MOST_SAID).replace(/[\ud800-\udbff]$/, "");
  return `${begin}… (${whole.length} characters)`;
}
