/** How many columns a text takes on a terminal, and cutting and wrapping by that. */
import { stripVTControlCharacters } from "node:util";

const PLAIN = /^[\x20-\x7e]*$/;
const NOTHING = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const EMOJI = /^\p{Emoji_Presentation}$/u;
/** Wide by Unicode's East Asian Width (W and F), in blocks: a few unassigned points inside them count as wide too. */
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]$/u;

/** 0, 1 or 2. Joined emoji are counted one by one: too wide is harmless, too narrow breaks the screen. */
function columnsOf(character: string): number {
  // VARIATION SELECTOR-16 turns the narrow sign before it into a wide picture.
  if (character === "\ufe0f") return 1;
  if (NOTHING.test(character)) return 0;
  return WIDE.test(character) || EMOJI.test(character) ? 2 : 1;
}

export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

/** Without colours and control characters, which a child's message may hold and which would move our cursor. */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text;
  return (
    stripVTControlCharacters(text)
      .replaceAll("\t", "  ")
      // A line that a child redrew, such as ffmpeg's progress: each state on a line of its own.
      .replace(/\r\n?/g, "\n")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, "")
  );
}

/** The longest beginning that fits. */
function head(characters: readonly string[], room: number): string {
  let width = 0;
  let end = 0;
  while (end < characters.length && width + columnsOf(characters[end]!) <= room)
    width += columnsOf(characters[end++]!);
  return characters.slice(0, end).join("");
}

/** Cuts the end off. */
export function fitEnd(text: string, room: number): string {
  if (displayWidth(text) <= room) return text;
  return room < 1 ? "" : `${head([...text], room - 1)}…`;
}

/** Cuts the middle out, as for a path: its end tells the most, so it gets the larger share. */
export function fitMiddle(text: string, room: number): string {
  if (displayWidth(text) <= room) return text;
  if (room < 1) return "";
  const characters = [...text];
  const first = head(characters, Math.floor((room - 1) * 0.4));
  const backwards = head(characters.reverse(), room - 1 - displayWidth(first));
  return `${first}…${[...backwards].reverse().join("")}`;
}

/** Breaks one line at its spaces, and a word only where it alone is too wide. */
export function wrap(line: string, room: number): string[] {
  if (displayWidth(line) <= room) return [line];
  const characters = [...line];
  const rows: string[] = [];
  let start = 0;
  while (start < characters.length) {
    const end = lineEnd(characters, start, room);
    rows.push(characters.slice(start, end).join(""));
    start = end;
    while (characters[start] === " ") start++;
  }
  return rows;
}

/** Where the row that begins at `start` ends. An indentation is no place to break. */
function lineEnd(characters: readonly string[], start: number, room: number): number {
  let [end, width, space, inked] = [start, 0, -1, false];
  for (; end < characters.length; end++) {
    const character = characters[end]!;
    if (character !== " ") inked = true;
    else if (inked) space = end;
    width += columnsOf(character);
    // A character that is wider than the room still has to go somewhere.
    if (width > room && end > start) return space > start ? space : end;
  }
  return end;
}
