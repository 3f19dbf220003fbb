/** Finds for every character the font that draws it: the style's, one that it names, or one of Noto's. */
import { Failure } from "../../base/failure.ts";
import { nearest } from "../../base/nearest.ts";
import type { FontFace } from "../fonts/sfnt.ts";
import { type FontShelf, facesOf, OWN_FONTS } from "../fonts/shelf.ts";
import { standInsFor } from "../fonts/stand-ins.ts";
import { Typeface } from "../fonts/typeface.ts";
import type { CaptionStyle } from "./style.ts";

/** A stretch of text in one font. */
export interface Run {
  readonly text: string;
  readonly typeface: Typeface;
}

export class Cast {
  readonly main: Typeface;
  /** Names of fonts that draw what the main one cannot, each with the first word that it was needed for. */
  readonly standIns = new Map<string, string>();
  /** Emoji that nothing here can draw. */
  readonly leftOut = new Set<string>();
  readonly #shelf: FontShelf;
  readonly #font: CaptionStyle["font"];
  readonly #text: string;
  readonly #missing = new Map<string, string>();
  readonly #families = new Map<string, Typeface | undefined>();

  /** `text`: all that will be drawn. @throws Failure if there is no such font */
  constructor(shelf: FontShelf, font: CaptionStyle["font"], text: string) {
    this.#shelf = shelf;
    this.#font = font;
    this.#text = text;
    const main = this.#family(font.family);
    if (main === undefined) throw unknownFamily(shelf, font.family);
    this.main = main;
  }

  /** The word without what is left out, in as few fonts as possible. What no font has is told by `check`. */
  runs(word: string): Run[] {
    const clusters = clustersOf(word).filter((cluster) => !this.#isLeftOut(cluster));
    const whole = clusters.join("");
    const one = this.#find(whole);
    if (one !== undefined) return whole === "" ? [] : [this.#run(whole, one, word)];
    const runs: Run[] = [];
    for (const cluster of clusters) {
      const typeface = this.#find(cluster);
      if (typeface === undefined) {
        for (const character of cluster)
          if (this.#find(character) === undefined && !this.#missing.has(character))
            this.#missing.set(character, word);
        continue;
      }
      const last = runs.at(-1);
      if (last?.typeface === typeface) runs[runs.length - 1] = { text: last.text + cluster, typeface };
      else runs.push(this.#run(cluster, typeface, word));
    }
    return runs;
  }

  /** @throws Failure with each character that no font has, its word and what to do; `file` is whose words they are */
  check(file: string): void {
    if (this.#missing.size === 0) return;
    const all = [...this.#missing].map(([one, word]) => `${nameOf(one)} in '${word}'`);
    const shown = all.slice(0, 6).join(", ") + (all.length > 6 ? ` and ${all.length - 6} more` : "");
    throw new Failure(`${file}: no font has ${shown}.`, { code: "media.font", help: this.#advice() });
  }

  #advice(): string {
    const needed = [...this.#missing.keys()].flatMap((one) => standInsFor(one, this.#text).slice(0, 1));
    const packages = [...new Set(needed.flatMap(({ debian }) => debian ?? []))].sort();
    const families = [...new Set(needed.flatMap(({ families }) => families.slice(0, 1)))];
    const install =
      packages.length === 0 ? "" : `On Debian install ${packages.join(" and ")}; elsewhere put `;
    const what =
      families.length === 0 ? "a font that has them" : families.map((one) => `'${one}'`).join(" and ");
    return `${install || "Put "}${what} into ${OWN_FONTS}/ (as .ttf or .otf), and name a family of another kind in the template, under font.fallback.`;
  }

  #run(text: string, typeface: Typeface, word: string): Run {
    if (typeface !== this.main && !this.standIns.has(typeface.name)) this.standIns.set(typeface.name, word);
    return { text, typeface };
  }

  #isLeftOut(cluster: string): boolean {
    if (!isEmoji(cluster) || this.#find(cluster) !== undefined) return false;
    this.leftOut.add(cluster);
    return true;
  }

  /** The first font that has all of the text. */
  #find(text: string): Typeface | undefined {
    if (this.main.covers(text)) return this.main;
    const named = [...this.#font.fallback, ...standInFamilies(text, this.#text)];
    for (const family of named) {
      const typeface = this.#family(family);
      if (typeface?.covers(text)) return typeface;
    }
    return undefined;
  }

  /** Upright and neither narrow nor wide, in the weight that is nearest. */
  #family(name: string): Typeface | undefined {
    if (this.#families.has(name)) return this.#families.get(name);
    const face = (["own", "shipped", "system"] as const)
      .map((kind) => nearestFace(facesOf(this.#shelf, kind), name, this.#font.weight))
      .find((one) => one !== undefined);
    const typeface = face && Typeface.of(face, this.#font.weight);
    this.#families.set(name, typeface);
    return typeface;
  }
}

const clusters = new Intl.Segmenter("und", { granularity: "grapheme" });
const clustersOf = (word: string) => [...clusters.segment(word)].map(({ segment }) => segment);

/** What is seen as a picture in colour: what is one by itself, or asks for it with a variation selector. */
function isEmoji(cluster: string): boolean {
  return /\p{Emoji_Presentation}|\p{Emoji}\uFE0F/u.test(cluster);
}

function standInFamilies(text: string, all: string): string[] {
  return [...new Set([...text].flatMap((one) => standInsFor(one, all).flatMap(({ families }) => families)))];
}

function nearestFace(faces: readonly FontFace[], family: string, weight: number): FontFace | undefined {
  const distance = ({ weights: [least, greatest], italic, width }: FontFace) =>
    Math.max(least - weight, weight - greatest, 0) + (italic ? 10_000 : 0) + Math.abs(width - 5) * 1_000;
  const of = faces.filter((face) => face.family === family);
  // Sorting keeps the shelf's order among equals.
  return of.sort((a, b) => distance(a) - distance(b) || b.weights[1] - a.weights[1])[0];
}

function unknownFamily(shelf: FontShelf, family: string): Failure {
  const all = (["own", "shipped", "system"] as const).flatMap((kind) => facesOf(shelf, kind));
  const meant = nearest(family, new Set(all.map((face) => face.family)));
  return new Failure(`there is no font of the family '${family}'.`, {
    code: "media.font",
    help: `${meant === undefined ? "" : `Did you mean '${meant}'? `}Put its files into ${OWN_FONTS}/; 'Inter' is shipped.`,
  });
}

function nameOf(character: string): string {
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  return `'${character}' (U+${code})`;
}
