/** Units → pages of lines: what is seen together, broken where the sentences breathe. Pure. */
import type { Ending } from "./units.ts";

/** What paging has to know of a unit. */
export interface Chunk {
  readonly columns: number;
  /** How wide it is, in any measure: the rules' `width` is in the same. */
  readonly width: number;
  /** Of the space before it; 0 if nothing parts it from the unit before. Columns, and width. */
  readonly gap: { readonly columns: number; readonly width: number };
  readonly ending: Ending;
  readonly leaning: boolean;
  /** Seconds. */
  readonly start: number;
  readonly end: number;
}

export interface PageRules {
  /** At most so many units on a page; null for any number. */
  readonly words: number | null;
  readonly lines: number;
  /** Of a line, at most. */
  readonly columns: number;
  readonly width: number;
}

/** Units `from` to before `to`. */
export interface Line {
  readonly from: number;
  readonly to: number;
}

export type Page = readonly [Line, ...Line[]];

/**
 * What is wrong with a page, in units of its own: the pages with the least of it are taken. A page more is worth
 * less than a sentence that runs on from page to page, and that less than a page torn from its rhythm by a pause.
 */
const COST = {
  page: 1,
  /** For what a page ends with. */
  end: { sentence: 0, clause: 0.3, word: 1.2 } satisfies Record<Ending, number>,
  leaning: 0.8,
  /** For each sentence that ends before the page does. */
  sentenceInside: 3,
  /** For each clause that does, where a page has room for a few words alone. */
  clauseInside: 0.8,
  /** For how empty it is, as a square. */
  emptiness: 1,
  /** For each second of a silence inside that is longer than PAUSE. */
  pauseInside: 4,
  /** Where it is gone before it is read. */
  tooBrief: 4,
};

/** Seconds. */
const PAUSE = 0.6;
/** Nobody reads a word in less. Seconds. */
const BRIEFEST = 0.2;

/** All units, in order, each on one page. A unit that fits on no line has a line of its own. */
export function paginate(chunks: readonly Chunk[], rules: PageRules): Page[] {
  const best: { cost: number; from: number; page: Page | undefined }[] = [
    { cost: 0, from: 0, page: undefined },
  ];
  for (let to = 1; to <= chunks.length; to++) {
    let found = { cost: Infinity, from: to - 1, page: undefined as Page | undefined };
    for (let from = to - 1; from >= 0; from--) {
      const lines = from === to - 1 ? oneLine(from, to) : breakLines(chunks, from, to, rules);
      if (lines === undefined) break; // a longer page fits still less
      const cost = best[from]!.cost + pageCost(chunks, from, to, rules);
      if (cost < found.cost) found = { cost, from, page: lines };
    }
    best.push(found);
  }
  const pages: Page[] = [];
  for (let to = chunks.length; to > 0; to = best[to]!.from) pages.unshift(best[to]!.page!);
  return pages;
}

const oneLine = (from: number, to: number): Page => [{ from, to }];

function pageCost(chunks: readonly Chunk[], from: number, to: number, rules: PageRules): number {
  const last = chunks[to - 1]!;
  const isEnd = to === chunks.length;
  let cost = COST.page + (isEnd ? 0 : COST.end[last.ending]);
  if (last.leaning && !isEnd) cost += COST.leaning;
  for (let i = from; i < to - 1; i++) {
    if (chunks[i]!.ending === "sentence") cost += COST.sentenceInside;
    if (chunks[i]!.ending === "clause" && rules.words !== null) cost += COST.clauseInside;
    const silence = chunks[i + 1]!.start - chunks[i]!.end;
    if (silence > PAUSE) cost += COST.pauseInside * silence;
  }
  const room =
    rules.words === null
      ? lineSize(chunks, from, to).columns / (rules.columns * rules.lines)
      : (to - from) / rules.words;
  cost += COST.emptiness * (1 - Math.min(1, room)) ** 2;
  const until = isEnd ? last.end : chunks[to]!.start;
  return until - chunks[from]!.start < BRIEFEST ? cost + COST.tooBrief : cost;
}

function lineSize(chunks: readonly Chunk[], from: number, to: number): { columns: number; width: number } {
  let { columns, width } = chunks[from]!;
  for (let i = from + 1; i < to; i++) {
    columns += chunks[i]!.gap.columns + chunks[i]!.columns;
    width += chunks[i]!.gap.width + chunks[i]!.width;
  }
  return { columns, width };
}

/** In as few lines as they fit in, and of these the best; undefined if the rules have no room for them. */
function breakLines(chunks: readonly Chunk[], from: number, to: number, rules: PageRules): Page | undefined {
  if (rules.words !== null && to - from > rules.words) return undefined;
  if (lineSize(chunks, from, to).columns > (rules.columns + 1) * rules.lines) return undefined;
  for (let lines = 1; lines <= rules.lines; lines++) {
    const found = bestBreak(chunks, from, to, lines, rules);
    if (found !== undefined) return found.page;
  }
  return undefined;
}

function bestBreak(
  chunks: readonly Chunk[],
  from: number,
  to: number,
  lines: number,
  rules: PageRules,
): { cost: number; page: Page } | undefined {
  if (lines === 1) {
    const { columns, width } = lineSize(chunks, from, to);
    if (columns > rules.columns || width > rules.width) return undefined;
    return { cost: (columns / rules.columns) ** 2, page: oneLine(from, to) };
  }
  let best: { cost: number; page: Page } | undefined;
  for (let end = from + 1; end <= to - lines + 1; end++) {
    const first = bestBreak(chunks, from, end, 1, rules);
    if (first === undefined) break;
    const rest = bestBreak(chunks, end, to, lines - 1, rules);
    if (rest === undefined) continue;
    const cost = first.cost + rest.cost + breakCost(chunks[end - 1]!);
    if (best === undefined || cost < best.cost) best = { cost, page: [...first.page, ...rest.page] };
  }
  return best;
}

/** Lines' lengths as squares are least where they are even; a good place to break is worth some of that. */
function breakCost({ ending, leaning }: Chunk): number {
  const place = { sentence: -0.4, clause: -0.15, word: 0 }[ending];
  return leaning ? place + 0.25 : place;
}
