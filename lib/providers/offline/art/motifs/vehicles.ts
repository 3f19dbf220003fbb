/** A sports car on a coast road, a private jet above the clouds. */
import { type Colour, darker, fade, lighter, mix } from "../colour.ts";
import {
  across,
  aside,
  type Context,
  disc,
  down,
  glow,
  line,
  outline,
  oval,
  polygon,
  rect,
  shape,
} from "../pen.ts";
import { between } from "../random.ts";
import type { Brush } from "../stage.ts";
import type { Motif } from "./motif.ts";

function drawCar(brush: Brush): void {
  const { ctx, palette } = brush;
  const paint = mix(palette.accent, "#c2352c", 0.4);
  coastRoad(brush);
  oval(ctx, fade(palette.near, 0.75), 0, 0.015, 1.08, 0.05);
  polygon(ctx, across(ctx, 1, 2.1, fade(palette.lamp, 0.6), fade(palette.lamp, 0)), [
    [1, -0.24],
    [2.1, -0.4],
    [2.1, 0.05],
    [1, -0.17],
  ]);
  const body =
    "M-1.06-.22L-1.04-.4Q-1-.46-.9-.46L-.62-.47C-.42-.56-.24-.62 .0-.615C.16-.61 .3-.53 .46-.42C.72-.39 .98-.33 1.08-.22Q1.1-.15 1.04-.11L.88-.09H-.96Q-1.05-.12-1.06-.22Z";
  shape(ctx, down(ctx, -0.75, -0.08, lighter(paint, 0.32), paint, darker(paint, 0.6)), body);
  shape(
    ctx,
    across(ctx, -0.5, 0.5, darker(palette.near, 0.2), mix(palette.near, palette.low, 0.5)),
    "M-.44-.485C-.3-.55-.16-.585 0-.58C.13-.575 .24-.51 .35-.43Q0-.43-.44-.485Z",
  );
  shape(ctx, darker(paint, 0.35), "M-.1-.6L-.15-.44H-.1L-.05-.6Z");
  outline(ctx, fade(lighter(paint, 0.55), 0.8), 0.012, "M-.96-.39Q-.2-.4 .4-.39Q.75-.36 1-.26");
  outline(ctx, fade(palette.near, 0.6), 0.009, "M-.14-.43Q-.2-.28-.12-.13M.33-.41Q.38-.28 .3-.13");
  shape(ctx, darker(paint, 0.7), "M-.42-.17H.4L.36-.1H-.4Z");
  for (const x of [-0.64, 0.64]) {
    disc(ctx, darker(paint, 0.72), x, -0.185, 0.205);
    wheel(brush, x, 0.18);
  }
  shape(ctx, lighter(palette.lamp, 0.5), "M.82-.32Q.96-.3 1.02-.23L.88-.24Z");
  shape(ctx, mix(paint, palette.near, 0.35), "M-1.1-.52H-.78V-.495H-.86L-.9-.45H-.94L-.92-.495H-1.1Z");
  glow(ctx, palette.lamp, 0.98, -0.25, 0.25, 0.9);
  rect(ctx, "#ff5a48", -1.045, -0.37, 0.07, 0.03);
}

function coastRoad({ ctx, palette }: Brush): void {
  const asphalt = mix(palette.near, palette.far, 0.12);
  rect(ctx, down(ctx, -0.09, 0.7, mix(asphalt, palette.low, 0.2), asphalt, palette.near), -4, -0.09, 8, 2);
  rect(ctx, fade(palette.low, 0.5), -4, -0.095, 8, 0.012);
  for (let x = -4; x < 4; x += 0.34) {
    rect(ctx, mix(palette.near, palette.far, 0.45), x, -0.27, 0.024, 0.19);
    rect(ctx, fade(palette.light, 0.55), x, 0.25, 0.2, 0.018);
  }
  rect(ctx, mix(palette.near, palette.far, 0.5), -4, -0.27, 8, 0.045);
}

