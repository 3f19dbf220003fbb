/** Cuts text where it may be cut: into sentences and clauses, and after a word. Nothing is added but an ellipsis. */
import { graphemes } from "../../base/graphemes.ts";

/** All white space as one space, and no angle brackets, which YouTube takes in no text. */
export function plain(text: string): string {
  return text.replaceAll("<", "‹").replaceAll(">", "›").replace(/\s+/gu, " ").trim();
}

/** At most so many UTF-16 units, which is never more characters than that; where it is cut, after a word and with "…". */
export function cutAtWord(text: string, most: number): string {
  if (text.length <= most) return text;
  let room = "";
  for (const one of graphemes(text)) {
    if (room.length + one.length > most - 1) break;
    room += one;
  }
  const torn = /[\p{L}\p{N}]$/u.test(room) && /^[\p{L}\p{N}'’]/u.test(text.slice(room.length));
  const space = room.lastIndexOf(" ");
  // A single long word is cut in the middle: something must be left to read.
  const kept = torn && space >= most / 3 ? room.slice(0, space) : room;
  return `${kept.replace(/[\s,;:.!?…–—-]+$/u, "")}…`;
}

/** What goes on in small letters has not ended. */
const END = /[.!?…]+["'”’»)\]]*(?=\s+(?!\p{Ll})|$)|[。！？]+["'”’»」』)\]]*/gu;
/** Short forms after which a full stop ends no sentence. */
const SHORT = /(?:^|\s)(?:Mr|Mrs|Ms|Dr|St|Prof|Sr|Jr|No|vs|etc|e\.g|i\.e|approx|\p{Lu})\.$/u;

/** In order; together they are the text. */
export function sentences(text: string): string[] {
  const clean = plain(text);
  const found: string[] = [];
  let from = 0;
  for (const end of clean.matchAll(END)) {
    const to = end.index + end[0].length;
    const sentence = clean.slice(from, to).trim();
    if (SHORT.test(sentence)) continue;
    found.push(sentence);
    from = to;
  }
  const rest = clean.slice(from).trim();
  return rest === "" ? found : [...found, rest];
}

/** The pieces of a sentence between its commas, colons and dashes, without these. */
export function clauses(sentence: string): string[] {
  return sentence
    .split(/[,;:](?=\s)|\s[–—-]+\s|—|[、，；：]/u)
    .map((clause) => clause.replace(/^["'“‘«([]+|[.…。"'”’»)\]]+$/gu, "").trim())
    .filter((clause) => clause !== "");
}
