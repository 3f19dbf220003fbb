/** Finds which phones of a spoken sentence belong to which of its words, and so when each word is heard. */
import { PAUSE, type Phone } from "./flite.ts";

export interface Span {
  /** Seconds. */
  readonly start: number;
  readonly end: number;
}

export interface WordTimes {
  /** One for each word, in order, without overlap. */
  readonly spans: readonly Span[];
  /** How far the spoken phones are from the words' own: 0 if they are the same. */
  readonly distance: number;
  /** Indices of words whose times are shared out by length, since their phones were not found again. */
  readonly estimated: readonly number[];
}

/** The vowels of flite's phone set (cmu_us, as in its `us_phoneset`). */
const VOWELS = new Set("aa ae ah ao aw ax axr ay eh er ey ih ix iy ow oy uh uw".split(" "));

const GAP = 1;
/** Of two ways that cost the same, extra phones stand between words rather than within one. */
const EDGE = 0.01;

/** flite pauses between words, hardly ever within one. */
const SPLIT = 1.5;
const VOWEL_CHANGE = 0.6;

/**
 * Vowels reduce in context ("a" is ey alone and ax in a sentence); consonants rarely change. kal has no ah and
 * says aa for it.
 */
function replaceCost(a: string, b: string): number {
  if (a === b || (a === "ah" && b === "aa")) return 0;
  if (VOWELS.has(a) !== VOWELS.has(b)) return 1.6;
  return VOWELS.has(a) ? VOWEL_CHANGE : 0.9;
}

interface Expected {
  readonly name: string;
  readonly word: number;
  readonly first: boolean;
}

interface Heard extends Phone {
  readonly afterPause: boolean;
}

/**
 * Aligns the phones of the sentence with those of its words spoken one by one (global alignment as by Needleman
 * and Wunsch), so that a difference stays where it is: a word expanded another way in context ("Dr." alone is
 * "drive"), a reduced vowel, a linked consonant.
 */
export function timeWords(phones: readonly Phone[], words: readonly (readonly string[])[]): WordTimes {
  const heard = phones.flatMap((phone, i) =>
    phone.name === PAUSE ? [] : [{ ...phone, afterPause: phones[i - 1]?.name === PAUSE }],
  );
  const expected = words.flatMap((names, word) => names.map((name, i) => ({ name, word, first: i === 0 })));
  const { owner, matched, distance } = align(heard, expected);
  const found = words.map((names, word) => {
    const score = matched.reduce((sum, share, i) => sum + (owner[i] === word ? share : 0), 0);
    return names.length > 0 && score * 2 >= names.length;
  });
  const estimated = shareOut(owner, words, found);
  return { spans: spansOf(heard, owner, words.length), distance, estimated };
}

/** For each heard phone: the word it belongs to (ascending), and how well it fits there, 0 to 1. */
function align(heard: readonly Heard[], expected: readonly Expected[]) {
  const width = expected.length + 1;
  const replace = (i: number, j: number) => {
    const misplaced = heard[i]!.afterPause && !expected[j]!.first ? SPLIT : 0;
    return replaceCost(heard[i]!.name, expected[j]!.name) + misplaced;
  };
  const between = (j: number) => j === 0 || j === expected.length || expected[j]!.first;
  const insert = (j: number) => (between(j) ? GAP - EDGE : GAP);
  const cost = costs(heard.length, expected.length, replace, insert);
  /** For each heard phone the index of the expected one; for an extra phone, of the one that follows. */
  const place = new Array<number>(heard.length).fill(0);
  const extra = new Array<boolean>(heard.length).fill(false);
  const matched = new Array<number>(heard.length).fill(0);
  const flawed = new Set<number>();
  let j = expected.length;
  for (let i = heard.length; i > 0 || j > 0; ) {
    const here = cost[i * width + j]!;
    if (i > 0 && j > 0 && here === cost[(i - 1) * width + j - 1]! + replace(i - 1, j - 1)) {
      place[--i] = --j;
      const paid = replaceCost(heard[i]!.name, expected[j]!.name);
      matched[i] = Math.max(0, 1 - paid);
      if (paid > VOWEL_CHANGE) flawed.add(expected[j]!.word);
    } else if (i > 0 && here === cost[(i - 1) * width + j]! + insert(j)) {
      place[--i] = j;
      extra[i] = true;
      if (!between(j)) flawed.add(expected[j]!.word);
    } else {
      flawed.add(expected[--j]!.word);
    }
  }
  const owner = place.map((at, i) => {
    const after = expected[at] ?? expected.at(-1);
    if (!extra[i]) return after?.word ?? 0;
    return ownerOfExtra(heard[i]!, expected[at - 1]?.word, after?.word, flawed);
  });
  // Extra phones in a row may have been given back and forth; a word's phones stand together.
  for (let i = 1; i < owner.length; i++) owner[i] = Math.max(owner[i]!, owner[i - 1]!);
  return { owner, matched, distance: cost.at(-1)! };
}

