/** Which fonts a text is set in: the shipped one, and for what it lacks those that are given or installed. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createCanvas, GlobalFonts } from "@napi-rs/canvas";
import { Failure } from "../../base/failure.ts";
import { graphemes } from "../../base/graphemes.ts";

/** A font file that the author gives for what the shipped one lacks. */
export interface GivenFont {
  readonly path: string;
  /** What to call it in a message. */
  readonly name: string;
}

export interface Fonts {
  /** Families in the order in which they are asked for each glyph, as CSS has them. */
  readonly families: string;
  /** Of those, the ones that are neither shipped nor given: another machine may not have them. */
  readonly installed: readonly string[];
}

/** Families of our own names, so that a font installed under the same name cannot take their place. */
const SHIPPED = {
  "faceless black": "900Black/Inter_900Black.ttf",
  "faceless bold": "700Bold/Inter_700Bold.ttf",
} as const;
export type ShippedFont = keyof typeof SHIPPED;

/** @throws Failure that names what no font has */
export async function fontsFor(
  text: string,
  shipped: ShippedFont,
  given: readonly GivenFont[],
): Promise<Fonts> {
  if (!GlobalFonts.has(shipped)) {
    const path = createRequire(import.meta.url).resolve(`@expo-google-fonts/inter/${SHIPPED[shipped]}`);
    if (GlobalFonts.registerFromPath(path, shipped) === null) throw new Error(`BUG: ${path} is no font`);
  }
  let missing = lacking(shipped, clusters(text));
  const families: string[] = [shipped];
  const take = (family: string): boolean => {
    const left = lacking(family, missing);
    if (left.length === missing.length) return false;
    families.push(family);
    missing = left;
    return true;
  };
  for (const font of given) if (missing.length > 0) take(await register(font));
  const installed: string[] = [];
  for (const family of installedFamilies(missing)) {
    if (missing.length === 0) break;
    if (take(family)) installed.push(family);
  }
  if (missing.length === 0)
    return { families: families.map((family) => `"${family}"`).join(", "), installed };
  throw new Failure(`No font has ${missing.map(inWords).join(", ")} of '${text}'.`, {
    code: "media.font",
    help: "Give a font file that has it (the input 'fonts'), install one such as Noto, or leave it out of the text.",
  });
}

/** By its content, for two projects may call different fonts the same. */
async function register({ path, name }: GivenFont): Promise<string> {
  const bytes = await readFile(path);
  const family = `given ${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}`;
  if (GlobalFonts.has(family) || GlobalFonts.register(bytes, family) !== null) return family;
  throw new Failure(`${name} is no font that can be read.`, {
    code: "media.font",
    help: "A font is a .ttf, .otf or .woff2 file.",
  });
}

/** What is seen as one character, each once; without spaces, which every font has. */
function clusters(text: string): string[] {
  return [...new Set(graphemes(text))].filter((cluster) => cluster.trim() !== "");
}

/** They choose between forms or join characters, and are no glyphs of their own. */
const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\p{Cc}]$/u;

function lacking(family: string, wanted: readonly string[]): string[] {
  const known = new Map<string, boolean>();
  const has = (character: string): boolean => {
    const found = known.get(character) ?? hasGlyph(family, character);
    known.set(character, found);
    return found;
  };
  return wanted.filter((cluster) => ![...cluster].every((one) => INVISIBLE.test(one) || has(one)));
}

const PROBE = 24;
/** Never a character (Unicode 16, 23.7): what is drawn for it is what a font draws for want of a glyph. */
const NO_CHARACTER = "\u{10ffff}";

/** The canvas does not tell which glyphs a font has, but it draws one font's sign for "none" and nothing else. */
function hasGlyph(family: string, character: string): boolean {
  return !drawn(family, character).equals(drawn(family, NO_CHARACTER));
}

function drawn(family: string, text: string): Buffer {
  const canvas = createCanvas(PROBE * 2, PROBE * 2);
  const context = canvas.getContext("2d");
  context.font = `${PROBE}px "${family}"`;
  // Far enough from the edge for what is drawn to the left of its place, such as a combining mark.
  context.fillText(text, PROBE * 0.75, PROBE * 1.4);
  return Buffer.from(canvas.data());
}

/** Scripts whose name is in that of the fonts for them. CJK has one name for all, and a form for each language. */
const SCRIPTS = [
  "Arabic",
  "Hebrew",
  "Devanagari",
  "Bengali",
  "Tamil",
  "Telugu",
  "Thai",
  "Khmer",
  "Georgian",
  "Armenian",
];

/** Likely ones first, so that few are tried: a machine has hundreds. */
function installedFamilies(missing: readonly string[]): string[] {
  const text = missing.join("");
  const hints = SCRIPTS.filter((script) => new RegExp(`\\p{Script=${script}}`, "u").test(text));
  if (/\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(text)) hints.push("Emoji");
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) hints.push("CJK JP", "Hiragino", "Yu Gothic");
  if (/\p{Script=Hangul}/u.test(text)) hints.push("CJK KR", "Apple SD Gothic", "Malgun");
  if (/\p{Script=Han}/u.test(text)) hints.push("CJK SC", "PingFang SC", "Microsoft YaHei");
  const rank = (family: string): number => {
    const hint = hints.findIndex((part) => family.includes(part));
    return (hint < 0 ? hints.length : hint) * 2 + (/Serif|Mono/.test(family) ? 1 : 0);
  };
  const families = [...new Set(GlobalFonts.families.map(({ family }) => family))];
  return families
    .filter((family) => !Object.hasOwn(SHIPPED, family) && !family.startsWith("given "))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** "'東' (U+6771)". */
function inWords(cluster: string): string {
  const codes = [...cluster].map(
    (one) => `U+${one.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`,
  );
  return `'${cluster}' (${codes.join(" ")})`;
}
