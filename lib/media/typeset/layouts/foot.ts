/** The picture as it is, and the title on its foot, under a short bar. */
import { bar, drawTitle, layPicture, shade, whole } from "../page.ts";
import { isKey, type Layout, place, safeArea } from "./sheet.ts";

export const foot: Layout = (sheet) => {
  const { width, height, unit, portrait, image, focus } = sheet;
  layPicture(sheet, image, whole(sheet), {
    focus,
    at: [0.5, portrait ? 0.3 : 0.36],
    zoom: portrait ? 1.2 : 1.16,
  });
  if (portrait) shade(sheet, [0, height * 0.4, 0, height], [0, 0, 0.35, 0.75, 0.6, 0.88, 1, 0.7]);
  else shade(sheet, [0, height * 0.34, 0, height], [0, 0, 0.45, 0.75, 1, 0.96]);
  const area = safeArea(sheet);
  const half = { ...area, y: area.y + area.height / 2, height: area.height / 2 };
  // To the right of the last line the player writes how long the film is.
  const box = portrait ? half : { ...half, width: width * 0.82 };
  const largest = (portrait ? 150 : 138) * unit;
  const block = place(sheet, sheet.units, box, { lines: portrait ? 5 : 3, down: "bottom", largest });
  const { bounds } = block;
  const long = Math.min(bounds.width, 150 * unit);
  const x = block.rightToLeft ? bounds.x + bounds.width - long : bounds.x;
  bar(sheet, sheet.accent, { x, y: bounds.y - 44 * unit, width: long, height: 12 * unit });
  drawTitle(sheet, block, isKey(sheet));
};