/** The table of the alignment: the least cost of the first `i` heard and the first `j` expected phones. */
function costs(
  heard: number,
  expected: number,
  replace: (i: number, j: number) => number,
  insert: (j: number) => number,
): Float64Array {
  const width = expected + 1;
  const cost = new Float64Array((heard + 1) * width);
  for (let i = 0; i <= heard; i++) {
    for (let j = 0; j <= expected; j++) {
      if (i === 0 && j === 0) continue;
      const extra = i === 0 ? Infinity : cost[(i - 1) * width + j]! + insert(j);
      const missing = j === 0 ? Infinity : cost[i * width + j - 1]! + GAP;
      const same = i === 0 || j === 0 ? Infinity : cost[(i - 1) * width + j - 1]! + replace(i - 1, j - 1);
      cost[i * width + j] = Math.min(same, extra, missing);
    }
  }
  return cost;
}

/**
 * Whose is a phone that no word expects? Between "of" and "1850", heard as "of one thousand eight hundred …", it
 * is the flawed word's; else it ends the word before, unless a pause parts them.
 */
function ownerOfExtra(
  phone: Heard,
  before: number | undefined,
  after: number | undefined,
  flawed: ReadonlySet<number>,
): number {
  if (before === undefined || after === undefined) return before ?? after ?? 0;
  if (flawed.has(before) !== flawed.has(after)) return flawed.has(before) ? before : after;
  return phone.afterPause ? after : before;
}

/** Shares the phones of neighbouring words that were not found out among them, by their expected lengths. */
function shareOut(
  owner: number[],
  words: readonly (readonly string[])[],
  found: readonly boolean[],
): number[] {
  const estimated: number[] = [];
  for (let first = 0; first < words.length; first++) {
    if (found[first]) continue;
    let end = first;
    while (end < words.length && !found[end]) end++;
    const run = Array.from({ length: end - first }, (_, i) => first + i).filter(
      (word) => words[word]!.length > 0,
    );
    // Alone between two found words it has all the phones between them, which is exact.
    if (run.length > 1) {
      share(owner, words, first, end);
      estimated.push(...run);
    }
    first = end;
  }
  return estimated;
}

function share(owner: number[], words: readonly (readonly string[])[], first: number, end: number): void {
  const from = owner.findIndex((word) => word >= first);
  const count = owner.filter((word) => word >= first && word < end).length;
  const total = words.slice(first, end).reduce((sum, names) => sum + names.length, 0);
  let before = 0;
  for (let word = first; word < end; word++) {
    const start = Math.round((before / Math.max(1, total)) * count);
    before += words[word]!.length;
    owner.fill(word, from + start, from + count);
  }
}

function spansOf(heard: readonly Heard[], owner: readonly number[], count: number): Span[] {
  let at = heard[0]?.start ?? 0;
  return Array.from({ length: count }, (_, word) => {
    const first = owner.indexOf(word);
    if (first === -1) return { start: at, end: at };
    at = heard[owner.lastIndexOf(word)]!.end;
    return { start: heard[first]!.start, end: at };
  });
}
