/** Finds the ffmpeg and ffprobe programs without running them: the environment's, the system's, npm's. */
import { accessSync, chmodSync, constants, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "../base/failure.ts";

export interface FfmpegLocation {
  /** Absolute paths of the two programs. */
  readonly path: string;
  readonly probePath: string;
}

/**
 * ffmpeg is `FACELESS_FFMPEG`, else the first on `PATH`, else the one of the optional npm package
 * `@ffmpeg-installer/ffmpeg`. ffprobe is `FACELESS_FFPROBE`, else the one beside that ffmpeg, else the first on
 * `PATH`, else npm's (it only inspects, so it need not be of the same version). What a variable names must be
 * there: a mistyped path is a Failure and never the next best program.
 */
export function locateFfmpeg(env: NodeJS.ProcessEnv): FfmpegLocation {
  const path = named(env, "FACELESS_FFMPEG") ?? onPath(env, "ffmpeg") ?? ofNpm("ffmpeg");
  if (path === undefined) throw notFound("ffmpeg", env);
  const beside = join(dirname(path), fileName("ffprobe"));
  const probePath =
    named(env, "FACELESS_FFPROBE") ??
    (isProgram(beside) ? beside : undefined) ??
    onPath(env, "ffprobe") ??
    ofNpm("ffprobe");
  if (probePath === undefined) throw notFound("ffprobe", env);
  return { path, probePath };
}

function named(env: NodeJS.ProcessEnv, variable: string): string | undefined {
  const value = env[variable];
  if (value === undefined || value === "") return undefined;
  const path = resolve(value);
  if (isProgram(path)) return path;
  throw new Failure(`${variable} is '${value}', which is no program that can be run.`, {
    code: "config.environment",
    help: `Set ${variable} to the full path of the program, or unset it to use the system's.`,
  });
}

function onPath(env: NodeJS.ProcessEnv, program: string): string | undefined {
  return (env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => resolve(folder, fileName(program)))
    .find(isProgram);
}

function ofNpm(program: string): string | undefined {
  const own = createRequire(import.meta.url);
  let path: string;
  try {
    // Asked through the wrapper package, since only that one is ours: a strict node_modules hides the rest.
    const wrapper = createRequire(own.resolve(`@${program}-installer/${program}/package.json`));
    path = wrapper.resolve(`@${program}-installer/${process.platform}-${process.arch}/${fileName(program)}`);
  } catch {
    return undefined;
  }
  if (!isProgram(path)) makeRunnable(path);
  return path;
}

/** The tarballs hold the programs without the exec bit: an install script sets it, if npm was let run it. */
function makeRunnable(path: string): void {
  try {
    chmodSync(path, 0o755);
  } catch (cause) {
    throw new Failure(`${path} has no permission to be run, and it cannot be given.`, {
      code: "config.environment",
      help: `Run 'chmod 755 ${path}' as the owner of the file, or install ffmpeg on the system.`,
      cause,
    });
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function fileName(program: string): string {
  return process.platform === "win32" ? `${program}.exe` : program;
}

function notFound(program: string, env: NodeJS.ProcessEnv): Failure {
  const here = dirname(fileURLToPath(import.meta.url));
  return new Failure(
    `${program} was not found: not in FACELESS_${program.toUpperCase()} (not set), not on PATH (${env.PATH ?? "not set"}), ` +
      `and no '@${program}-installer/${program}' for ${process.platform}-${process.arch} in the node_modules above ${here}.`,
    {
      code: "config.environment",
      help:
        `Install ffmpeg (for example 'apt-get install ffmpeg' or 'brew install ffmpeg'), or run ` +
        `'npm install --include=optional', or set FACELESS_${program.toUpperCase()} to the program's full path.`,
    },
  );
}
