/** One font, ready to be set with: text in; how much room it takes, and its outline, out. */
import { readFileSync } from "node:fs";
import * as hb from "harfbuzzjs";
import type { FontFace } from "./sfnt.ts";

/** In em, from the text's beginning and from the baseline: x to the right, y upwards. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A stroke of an outline, its numbers x and y in turn: move, line, or cubic curve. Each move begins a closed shape. */
export interface Stroke {
  readonly kind: "m" | "l" | "b";
  readonly points: readonly number[];
}

/** Lengths are in em: times the font's size they are pixels. */
export interface SetText {
  /** From its beginning to where what follows begins. */
  readonly advance: number;
  readonly strokes: readonly Stroke[];
  /** What is really covered, with the curves' control points; undefined for spaces. */
  readonly ink: Box | undefined;
}

const loaded = new Map<string, Typeface>();

export class Typeface {
  /** For people: "Inter 800". */
  readonly name: string;
  readonly family: string;
  readonly #face: hb.Face;
  readonly #font: hb.Font;
  readonly #known = new Map<string, SetText>();
  #covered: ReadonlySet<number> | undefined;

  private constructor(name: string, file: Uint8Array, from: FontFace, weight: number) {
    this.name = name;
    this.family = from.family;
    this.#face = new hb.Face(new hb.Blob(file), from.index);
    this.#font = new hb.Font(this.#face);
    const axes = Object.entries(this.#face.getAxisInfos());
    if (axes.length === 0) return;
    this.#font.setVariations(
      axes.map(([tag, axis]) => new hb.Variation(tag, tag === "wght" ? weight : axis.default)),
    );
  }

  /** Loads it once for each thread: a font of Chinese has 20 MB. `weight` counts where the font is variable. */
  static of(face: FontFace, weight: number): Typeface {
    const [least, greatest] = face.weights;
    const exact = Math.min(Math.max(weight, least), greatest);
    const id = `${face.path} ${face.index} ${face.checksum} ${face.size} ${exact}`;
    const known = loaded.get(id);
    if (known !== undefined) return known;
    const typeface = new Typeface(`${face.family} ${exact}`, readFileSync(face.path), face, exact);
    loaded.set(id, typeface);
    return typeface;
  }

  /** Whether it has a glyph for each character, of those that are seen at all. */
  covers(text: string): boolean {
    this.#covered ??= new Set(this.#face.collectUnicodes());
    return [...text].every((one) => isInvisible(one) || this.#covered!.has(one.codePointAt(0)!));
  }

  /** Shapes text that runs in one direction. */
  set(text: string, rightToLeft = false): SetText {
    const id = `${rightToLeft ? "<" : ">"}${text}`;
    const known = this.#known.get(id) ?? this.#shape(text, rightToLeft);
    this.#known.set(id, known);
    return known;
  }

  #shape(text: string, rightToLeft: boolean): SetText {
    const buffer = new hb.Buffer();
    buffer.addText(text);
    buffer.guessSegmentProperties();
    buffer.setDirection(rightToLeft ? hb.Direction.RTL : hb.Direction.LTR);
    // The guess is the environment's language, which must not count.
    buffer.setLanguage("und");
    hb.shape(this.#font, buffer);
    const em = this.#face.upem;
    const strokes: Stroke[] = [];
    let at = 0;
    for (const glyph of buffer.getGlyphInfosAndPositions()) {
      const [x, y] = [at + (glyph.xOffset ?? 0), glyph.yOffset ?? 0];
      const place = (value: number, i: number) => (value + (i % 2 === 0 ? x : y)) / em;
      strokes.push(...cubic(this.#font.glyphToJson(glyph.codepoint)).map((one) => moved(one, place)));
      at += glyph.xAdvance ?? 0;
    }
    return { advance: at / em, strokes, ink: boxOf(strokes) };
  }
}

/** Joiners, direction marks and variation selectors do their work without being seen. */
function isInvisible(character: string): boolean {
  return /^[\p{Default_Ignorable_Code_Point}\s]$/u.test(character);
}

function moved({ kind, points }: Stroke, place: (value: number, i: number) => number): Stroke {
  return { kind, points: points.map(place) };
}

/** ASS has cubic curves alone; a quadratic one, as TrueType has them, is exactly one of those. */
function cubic(path: ReturnType<hb.Font["glyphToJson"]>): Stroke[] {
  let [px, py] = [0, 0];
  return path.flatMap(({ type, values }): Stroke[] => {
    if (type === "Z") return [];
    const [startX, startY] = [px, py];
    [px, py] = values.slice(-2) as [number, number];
    if (type === "M") return [{ kind: "m", points: values }];
    if (type === "L") return [{ kind: "l", points: values }];
    if (type === "C") return [{ kind: "b", points: values }];
    const [qx, qy] = values as [number, number];
    const third = (from: number, to: number) => from + (2 / 3) * (to - from);
    const controls = [third(startX, qx), third(startY, qy), third(px, qx), third(py, qy)];
    return [{ kind: "b", points: [...controls, px, py] }];
  });
}

/** Of all points, in em. */
function boxOf(strokes: readonly Stroke[]): Box | undefined {
  if (strokes.length === 0) return undefined;
  let [left, right, top, bottom] = [Infinity, -Infinity, -Infinity, Infinity];
  for (const { points } of strokes) {
    for (let i = 0; i < points.length; i += 2) {
      left = Math.min(left, points[i]!);
      right = Math.max(right, points[i]!);
      top = Math.max(top, points[i + 1]!);
      bottom = Math.min(bottom, points[i + 1]!);
    }
  }
  return { left, right, top, bottom };
}
