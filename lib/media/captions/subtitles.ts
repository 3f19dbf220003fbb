/** Writes a film's subtitles, as SubRip and as WebVTT: what is said in all of its scenes, and when in the film. */
import type { WordMark } from "../../model/word-mark.ts";
import type { ReelScene } from "../reel.ts";
import { SAMPLE_RATE } from "../timeline.ts";
import { paginate } from "./pages.ts";
import { columnsOf, type Unit, unitsOf } from "./units.ts";

/** A narration, or that part of it which is heard in this film. */
export interface HeardScene {
  readonly words: readonly WordMark[];
  readonly voice: ReelScene["voice"];
}

export interface Cue {
  /** Milliseconds from the film's start. */
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/** What television allows: 42 characters in two lines (Netflix' and the BBC's guides for subtitles have 42 and 37). */
const RULES = { words: null, lines: 2, columns: 42, width: Infinity };
/** A cue stays so long after its last word, where the next one does not come before. Milliseconds. */
const LINGER = 250;
/** Where the next one comes within so long, it stays until then. Milliseconds. */
const BRIDGE = 500;
/** As short as a cue may be where there is room after it: five sixths of a second, as in Netflix' guide. */
const SHORTEST = 833;

/** In order and without overlap. `length`: of the film, in milliseconds. */
export function cuesOf(scenes: readonly HeardScene[], length: number): Cue[] {
  const pages = scenes.flatMap(pagesOf);
  let before = -1;
  const starts = pages.map(({ start }) => {
    before = Math.max(before + 1, start);
    return before;
  });
  return pages.flatMap(({ end, lines }, i) => {
    const start = starts[i]!;
    const next = starts[i + 1] ?? Infinity;
    const gone = next - end < BRIDGE ? next : Math.max(end + LINGER, start + SHORTEST);
    const cue = { start, end: Math.min(Math.max(gone, start + 1), next, length), lines };
    return cue.start < cue.end ? [cue] : [];
  });
}

function pagesOf(scene: HeardScene): Cue[] {
  const units = unitsOf(heardWords(scene));
  const pages = paginate(
    units.map(({ text, spaced, ending, leaning, start, end }) => {
      const gap = { columns: spaced ? 1 : 0, width: 0 };
      return { columns: columnsOf(text), width: 0, gap, ending, leaning, start, end };
    }),
    RULES,
  );
  const { at, from } = scene.voice;
  const inFilm = (seconds: number) => Math.round(((at - from) / SAMPLE_RATE + seconds) * 1000);
  return pages.map((page) => ({
    start: inFilm(units[page[0].from]!.start),
    end: inFilm(units[page.at(-1)!.to - 1]!.end),
    lines: page.map((line) => readLine(units.slice(line.from, line.to))),
  }));
}

/** A narration is cut between words: the one that a word's middle is in has it. */
function heardWords({ words, voice: { from, samples, whole } }: HeardScene): WordMark[] {
  const least = from === 0 ? -Infinity : from;
  const greatest = from + samples >= whole ? Infinity : from + samples;
  return words.filter(({ start, end }) => {
    const middle = ((start + end) / 2) * SAMPLE_RATE;
    return least <= middle && middle < greatest;
  });
}

function readLine(units: readonly Unit[]): string {
  return units.map(({ text, spaced }, i) => (i > 0 && spaced ? ` ${text}` : text)).join("");
}

/** SubRip has no standard; this is what all players read. A film without a word is a file with an empty line. */
export function writeSrt(cues: readonly Cue[]): string {
  const blocks = cues.map(
    ({ start, end, lines }, i) =>
      `${i + 1}\n${clock(start, ",")} --> ${clock(end, ",")}\n${lines.join("\n")}\n`,
  );
  return blocks.length === 0 ? "\n" : blocks.join("\n");
}

/** https://www.w3.org/TR/webvtt1/ */
export function writeVtt(cues: readonly Cue[]): string {
  const blocks = cues.map(
    ({ start, end, lines }) =>
      `${clock(start, ".")} --> ${clock(end, ".")}\n${lines.map(escaped).join("\n")}\n`,
  );
  return ["WEBVTT\n", ...blocks].join("\n");
}

const escaped = (line: string) =>
  line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** HH:MM:SS, and three digits after `point`. */
function clock(milliseconds: number, point: string): string {
  const digits = (value: number, count: number) => String(Math.floor(value)).padStart(count, "0");
  const [hours, minutes, seconds] = [
    milliseconds / 3_600_000,
    (milliseconds / 60_000) % 60,
    (milliseconds / 1000) % 60,
  ];
  return `${digits(hours, 2)}:${digits(minutes, 2)}:${digits(seconds, 2)}${point}${digits(milliseconds % 1000, 3)}`;
}
