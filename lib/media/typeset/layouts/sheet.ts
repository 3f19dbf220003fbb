/** What a layout of a thumbnail is given, and where type may stand in it. */
import type { Image } from "@napi-rs/canvas";
import { joined, type Unit } from "../lines.ts";
import type { Page } from "../page.ts";
import type { Range } from "../phrase.ts";
import type { Focus } from "../picture.ts";
import { type Block, type Box, type Setting, setText, TRACKING } from "../type.ts";

export interface Sheet extends Page {
  /** The one to show, and another if there is one. */
  readonly image: Image;
  readonly second: Image | undefined;
  readonly focus: Focus;
  readonly families: string;
  /** The title's. */
  readonly units: readonly Unit[];
  /** Which units are the key phrase. */
  readonly key: Range;
  readonly portrait: boolean;
}

/** Draws a whole thumbnail. */
export type Layout = (sheet: Sheet) => void;

/**
 * On a phone, the player's buttons lie on the right and at the bottom of an upright picture (TikTok: 120 px and 320 to
 * 460 px of 1080x1920); at the lower right of a wide one YouTube writes how long the film is.
 */
export function safeArea({ width, height, portrait }: Sheet): Box {
  return portrait
    ? { x: width * 0.085, y: height * 0.13, width: width * 0.8, height: height * 0.61 }
    : { x: width * 0.05, y: height * 0.085, width: width * 0.9, height: height * 0.83 };
}

type Choices = Omit<Partial<Setting>, "families">;

/** A long title is set in more lines than a layout has in mind, for else it would be too small to read. */
const LETTERS = 22;

/** Units of the title, set. There is at least one. */
export function place(sheet: Sheet, units: readonly Unit[], box: Box, choices: Choices): Block {
  const { lines = 4 } = choices;
  const setting: Setting = {
    along: "start",
    down: "middle",
    largest: 168 * sheet.unit,
    stacked: false,
    tracking: TRACKING,
    families: sheet.families,
    ...choices,
    lines: Math.max(lines, Math.ceil(joined(units).length / LETTERS)),
  };
  const block = setText(sheet.context, units, box, setting);
  if (block === undefined) throw new Error("BUG: a title without words");
  return block;
}

/** Only a part of the title is accented: where all of it would be, none is. */
export function isKey({ units, key }: Sheet): (unit: Unit) => boolean {
  const part = new Set(units.slice(key.from, key.to));
  return part.size === units.length ? () => false : (unit) => part.has(unit);
}