function wheel({ ctx, palette }: Brush, x: number, radius: number): void {
  disc(ctx, darker(palette.near, 0.5), x, -radius, radius);
  disc(ctx, mix(palette.near, palette.light, 0.55), x, -radius, radius * 0.66);
  disc(ctx, palette.near, x, -radius, radius * 0.54);
  for (let spoke = 0; spoke < 5; spoke++) {
    const angle = (spoke / 5) * Math.PI * 2 + 0.4;
    line(ctx, mix(palette.near, palette.light, 0.6), radius * 0.13, [
      [x, -radius],
      [x + Math.cos(angle) * radius * 0.6, -radius + Math.sin(angle) * radius * 0.6],
    ]);
  }
}

function drawJet({ ctx, palette, random }: Brush): void {
  const white = mix(palette.light, palette.near, 0.06);
  for (let i = 0; i < 16; i++) {
    const y = between(random, 0.02, 0.42);
    softCloud(ctx, lighter(palette.low, 0.35), between(random, -1.3, 1.3), y, between(random, 0.35, 0.8));
  }
  aside(ctx, () => {
    ctx.translate(0, -0.5);
    ctx.rotate(-0.12);
    for (const y of [-0.02, 0.03])
      rect(
        ctx,
        across(ctx, -2.6, -0.8, fade(palette.light, 0), fade(palette.light, 0.5)),
        -2.6,
        y,
        1.8,
        0.012,
      );
    shape(ctx, darker(white, 0.5), "M-.02-.02L-.3-.24H-.4L-.22-.02Z");
    shape(ctx, darker(white, 0.12), "M-.62-.05L-.88-.42H-.72L-.42-.07ZM-.92-.43H-.6L-.62-.39H-.9Z");
    shape(
      ctx,
      down(ctx, -0.13, 0.11, lighter(white, 0.35), white, darker(white, 0.5)),
      "M-.92-.05Q-.6-.12-.2-.125H.55C.8-.12 .98-.04 1.02 .015C.95 .07 .7 .1 .5 .1H-.3Q-.7 .06-.92-.05Z",
    );
    shape(ctx, palette.near, "M.74-.095Q.84-.07 .89-.035L.78-.035Z");
    for (let i = 0; i < 7; i++)
      oval(ctx, mix(palette.near, palette.top, 0.3), -0.16 + i * 0.12, -0.04, 0.026, 0.03);
    rect(ctx, palette.accent, -0.72, 0.012, 1.6, 0.016);
    shape(
      ctx,
      down(ctx, -0.14, -0.01, darker(white, 0.1), darker(white, 0.5)),
      "M-.6-.14Q-.58-.17-.5-.17H-.3Q-.24-.14-.27-.08L-.3-.05H-.55Q-.62-.1-.6-.14Z",
    );
    shape(
      ctx,
      across(ctx, -0.5, 0.2, darker(white, 0.45), lighter(white, 0.1)),
      "M.2 .04L-.42 .38H-.54L-.22 .04Z",
    );
  });
}

function softCloud(ctx: Context, colour: Colour, x: number, y: number, reach: number): void {
  aside(ctx, () => {
    ctx.translate(x, y);
    ctx.scale(reach, reach * 0.13);
    glow(ctx, colour, 0, 0, 1, 0.75);
  });
}

export const vehicleMotifs: readonly Motif[] = [
  {
    kind: "subject",
    name: "car",
    words:
      /\b(cars?|supercars?|coupe|convertible|roadster|ferrari|lamborghini|porsche|limousine|garage|coast(al)? road)\b/i,
    hints: /\b(driv(er|ing)|engines?|speed|racing)\b/i,
    setting: "sea",
    light: "beside",
    aspect: 2.05,
    draw: drawCar,
  },
  {
    kind: "subject",
    name: "jet",
    words: /\b(jets?|planes?|airplanes?|aeroplanes?|aircraft|airport|runway|helicopters?)\b/i,
    hints: /\b(flights?|fly(ing)?|travel\w*|vacation|holidays?)\b/i,
    setting: "hills",
    light: "beside",
    aspect: 2.1,
    draw: drawJet,
  },
];
