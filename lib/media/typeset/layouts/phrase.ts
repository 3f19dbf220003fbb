/** The key phrase as large as it goes across the picture, the rest of the title small above and below it. */
import { drawTitle, layPicture, scrim, shadeAll, vignette, whole } from "../page.ts";
import { type Layout, place, safeArea } from "./sheet.ts";

/** On one line it leaves more of the picture; below that size it does without. Units. */
const LEAST = 130;

export const phrase: Layout = (sheet) => {
  const { units, key, unit, portrait } = sheet;
  layPicture(sheet, sheet.image, whole(sheet), { focus: sheet.focus, zoom: 1.04 });
  shadeAll(sheet, 0.2);
  vignette(sheet, 0.6);
  const [before, words, after] = [
    units.slice(0, key.from),
    units.slice(key.from, key.to),
    units.slice(key.to),
  ];
  const area = safeArea(sheet);
  const share = (part: readonly unknown[]) => (part.length === 0 ? 0 : 0.25 * area.height);
  const box = { ...area, y: area.y + share(before), height: area.height - share(before) - share(after) };
  const large = { along: "middle", largest: (portrait ? 250 : 290) * unit } as const;
  const inOne = place(sheet, words, box, { ...large, lines: 1 });
  const block = inOne.size >= LEAST * unit ? inOne : place(sheet, words, box, { ...large, lines: 3 });
  scrim(sheet, block, 0.35);
  const { y, height } = block.bounds;
  const gap = 26 * unit;
  const small = { along: "middle", lines: 3, largest: (portrait ? 76 : 84) * unit } as const;
  if (before.length > 0) {
    const above = { ...area, height: y - gap - area.y };
    drawTitle(sheet, place(sheet, before, above, { ...small, down: "bottom" }), () => false);
  }
  if (after.length > 0) {
    const below = { ...area, y: y + height + gap, height: area.y + area.height - y - height - gap };
    drawTitle(sheet, place(sheet, after, below, { ...small, down: "top" }), () => false);
  }
  drawTitle(sheet, block, () => true);
};
