/** The title as a block with straight sides beside the picture's subject; upright, below it. */
import { bar, drawTitle, layPicture, shade, whole } from "../page.ts";
import type { Box } from "../type.ts";
import { isKey, type Layout, place, type Sheet, safeArea } from "./sheet.ts";

/** From the bar to the letters, and the bar itself. Units. */
const INSET = 34;
const BAR = 12;

export const beside: Layout = (sheet) => {
  const { width, height, unit, portrait, image, focus } = sheet;
  if (portrait) {
    layPicture(sheet, image, whole(sheet), { focus, at: [0.5, 0.3], zoom: 1.2 });
    shade(sheet, [0, height * 0.3, 0, height], [0, 0, 0.3, 0.7, 0.6, 0.82, 1, 0.6]);
  } else {
    layPicture(sheet, image, whole(sheet), { focus, at: [0.72, 0.5], zoom: 1.3 });
    shade(sheet, [0, 0, width * 0.74, 0], [0, 0.94, 0.5, 0.8, 1, 0]);
  }
  const box = titleBox(sheet);
  const down = portrait ? "bottom" : "middle";
  const block = place(sheet, sheet.units, box, { lines: 6, down, largest: 210 * unit, stacked: true });
  drawTitle(sheet, block, isKey(sheet));
  const x = block.rightToLeft ? box.x + box.width + (INSET - BAR) * unit : box.x - INSET * unit;
  bar(sheet, sheet.accent, { x, y: block.bounds.y, width: BAR * unit, height: block.bounds.height });
};

function titleBox(sheet: Sheet): Box {
  const { width, height, unit, portrait } = sheet;
  const area = safeArea(sheet);
  const x = area.x + INSET * unit;
  return portrait
    ? { x, width: area.width - INSET * unit, y: height * 0.44, height: height * 0.3 }
    : { ...area, x, width: width * 0.48 };
}
