/** Things that stand alone in the dark: a house, a bare tree, a church, a lone figure. */
import { type Colour, darker, fade, lighter, mix } from "../colour.ts";
import { across, type Context, disc, down, glow, line, oval, polygon, rect, shape } from "../pen.ts";
import { between, type Random } from "../random.ts";
import type { Brush } from "../stage.ts";
import type { Motif } from "./motif.ts";

/** A window with its cross bars and the light it sheds. */
export function litWindow(brush: Brush, x: number, y: number, width: number, height: number): void {
  const { ctx, palette } = brush;
  glow(ctx, palette.lamp, x + width / 2, y + height / 2, width * 3.2, 0.6);
  rect(ctx, down(ctx, y, y + height, lighter(palette.lamp, 0.35), palette.lamp), x, y, width, height);
  const bar = width * 0.09;
  rect(ctx, palette.near, x + width / 2 - bar / 2, y, bar, height);
  rect(ctx, palette.near, x, y + height * 0.48, width, bar);
}

interface Limb {
  readonly x: number;
  readonly y: number;
  readonly angle: number;
  readonly length: number;
  readonly width: number;
}

/** Recursive, each limb thinner and more crooked than its parent. */
function limb(ctx: Context, random: Random, colour: Colour, { x, y, angle, length, width }: Limb): void {
  const endX = x + Math.cos(angle) * length;
  const endY = y + Math.sin(angle) * length;
  const sway = between(random, -0.18, 0.18) * length;
  ctx.strokeStyle = colour;
  ctx.lineCap = "round";
  ctx.lineWidth = width;
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.quadraticCurveTo((x + endX) / 2 + sway, (y + endY) / 2, endX, endY);
  ctx.stroke();
  if (width < 0.0035) return;
  const forks = random() < 0.3 ? 3 : 2;
  for (let i = 0; i < forks; i++) {
    const turn = (i - (forks - 1) / 2) * between(random, 0.62, 1) + between(random, -0.16, 0.16);
    const next = {
      x: endX,
      y: endY,
      angle: angle + turn,
      length: length * between(random, 0.66, 0.84),
      width: width * 0.66,
    };
    limb(ctx, random, colour, next);
  }
}

export function bareTree({ ctx, random, palette }: Brush, x: number, height: number): void {
  const width = height * 0.055;
  shape(
    ctx,
    palette.near,
    `M${x - width * 1.5} .03Q${x - width * 0.4} 0 ${x - width * 0.5} ${-height * 0.2}h${width}Q${x + width * 0.4} 0 ${x + width * 1.6} .03Z`,
  );
  limb(ctx, random, palette.near, {
    x,
    y: -height * 0.17,
    angle: -Math.PI / 2,
    length: height * 0.24,
    width,
  });
}

function fence({ ctx, palette }: Brush, left: number, right: number): void {
  for (let x = left, i = 0; x < right; x += 0.05, i++) {
    rect(ctx, palette.near, x, -0.085 - (i % 3) * 0.008, 0.013, 0.12);
  }
  for (const y of [-0.065, -0.025]) rect(ctx, palette.near, left - 0.01, y, right - left, 0.011);
}

function drawHouse(brush: Brush): void {
  const { ctx, palette } = brush;
  const wall = mix(palette.near, palette.far, 0.1);
  const roof = darker(palette.near, 0.15);
  bareTree(brush, -0.5, 0.8);
  rect(ctx, roof, 0.12, -0.85, 0.075, 0.26);
  shape(
    ctx,
    across(ctx, -0.3, 0.3, darker(wall, 0.3), lighter(wall, 0.06)),
    "M-.26 .02V-.44L0-.8L.26-.44V.02Z",
  );
  shape(ctx, roof, "M-.34-.4L0-.86L.34-.4L.29-.38L0-.77L-.29-.38Z");
  rect(ctx, across(ctx, 0.26, 0.52, darker(wall, 0.35), darker(wall, 0.1)), 0.26, -0.26, 0.26, 0.28);
  shape(ctx, roof, "M.22-.25L.3-.42H.48L.57-.25Z");
  for (const [x, y] of [
    [-0.17, -0.24],
    [0.36, -0.18],
  ] as const)
    rect(ctx, darker(wall, 0.55), x, y, 0.09, 0.12);
  litWindow(brush, -0.055, -0.55, 0.11, 0.15);
  rect(ctx, darker(wall, 0.65), 0.05, -0.24, 0.11, 0.26);
  fence(brush, -0.72, -0.3);
  fence(brush, 0.56, 0.78);
}

