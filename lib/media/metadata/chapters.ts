/** Chapters of a film, from where its scenes begin and what is said first in them, by YouTube's rules. */
import { clauses, cutAtWord } from "./cut.ts";
import type { SpokenScene } from "./spoken.ts";

export interface Chapter {
  /** As it stands in a description: "0:00", "1:02:45". */
  readonly at: string;
  readonly seconds: number;
  readonly title: string;
}

/** The first begins at 0:00, there are three at least, each lasts ten seconds at least, and they ascend. */
const FEWEST = 3;
const SHORTEST = 10;

/** YouTube shows 70 characters of a title, and 49 of them over the progress bar. */
const TITLE = 60;

export type Chapters =
  | { readonly chapters: readonly Chapter[]; readonly why: null }
  | { readonly chapters: readonly []; readonly why: string };

/** `duration` in seconds; `most` chapters at most: shorter ones are joined with what follows. */
export function chaptersOf(scenes: readonly SpokenScene[], duration: number, most: number): Chapters {
  const least = Math.max(SHORTEST, duration / most);
  const begun: { seconds: number; scene: SpokenScene }[] = [];
  for (const [index, scene] of scenes.entries()) {
    // Players know whole seconds alone; rounded down, a chapter's first word is not cut off.
    const seconds = index === 0 ? 0 : Math.floor(scene.start);
    const last = begun.at(-1);
    const room = Math.floor(duration) - seconds;
    if (last === undefined || (seconds - last.seconds >= least && room >= SHORTEST))
      begun.push({ seconds, scene });
  }
  if (begun.length < FEWEST) {
    const found = begun.length === 1 ? "1" : String(begun.length);
    const why = `YouTube shows ${FEWEST} chapters or more of ${SHORTEST} s or more each; the scenes make ${found} in ${Math.floor(duration)} s.`;
    return { chapters: [], why };
  }
  const titles = new Set<string>();
  const chapters = begun.map(({ seconds, scene }) => ({
    at: clock(seconds),
    seconds,
    title: titleOf(scene, titles),
  }));
  return { chapters, why: null };
}

/** "0:07", "12:30", "1:02:45". */
export function clock(seconds: number): string {
  const two = (count: number) => String(count).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}

/** A clause with fewer letters says too little by itself. */
const SHORT_CLAUSE = 12;
const JOINING = /^(?:and|but|so|then|now|yet|or|well|because)\s+(?=\S)/i;

/** The first clause that says something, in the scene's own words; another than those before it, where there is one. */
function titleOf({ sentences, number }: SpokenScene, taken: Set<string>): string {
  const titles = sentences.map((sentence) => cutAtWord(capital(headline(sentence)), TITLE));
  const free = titles.filter((text) => text !== "" && !taken.has(text));
  const title =
    free.find((text) => text.length >= SHORT_CLAUSE) ??
    free[0] ??
    `${cutAtWord(titles[0] ?? "", TITLE - 8)} (${number})`.trim();
  taken.add(title);
  return title;
}

/** "Within twenty years, …": what leads up to the clause that matters. */
const LEADING =
  /^(?:at|in|within|on|after|before|when|whenever|if|by|from|for|as|since|during|while|with|without|though|although|until|once|because)\s/i;

function headline(sentence: string): string {
  const parts = clauses(sentence).map((clause) => clause.replace(JOINING, ""));
  const rest = parts.length > 1 && LEADING.test(parts[0]!) ? parts.slice(1) : parts;
  const count = rest.findIndex((_, index) => rest.slice(0, index + 1).join(", ").length >= SHORT_CLAUSE);
  return rest.slice(0, count < 0 ? rest.length : count + 1).join(", ");
}

function capital(text: string): string {
  return text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}
