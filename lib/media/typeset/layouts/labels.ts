/** Each line of the title on a label of its own, at the top. */
import { WHITE } from "../colour.ts";
import { inkOn, layPicture, vignette, whole } from "../page.ts";
import { drawText } from "../type.ts";
import { isKey, type Layout, place, safeArea } from "./sheet.ts";

export const labels: Layout = (sheet) => {
  const { unit, portrait, image, focus, context } = sheet;
  layPicture(sheet, image, whole(sheet), { focus, at: [portrait ? 0.5 : 0.58, 0.7], zoom: 1.26 });
  vignette(sheet, 0.35);
  const area = safeArea(sheet);
  const side = 22 * unit;
  const box = {
    x: area.x + side,
    y: area.y + side / 2,
    width: area.width - 2 * side,
    height: area.height * (portrait ? 0.46 : 0.62),
  };
  const choices = { lines: portrait ? 6 : 4, down: "top", largest: 118 * unit } as const;
  const block = place(sheet, sheet.units, box, choices);
  const pad = { x: side, y: block.size * 0.12 };
  const accented = isKey(sheet);
  const colours = block.lines.map(({ units }) => (units.some(accented) ? sheet.accent : WHITE));
  for (const [index, line] of block.lines.entries()) {
    const top = line.y - line.ascent - pad.y;
    const next = block.lines[index + 1];
    // Down to the next label, so that no gap shows between them.
    const bottom = next === undefined ? line.y + line.descent + pad.y : next.y - next.ascent - pad.y + 1;
    context.fillStyle = colours[index]!;
    context.fillRect(line.x - pad.x, top, line.width + 2 * pad.x, bottom - top);
  }
  for (const [index, line] of block.lines.entries()) {
    const fill = inkOn(colours[index]!);
    const ink = { fill, accent: fill, outline: fill, outlineWidth: 0, shadow: 0, isAccented: () => false };
    drawText(context, { ...block, lines: [line] }, ink);
  }
};
