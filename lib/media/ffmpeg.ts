/** Finds ffmpeg, and is the one way to run it. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import type { FfmpegCommand } from "fluent-ffmpeg";
import { Failure } from "../base/failure.ts";
import { type FfmpegLocation, locateFfmpeg } from "./locate.ts";

export { type FfmpegLocation, locateFfmpeg } from "./locate.ts";

export interface Ffmpeg extends FfmpegLocation {
  /** First line of `ffmpeg -version` up to the copyright: part of every key that it can change. */
  readonly identity: string;
}

/** Finds ffmpeg as `locateFfmpeg` does and asks it for its version. A program that is no ffmpeg is a Failure. */
export async function findFfmpeg(env: NodeJS.ProcessEnv): Promise<Ffmpeg> {
  const location = locateFfmpeg(env);
  const [identity] = await Promise.all([
    firstLine(location.path, "ffmpeg"),
    firstLine(location.probePath, "ffprobe"),
  ]);
  return { ...location, identity };
}

async function firstLine(path: string, program: string): Promise<string> {
  const { $ } = await import("zx/core");
  const { stdout, exitCode } = await $({
    quiet: true,
    nothrow: true,
    timeout: "20s",
  })`${path} -hide_banner -version`;
  const line = (stdout.split(/\r?\n/)[0] ?? "").replace(/ Copyright .*$/, "");
  if (exitCode === 0 && line.startsWith(`${program} version `)) return line;
  throw new Failure(`${path} is no ${program}: its -version says '${line}' (exit code ${exitCode}).`, {
    code: "config.environment",
    help: `Set FACELESS_${program.toUpperCase()} to the full path of a real ${program}.`,
  });
}

export interface FfmpegRun {
  /** For the message of a failure, after "ffmpeg failed while": "encoding scene 3". */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
  /** Called about twice a second with the number of video frames done. */
  readonly onProgress?: ((frame: number) => void) | undefined;
  /** The command's first input. It is destroyed when ffmpeg ends before it. */
  readonly input?: Readable | undefined;
  /** Called with each line that ffmpeg logs. Raises the log level to info, which is where measurements are. */
  readonly onLog?: ((line: string) => void) | undefined;
}

/**
 * Runs ffmpeg once; `configure` adds inputs, options and outputs. Options are given as separate strings,
 * `.outputOptions("-crf", "20")`: fluent-ffmpeg splits a lone "a b" at its space. Resolves when the process and
 * its pipes have closed. Rejects with the signal's reason after an abort, with the input's own error if that was
 * the cause, else with a Failure that has ffmpeg's last words and the command; never while the process lives.
 */
export async function runFfmpeg(
  ffmpeg: FfmpegLocation,
  run: FfmpegRun,
  configure: (command: FfmpegCommand) => void,
): Promise<void> {
  run.signal?.throwIfAborted();
  const { default: createCommand } = await import("fluent-ffmpeg");
  run.signal?.throwIfAborted();
  const command = createCommand({ stdoutLines: 1 });
  if (run.input !== undefined) command.input(run.input);
  configure(command);
  const globals = globalOptions(run);
  const job = own(command, ffmpeg.path, globals);
  const said: string[] = [];
  command.on("stderr", (line: string) => hear(line, said, run));
  // No SIGTERM first: ffmpeg would try to finish a file that nobody wants, and waits for its input with that.
  const abort = () => job.child?.kill("SIGKILL");
  run.signal?.addEventListener("abort", abort);
  command.on("start", () => run.signal?.aborted && abort());
  try {
    const ended = outcome(command);
    command.run();
    const error = await ended;
    // Of an input that failed, ffmpeg would wait for more.
    if (error !== undefined) abort();
    await job.closed();
    run.signal?.throwIfAborted();
    if (error !== undefined) throw failure(error, said, run, [ffmpeg.path, ...command._getArguments()]);
  } finally {
    run.signal?.removeEventListener("abort", abort);
    run.input?.destroy();
  }
}

/** A pipe that nobody feeds must not be waited for; progress goes where the log goes, as `key=value` lines. */
function globalOptions(run: FfmpegRun): string[] {
  const level = run.onLog === undefined ? "level+error" : "level+info";
  return [
    "-hide_banner",
    ...(run.input === undefined ? ["-nostdin"] : []),
    ...["-loglevel", level, "-nostats"],
    ...(run.onProgress === undefined ? [] : ["-progress", "pipe:2"]),
  ];
}

