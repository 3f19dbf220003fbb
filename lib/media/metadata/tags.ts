/** Tags of a film: its niche, its title's words, and what is spoken of most; never more than YouTube takes. */
import { isStopWord } from "../stop-words.ts";
import { joined, unitsOf } from "../typeset/lines.ts";
import { keyPhrase } from "../typeset/phrase.ts";
import type { SpokenScene } from "./spoken.ts";

/** YouTube's limit for all tags: a comma between two counts, and quotes around one that has a space. */
const ALL = 500;
/** One of more is a sentence. */
const ONE = 30;
const MOST = 20;

/** What YouTube counts. */
export function countTags(tags: readonly string[]): number {
  const quoted = tags.map((tag) => tag.length + (tag.includes(" ") ? 2 : 0));
  return quoted.reduce((sum, length) => sum + length, 0) + Math.max(0, tags.length - 1);
}

/** Lower case, the most telling first, each once. */
export function tagsOf(niche: string, title: string, scenes: readonly SpokenScene[]): string[] {
  const units = unitsOf(title);
  const { from, to } = keyPhrase(units);
  const candidates = [
    niche.replace(/[-_.]+/g, " "),
    title,
    joined(units.slice(from, to)),
    ...content(title),
    ...frequent(scenes),
  ];
  const tags: string[] = [];
  for (const candidate of candidates) {
    const tag = candidate
      .toLowerCase()
      .replace(/[",<>]/g, "")
      .replace(/\s+/gu, " ")
      .trim();
    const told = tag.length < 2 || tag.length > ONE || tags.includes(tag);
    if (told || tags.length === MOST || countTags([...tags, tag]) > ALL) continue;
    tags.push(tag);
  }
  return tags;
}

const WORD = /[\p{L}\p{N}\p{M}]+(?:['’-][\p{L}\p{N}\p{M}]+)*/gu;

function wordsIn(text: string): string[] {
  return [...text.matchAll(WORD)].map(([word]) =>
    word
      .toLowerCase()
      .replace(/['’]s$/, "")
      .replaceAll("’", "'"),
  );
}

/** Words that say something; a number without a word beside it does not. */
function content(text: string): string[] {
  return wordsIn(text).filter((word) => word.length > 2 && !isStopWord(word) && !/^\d+$/.test(word));
}

/** What is said counts twice what is only seen; less often than this it is not what the film is about. */
const SAID = 2;
const SEEN = 1;
const LEAST = 4;

function frequent(scenes: readonly SpokenScene[]): string[] {
  const counts = new Map<string, number>();
  const add = (words: readonly string[], weight: number) => {
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + weight);
  };
  for (const { sentences, prompt } of scenes) {
    for (const sentence of sentences) add(content(sentence), SAID);
    add([...new Set(content(prompt))], SEEN);
  }
  // One and many of a thing are counted as the one that is named more often.
  for (const [many, count] of [...counts].filter(([word]) => word.endsWith("s"))) {
    const one = many.slice(0, -1);
    const other = counts.get(one);
    if (other === undefined) continue;
    const [kept, dropped] = other >= count ? [one, many] : [many, one];
    counts.set(kept, other + count);
    counts.delete(dropped);
  }
  return [...counts]
    .filter(([, count]) => count >= LEAST)
    .sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
    .map(([word]) => word);
}