function drawBareTree(brush: Brush): void {
  const { ctx, palette, random } = brush;
  bareTree(brush, 0, 1.02);
  for (let i = 0; i < 26; i++) {
    const x = between(random, -0.6, 0.6);
    line(ctx, palette.near, 0.006, [
      [x, 0.03],
      [x + between(random, -0.02, 0.02), -between(random, 0.02, 0.06)],
    ]);
  }
}

function gravestone(ctx: Context, colour: Colour, x: number, height: number, tilt: number): void {
  ctx.save();
  ctx.translate(x, 0.03);
  ctx.rotate(tilt);
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.roundRect(-height * 0.32, -height, height * 0.64, height, [height * 0.32, height * 0.32, 0, 0]);
  ctx.fill();
  ctx.restore();
}

function cross(ctx: Context, colour: Colour, x: number, top: number, size: number): void {
  rect(ctx, colour, x - size * 0.08, top, size * 0.16, size);
  rect(ctx, colour, x - size * 0.32, top + size * 0.24, size * 0.64, size * 0.15);
}

function drawChurch(brush: Brush): void {
  const { ctx, palette, random } = brush;
  const wall = mix(palette.near, palette.far, 0.14);
  const lit = across(ctx, -0.3, 0.4, darker(wall, 0.3), lighter(wall, 0.06));
  shape(ctx, lit, "M-.12 .02V-.32L.16-.52L.44-.32V.02Z");
  shape(ctx, palette.near, "M-.14-.29L.16-.54L.48-.29L.46-.27L.16-.48L-.12-.27Z");
  shape(ctx, lit, "M-.3 .02V-.58H-.06V.02Z");
  shape(ctx, palette.near, "M-.33-.57L-.18-.92L-.03-.57Z");
  cross(ctx, palette.near, -0.18, -1.02, 0.13);
  shape(ctx, darker(wall, 0.6), "M-.235 .02V-.15a.055 .07 0 0 1 .11 0V.02Z");
  glow(ctx, palette.lamp, -0.18, -0.4, 0.2, 0.55);
  shape(ctx, palette.lamp, "M-.21-.34V-.42a.03 .05 0 0 1 .06 0V-.34Z");
  for (const x of [0.04, 0.17, 0.3])
    shape(ctx, fade(palette.lamp, 0.55), `M${x}-.1V-.2a.025 .04 0 0 1 .05 0V-.1Z`);
  for (const x of [-0.68, -0.55, -0.42, 0.56, 0.7]) {
    const stone = mix(palette.near, palette.far, 0.05 + 0.1 * random());
    if (random() < 0.35) cross(ctx, stone, x, -0.15, 0.19);
    else gravestone(ctx, stone, x, between(random, 0.12, 0.17), between(random, -0.12, 0.12));
  }
}

/** Seen from behind, in a long coat, looking into the light. */
export function person({ ctx, palette }: Brush, x: number, height: number): void {
  ctx.save();
  ctx.translate(x, 0);
  ctx.scale(height, height);
  const coat = across(ctx, -0.16, 0.16, darker(palette.near, 0.2), mix(palette.near, palette.far, 0.22));
  shape(ctx, palette.near, "M-.07-.2L-.085 .0h.06L-.01-.2ZM.015-.2L.03 .0h.06L.075-.2Z");
  shape(
    ctx,
    coat,
    "M-.05-.84C-.13-.82-.155-.78-.16-.7L-.17-.42q.01 .03 .04 .03L-.12-.55L-.14-.13Q0-.09 .14-.13L.12-.55L.13-.39q.03 0 .04-.03L.16-.7C.155-.78 .13-.82 .05-.84Z",
  );
  oval(ctx, palette.near, 0, -0.91, 0.062, 0.078);
  rect(ctx, palette.near, -0.03, -0.87, 0.06, 0.06);
  ctx.restore();
}

