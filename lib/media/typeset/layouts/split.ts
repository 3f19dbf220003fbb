/** Two pictures of the film on either side of a slanting line; of one, what is in the middle of it seen close. */
import { WHITE } from "../colour.ts";
import { drawTitle, layPicture, scrim, shade } from "../page.ts";
import { isKey, type Layout, place, type Sheet, safeArea } from "./sheet.ts";

type Point = readonly [x: number, y: number];

export const split: Layout = (sheet) => {
  const { height, unit, portrait } = sheet;
  pictures(sheet);
  const area = safeArea(sheet);
  if (!portrait) shade(sheet, [0, height * 0.38, 0, height], [0, 0, 0.5, 0.8, 1, 0.96]);
  // Upright, the title stands on the line itself, with a picture above and another below.
  const box = portrait
    ? { ...area, y: height * 0.3, height: height * 0.32 }
    : { ...area, y: area.y + area.height * 0.48, height: area.height * 0.52 };
  const block = place(sheet, sheet.units, box, {
    lines: portrait ? 5 : 3,
    down: portrait ? "middle" : "bottom",
    along: "middle",
    largest: 132 * unit,
  });
  scrim(sheet, block, portrait ? 0.85 : 0.4);
  drawTitle(sheet, block, isKey(sheet));
};

function pictures(sheet: Sheet): void {
  const { context, width, height, unit, portrait, image, second, focus } = sheet;
  const [slant, middle] = portrait ? [height * 0.045, height * 0.46] : [width * 0.06, width * 0.5];
  const [first, rest] = portrait
    ? [
        { x: 0, y: 0, width, height: middle + slant },
        { x: 0, y: middle - slant, width, height: height - middle + slant },
      ]
    : [
        { x: 0, y: 0, width: middle + slant, height },
        { x: middle - slant, y: 0, width: width - middle + slant, height },
      ];
  const line: readonly [Point, Point] = portrait
    ? [
        [0, middle + slant],
        [width, middle - slant],
      ]
    : [
        [middle - slant, height],
        [middle + slant, 0],
      ];
  layPicture(sheet, image, first, { focus, at: [0.5, 0.45] });
  context.save();
  context.beginPath();
  for (const [x, y] of [
    ...line,
    ...(portrait
      ? [
          [width, height],
          [0, height],
        ]
      : [
          [width, 0],
          [width, height],
        ]),
  ] as Point[])
    context.lineTo(x, y);
  context.clip();
  layPicture(sheet, second ?? image, rest, { focus, zoom: second === undefined ? 1.9 : 1 });
  context.restore();
  context.strokeStyle = WHITE;
  context.lineWidth = 10 * unit;
  context.beginPath();
  for (const [x, y] of line) context.lineTo(x, y);
  context.stroke();
}
