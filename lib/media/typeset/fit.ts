/** Finds the largest type in which a text fits a box, and its lines: all from widths measured once. */
import { isFunctionWord } from "../stop-words.ts";
import { breakLines, joined, leans, type Unit } from "./lines.ts";

export interface FitOptions {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Most lines. */
  readonly lines: number;
  /** Largest type, pixels to the em. */
  readonly largest: number;
  /** Of a line above its baseline and below, and between a line and the next: in ems. */
  readonly ascent: number;
  readonly descent: number;
  readonly gap: number;
}

export interface FittedLine {
  readonly units: readonly Unit[];
  /** Pixels to the em. */
  readonly size: number;
}

interface Candidate {
  readonly lines: readonly FittedLine[];
  /** To be compared with that of others. */
  readonly worth: number;
}

/** `measure`: a text's width in ems. All lines in one size; none for no units. */
export function fitText(
  units: readonly Unit[],
  measure: (text: string) => number,
  options: FitOptions,
): readonly FittedLine[] {
  return best(units, measure, options, (lines, widths) => {
    const tall = lines.length * (options.ascent + options.descent + options.gap) - options.gap;
    const widest = Math.max(...widths);
    const size = Math.floor(Math.min(options.largest, options.width / widest, options.height / tall));
    return { lines: lines.map((line) => ({ units: line, size })), worth: size * LEANING ** badEnds(lines) };
  });
}

/** What is left of a block's worth with each line that ends in a word that leans on the next. */
const LEANING = 0.92;

function badEnds(lines: readonly (readonly Unit[])[]): number {
  return lines.slice(0, -1).filter((line) => leans(line.at(-1)!)).length;
}

/** No line is more than so many times as large as another: it would be read alone. */
const CONTRAST = 2.2;
/** What is left of a block's worth with each line that has no word that says something. */
const HOLLOW = 0.6;
/** Words of a stack at most: the ways to break it double with each. A longer text is set in even lines. */
const STACKED = 11;

/** As `fitText`, each line as large as fills the width: a block with straight sides, short lines standing out. */
export function fitStack(
  units: readonly Unit[],
  measure: (text: string) => number,
  options: FitOptions,
): readonly FittedLine[] {
  if (units.length > STACKED) return fitText(units, measure, options);
  const known = new Map<string, number>();
  const widthOf = (line: readonly Unit[]) => {
    const text = joined(line);
    const width = known.get(text) ?? measure(text);
    known.set(text, width);
    return width;
  };
  let found: Candidate = { lines: [], worth: 0 };
  for (const lines of waysToBreak(units)) {
    if (lines.length > options.lines) continue;
    const candidate = stack(lines, lines.map(widthOf), options);
    if (candidate.worth > found.worth) found = candidate;
  }
  return found.lines;
}

/** What is read best at a glance covers most: the worth is in the area of the letters that say something. */
function stack(
  lines: readonly (readonly Unit[])[],
  widths: readonly number[],
  { width, height, largest, ascent, descent, gap }: FitOptions,
): Candidate {
  const least = width / Math.max(...widths);
  const sizes = widths.map((own) => Math.min(largest, width / own, least * CONTRAST));
  const tall = sizes.reduce((sum, size) => sum + size * (ascent + descent + gap), 0) - sizes.at(-1)! * gap;
  const scale = Math.min(1, height / tall);
  const worth = lines.reduce((sum, _, index) => {
    const filled = (sizes[index]! * widths[index]!) / width;
    return sum + (sizes[index]! * scale) ** 2 * widths[index]! * filled ** 3;
  }, 0);
  const hollow = lines.filter((line) => line.every(({ text }) => isFunctionWord(text))).length;
  return {
    lines: lines.map((line, index) => ({ units: line, size: Math.floor(sizes[index]! * scale) })),
    worth: worth * HOLLOW ** hollow * LEANING ** badEnds(lines),
  };
}

/** All of them: between two neighbours a line ends or not. */
function* waysToBreak(units: readonly Unit[]): Generator<(readonly Unit[])[]> {
  for (let mask = 0; mask < 2 ** (units.length - 1); mask++) {
    const lines: Unit[][] = [];
    for (const [index, unit] of units.entries()) {
      if (index === 0 || mask & (1 << (index - 1))) lines.push([unit]);
      else lines.at(-1)!.push(unit);
    }
    yield lines;
  }
}

/** A line more has to be worth it: a share of what fewer give. */
const WORTH = 1.12;

function best(
  units: readonly Unit[],
  measure: (text: string) => number,
  { lines: most }: FitOptions,
  setAs: (lines: readonly (readonly Unit[])[], widths: readonly number[]) => Candidate,
): readonly FittedLine[] {
  const widths = units.map(({ text }) => measure(text));
  const space = measure("n n") - measure("nn");
  let found: Candidate = { lines: [], worth: 0 };
  for (let count = 1; count <= Math.min(most, units.length); count++) {
    const lines = breakLines(units, widths, space, count)!;
    const candidate = setAs(
      lines,
      lines.map((line) => measure(joined(line))),
    );
    if (candidate.worth > found.worth * WORTH) found = candidate;
  }
  return found.lines;
}