function drawFigure(brush: Brush): void {
  const { ctx, palette } = brush;
  glow(ctx, palette.light, 0, -0.5, 0.75, 0.35);
  polygon(ctx, down(ctx, 0, 0.5, fade(palette.near, 0.75), fade(palette.near, 0)), [
    [-0.06, 0],
    [0.07, 0],
    [-0.12, 0.5],
    [-0.4, 0.5],
  ]);
  person(brush, 0, 0.68);
}

function drawCandle(brush: Brush): void {
  const { ctx, palette } = brush;
  const wax = mix(palette.light, palette.accent, 0.18);
  glow(ctx, palette.lamp, 0, -0.83, 0.85, 0.75);
  oval(ctx, darker(palette.accent, 0.62), 0, -0.02, 0.27, 0.05);
  oval(ctx, across(ctx, -0.27, 0.27, darker(palette.accent, 0.5), palette.accent), 0, -0.035, 0.26, 0.045);
  shape(
    ctx,
    across(ctx, -0.1, 0.1, mix(wax, palette.near, 0.6), mix(wax, palette.near, 0.12), wax),
    "M-.1-.04V-.63Q-.06-.67 0-.65Q.07-.68 .1-.62V-.5q.02 .06 0 .1V-.04Q0 0-.1-.04Z",
  );
  line(ctx, palette.near, 0.014, [
    [0, -0.65],
    [0.004, -0.71],
  ]);
  shape(
    ctx,
    down(ctx, -0.98, -0.69, palette.accent, lighter(palette.lamp, 0.5)),
    "M0-.99C.09-.87 .065-.7 0-.69C-.065-.7-.08-.85 0-.99Z",
  );
  disc(ctx, "#ffffffcc", 0, -0.75, 0.024);
}

export const nightMotifs: readonly Motif[] = [
  {
    kind: "subject",
    name: "house",
    words: /\b(houses?|cabins?|cottages?|farmhouse|attic|shack|manor)\b/i,
    hints: /\b(homes?|haunted|neighbou?r\w*|windows?|family|villages?|mortgage)\b/i,
    setting: "meadow",
    light: "beside",
    aspect: 1.12,
    draw: drawHouse,
  },
  {
    kind: "subject",
    name: "church",
    words: /\b(church|chapel|graves?|graveyard|cemetery|tomb\w*|steeple|crypt)\b/i,
    hints: /\b(funeral|bury|buried|death|died|bells?)\b/i,
    setting: "meadow",
    light: "beside",
    aspect: 1.15,
    draw: drawChurch,
  },
  {
    kind: "subject",
    name: "candle",
    words: /\b(candles?|candlelit|lanterns?|oil lamps?)\b/i,
    hints: /\b(flames?|ritual|s[eé]ance|silence|lamps?)\b/i,
    setting: "room",
    light: "hidden",
    aspect: 0.9,
    draw: drawCandle,
  },
  {
    kind: "subject",
    name: "bare tree",
    words: /\b(trees?|branch(es)?|oaks?)\b/i,
    hints: /\b(autumn|roots?|crows?|ravens?)\b/i,
    setting: "meadow",
    light: "behind",
    aspect: 1,
    draw: drawBareTree,
  },
];

/** Only when nothing else is named: nearly every scene has somebody in it. */
export const figure: Motif = {
  kind: "subject",
  name: "figure",
  words:
    /\b(figures?|silhouette|man|woman|men|women|person|people|someone|stranger|child|boy|girl|mother|father|couple|travell?er|entrepreneur|founder|investor|keeper|detective|ghost|shadow)\b/i,
  setting: "meadow",
  light: "behind",
  aspect: 0.7,
  draw: drawFigure,
};