/** fluent-ffmpeg 2.1.3's parts that its types leave out; see `own`. */
interface Internals {
  _getFfmpegPath(done: (error: null, path: string) => void): void;
  _checkCapabilities(done: (error: null) => void): void;
  availableEncoders(done: (error: null, encoders: object) => void): void;
  _getArguments(): string[];
  _spawnFfmpeg(args: string[], options: object, onSpawn: OnSpawn, onEnd: OnEnd): void;
}
type Lines = { get(): string };
type OnSpawn = (child: ChildProcess, stdout: Lines, stderr: Lines) => void;
type OnEnd = (error: Error | null, stdout?: Lines, stderr?: Lines) => void;

/**
 * Ties one command to one ffmpeg. As it comes, fluent-ffmpeg remembers one path for the whole process, runs
 * `ffmpeg -formats` and `-encoders` before the first command (about 0.1 s of CPU in each worker) only to word an
 * error that ffmpeg words itself, and throws an uncaught TypeError when the program cannot be started.
 */
function own(command: FfmpegCommand, path: string, globals: readonly string[]) {
  const internals = command as unknown as Internals;
  const job = { child: undefined as ChildProcess | undefined, closed: async (): Promise<void> => {} };
  const { _getArguments: givenArguments, _spawnFfmpeg: spawn } = internals;
  const nothing: Lines = { get: () => "" };
  Object.assign(internals, {
    _getFfmpegPath: (done) => done(null, path),
    _checkCapabilities: (done) => done(null),
    availableEncoders: (done) => done(null, {}),
    _getArguments: () => [...globals, ...givenArguments.call(command)],
    _spawnFfmpeg(args, options, onSpawn, onEnd) {
      const watch: OnSpawn = (child, stdout, stderr) => {
        job.child = child;
        // Its "end" may come before the last of stdout; "close" comes after both, also if it never started.
        const closed = once(child, "close").catch(() => {});
        job.closed = async () => void (await closed);
        onSpawn(child, stdout, stderr);
      };
      const end: OnEnd = (error, stdout = nothing, stderr = nothing) => onEnd(error, stdout, stderr);
      spawn.call(command, args, options, watch, end);
    },
  } satisfies Internals);
  return job;
}

function outcome(command: FfmpegCommand): Promise<Error | undefined> {
  return new Promise((resolve) => {
    command.on("end", () => resolve(undefined));
    command.on("error", (error: Error) => resolve(error));
  });
}

const PROGRESS =
  /^(frame|fps|stream_\w+|bitrate|total_size|out_time\w*|dup_frames|drop_frames|speed|progress)=\s*(.*)$/;
const GRAVE: ReadonlySet<string> = new Set(["panic", "fatal", "error"]);
const LINES_KEPT = 40;

function hear(line: string, said: string[], run: FfmpegRun): void {
  const progress = PROGRESS.exec(line);
  if (progress !== null) {
    if (progress[1] === "frame") run.onProgress?.(Number(progress[2]));
    return;
  }
  // "level+" in the log level has each line say how grave it is.
  const [tag, level] = /\[(quiet|panic|fatal|error|warning|info|verbose|debug|trace)\] /.exec(line) ?? [
    "",
    "none",
  ];
  const words = line.replace(tag, "");
  run.onLog?.(words);
  if (words.trim() === "" || (run.onLog !== undefined && !GRAVE.has(level))) return;
  said.push(words.trim());
  if (said.length > LINES_KEPT) said.shift();
}

const LINES_SHOWN = 4;

function failure(error: Error, said: readonly string[], run: FfmpegRun, command: readonly string[]): Error {
  if ("inputStreamError" in error && error.inputStreamError instanceof Error) return error.inputStreamError;
  const meaningful = said.filter((line) => line !== "Conversion failed!");
  const words = meaningful.length > 0 ? meaningful.slice(-LINES_SHOWN).join("; ") : error.message;
  return new Failure(`ffmpeg failed while ${run.what}: ${words}`, {
    code: "media.ffmpeg",
    help: `The command was: ${command.map(shellWord).join(" ")}`,
    cause: error,
  });
}

/** So that the command can be pasted into a shell. */
function shellWord(word: string): string {
  return /^[\w./:=,+@%-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
