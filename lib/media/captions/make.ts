/** Makes the captions of one scene: words and times in, an ASS file for the scene's own piece of film out. */
import { writeFile } from "node:fs/promises";
import type { WorkerContext } from "../../base/offload.ts";
import type { WordMark } from "../../model/word-mark.ts";
import type { FontShelf } from "../fonts/shelf.ts";
import { writeAss } from "./ass.ts";
import { Cast, type Run } from "./cast.ts";
import { type ScenePlace, timePages } from "./frames.ts";
import { type FilmSize, longestLine, placePage } from "./layout.ts";
import { isRightToLeft, setLine } from "./line.ts";
import { type Chunk, type Page, paginate } from "./pages.ts";
import type { CaptionStyle } from "./style.ts";
import { columnsOf, type Unit, unitsOf } from "./units.ts";

/** Plain data, so that it can be sent to a worker. */
export interface CaptionRequest {
  readonly words: readonly WordMark[];
  /** What messages call the words' file. */
  readonly name: string;
  readonly shot: ScenePlace;
  readonly style: CaptionStyle;
  readonly film: FilmSize;
  readonly fonts: FontShelf;
  /** An .ass. */
  readonly output: string;
}

/** A unit in its fonts. */
interface CastUnit extends Unit {
  readonly runs: readonly Run[];
}

/** What the user should know; empty mostly. @throws Failure for a character that no font has */
export async function makeCaptions(request: CaptionRequest, context: WorkerContext): Promise<string[]> {
  const { words, shot, style, film } = request;
  const show = (text: string) => (style.upper_case ? text.toUpperCase() : text);
  const text = words.map((word) => word.text).join(" ");
  const cast = new Cast(request.fonts, style.font, text);
  const units = unitsOf(words)
    .map((unit): CastUnit => ({ ...unit, runs: cast.runs(show(unit.text)) }))
    .filter(({ runs }) => runs.length > 0);
  cast.check(request.name);
  const rightToLeft = isRightToLeft(text);
  const space = cast.main.set(" ").advance + style.word_spacing;
  const pages = paginate(
    units.map((unit) => chunkOf(unit, space)),
    { ...style.page, columns: style.page.characters, width: longestLine(style, film) },
  );
  const captions = timePages(pages, units, shot, style).map((timed) => ({
    ...timed,
    placed: placePage(
      timed.page.map((line) => setLine(onLine(units, line), rightToLeft, space)),
      style,
      film,
    ),
    text: timed.page.map((line) => readLine(units, line)).join(" / "),
  }));
  context.signal.throwIfAborted();
  const fonts = [cast.main.name, ...[...cast.standIns.keys()].sort()];
  await writeFile(request.output, writeAss({ film, fps: shot.fps, style, fonts, captions }));
  return notices(cast, request.name);
}

function chunkOf(unit: CastUnit, space: number): Chunk {
  const { advance } = setLine([{ ...unit, unit: 0 }], false, space);
  const gap = unit.spaced ? { columns: 1, width: space } : { columns: 0, width: 0 };
  const { ending, leaning, start, end } = unit;
  return { columns: columnsOf(unit.text), width: advance, gap, ending, leaning, start, end };
}

function onLine(units: readonly CastUnit[], { from, to }: Page[number]) {
  return units.slice(from, to).map(({ runs, spaced }, i) => ({ unit: from + i, runs, spaced }));
}

function readLine(units: readonly CastUnit[], { from, to }: Page[number]): string {
  return units
    .slice(from, to)
    .map(({ runs, spaced }, i) => (i > 0 && spaced ? " " : "") + runs.map((run) => run.text).join(""))
    .join("");
}

function notices(cast: Cast, name: string): string[] {
  const drawn = [...cast.standIns].map(
    ([font, word]) => `${name}: ${font} draws what ${cast.main.family} does not have, such as '${word}'.`,
  );
  if (cast.leftOut.size === 0) return drawn;
  const emoji = [...cast.leftOut].join(" ");
  return [
    ...drawn,
    `${name}: left out of the captions: ${emoji}. Captions have one colour; put 'Noto Emoji' into shared/fonts/ to have emoji drawn in it.`,
  ];
}
