/** On and beside the water: a lighthouse, a yacht, a sailing boat. */
import { type Colour, darker, fade, lighter, mix } from "../colour.ts";
import { across, type Context, disc, down, glow, line, outline, oval, polygon, rect, shape } from "../pen.ts";
import { between } from "../random.ts";
import type { Brush } from "../stage.ts";
import type { Motif } from "./motif.ts";

/** Foam where something stands in the water: hides the hard edge. */
function foam({ ctx, palette, random }: Brush, left: number, right: number, y: number): void {
  for (let i = 0; i < 46; i++) {
    const x = between(random, left, right);
    oval(
      ctx,
      fade(palette.light, between(random, 0.15, 0.5)),
      x,
      y + between(random, -0.012, 0.02),
      between(random, 0.015, 0.07),
      between(random, 0.003, 0.007),
    );
  }
}

function rock({ ctx, palette, noise }: Brush): void {
  const stone = mix(palette.near, palette.far, 0.2);
  const points: [number, number][] = [[-0.9, 0.06]];
  for (let i = 0; i <= 60; i++) {
    const t = i / 60;
    const hump = Math.sin(t * Math.PI) ** 0.75 * 0.24;
    // Flat under the tower, so that it stands on the rock and not above it.
    const crag = Math.abs(t - 0.47) < 0.1 ? 0 : (noise(t * 14) - 0.5) * 0.07 * Math.sin(t * Math.PI);
    points.push([-0.82 + t * 1.7, 0.05 - hump - crag]);
  }
  polygon(ctx, across(ctx, -0.8, 0.8, darker(palette.near, 0.25), palette.near, stone), [
    ...points,
    [0.95, 0.06],
  ]);
  polygon(ctx, down(ctx, -0.05, 0.07, fade(palette.middle, 0), fade(palette.middle, 0.55)), points);
}

function beam({ ctx, palette }: Brush, side: number): void {
  const reach = 1.5 * side;
  polygon(ctx, across(ctx, 0, reach, fade(palette.lamp, 0.6), fade(palette.lamp, 0)), [
    [0, -0.865],
    [reach, -1.06],
    [reach, -0.74],
  ]);
}

function drawLighthouse(brush: Brush): void {
  const { ctx, palette } = brush;
  const white = mix(palette.light, palette.near, 0.12);
  const red = mix("#b23a34", palette.near, 0.12);
  beam(brush, -1);
  beam(brush, 1);
  rock(brush);
  const half = (t: number) => 0.095 - 0.035 * t;
  for (let band = 0; band < 6; band++) {
    const [a, b] = [band / 6, (band + 1) / 6];
    const colour: Colour = band % 2 === 0 ? white : red;
    const [y1, y2] = [-0.13 - a * 0.65, -0.13 - b * 0.65];
    polygon(ctx, across(ctx, -0.09, 0.09, darker(colour, 0.5), darker(colour, 0.12), lighter(colour, 0.1)), [
      [-half(a), y1],
      [-half(b), y2],
      [half(b), y2],
      [half(a), y1],
    ]);
  }
  for (const y of [-0.34, -0.56]) rect(ctx, palette.near, -0.013, y, 0.026, 0.05);
  rect(ctx, palette.near, -0.09, -0.805, 0.18, 0.028);
  for (let x = -0.08; x < 0.09; x += 0.032) rect(ctx, palette.near, x, -0.84, 0.006, 0.04);
  rect(ctx, lighter(palette.lamp, 0.4), -0.042, -0.905, 0.084, 0.1);
  for (const x of [-0.045, -0.004, 0.037]) rect(ctx, palette.near, x, -0.905, 0.008, 0.1);
  shape(ctx, palette.near, "M-.065-.9Q-.04-.97 0-.985Q.04-.97 .065-.9Z");
  disc(ctx, palette.near, 0, -0.99, 0.014);
  glow(ctx, palette.lamp, 0, -0.86, 0.4, 0.75);
  foam(brush, -0.88, 0.92, 0.055);
}

/** The hull's dark double, broken by ripples. */
function reflection({ ctx, palette, random }: Brush, half: number, depth: number): void {
  for (let i = 0; i < 38; i++) {
    const t = random();
    const reach = half * (1 - t * 0.55) * between(random, 0.25, 0.75);
    oval(
      ctx,
      fade(palette.near, 0.34 * (1 - t)),
      between(random, -0.5, 0.5) * half,
      0.02 + t * depth,
      reach,
      0.007 + 0.008 * t,
    );
  }
}

function deck(
  ctx: Context,
  fill: Parameters<typeof shape>[1],
  glass: Colour,
  d: string,
  windows: string,
): void {
  shape(ctx, fill, d);
  shape(ctx, glass, windows);
}

function drawYacht(brush: Brush): void {
  const { ctx, palette } = brush;
  const white = mix(palette.light, palette.near, 0.1);
  const body = across(ctx, -0.95, 0.95, darker(white, 0.4), darker(white, 0.06), lighter(white, 0.3));
  const glass = mix(palette.near, palette.top, 0.4);
  reflection(brush, 0.9, 0.3);
  line(ctx, white, 0.012, [
    [-0.18, -0.62],
    [-0.24, -0.84],
  ]);
  outline(ctx, white, 0.022, "M-.3-.66Q-.2-.72-.05-.6");
  deck(
    ctx,
    body,
    fade(palette.lamp, 0.95),
    "M-.52-.46L-.46-.6Q-.1-.66 .16-.56L.3-.46Z",
    "M-.38-.49L-.35-.56Q-.1-.6 .1-.55L.18-.49Z",
  );
  deck(
    ctx,
    body,
    palette.lamp,
    "M-.8-.28L-.72-.44Q-.1-.5 .32-.44L.56-.28Z",
    "M-.62-.31L-.58-.4Q-.1-.44 .27-.4L.41-.31Z",
  );
  for (let x = -0.5; x < 0.3; x += 0.13) rect(ctx, white, x, -0.42, 0.016, 0.12);
  shape(ctx, body, "M-.95-.29H.62Q.85-.31 1.08-.36Q.92-.12 .7 .02H-.82Q-.93-.08-.95-.29Z");
  shape(ctx, glass, "M-.72-.19L.72-.22L.66-.15L-.7-.13Z");
  shape(ctx, fade(palette.accent, 0.9), "M-.93-.26L.98-.3L.96-.275L-.93-.235Z");
  shape(ctx, palette.near, "M-.88-.03H.74Q.72 0 .7 .03H-.82Q-.86 0-.88-.03Z");
  glow(ctx, palette.lamp, -0.1, -0.4, 0.55, 0.25);
  foam(brush, -1.05, 0.85, 0.03);
}

function drawSailboat(brush: Brush): void {
  const { ctx, palette } = brush;
  const sail = mix(palette.light, palette.low, 0.2);
  reflection(brush, 0.42, 0.24);
  line(ctx, palette.near, 0.016, [
    [0, -0.1],
    [0, -1],
  ]);
  shape(
    ctx,
    across(ctx, -0.42, 0, mix(sail, palette.near, 0.5), mix(sail, palette.near, 0.1)),
    "M-.02-.97Q-.12-.5-.42-.2Q-.2-.16-.02-.18Z",
  );
  shape(ctx, across(ctx, 0, 0.4, sail, lighter(sail, 0.4)), "M.03-.92Q.32-.55 .4-.2Q.2-.15 .03-.18Z");
  polygon(ctx, palette.accent, [
    [0, -1],
    [0.1, -0.975],
    [0, -0.95],
  ]);
  shape(
    ctx,
    across(ctx, -0.46, 0.46, darker(palette.near, 0.2), mix(palette.near, palette.far, 0.35)),
    "M-.48-.13H.5Q.42 .02 .3 .04H-.32Q-.45 0-.48-.13Z",
  );
  rect(ctx, palette.accent, -0.465, -0.115, 0.94, 0.016);
  foam(brush, -0.5, 0.52, 0.04);
}

export const seaMotifs: readonly Motif[] = [
  {
    kind: "subject",
    name: "lighthouse",
    words: /\b(lighthouses?|beacons?|headland|lamp room)\b/i,
    hints: /\b(cliffs?|rocky|keeper|foghorn)\b/i,
    setting: "sea",
    light: "beside",
    aspect: 1.15,
    draw: drawLighthouse,
  },
  {
    kind: "subject",
    name: "yacht",
    words: /\b(yachts?|superyachts?|marina|motorboat|cruise ship)\b/i,
    hints: /\b(cruise|deck|harbou?r|mediterranean)\b/i,
    setting: "sea",
    light: "beside",
    aspect: 1.95,
    draw: drawYacht,
  },
  {
    kind: "subject",
    name: "sailing boat",
    words: /\b(boats?|ships?|sail(s|boats?|ing)?|seas?|ocean|waves?|bay|lakes?|rivers?|shore|island)\b/i,
    hints: /\b(coast(al)?|water|voyage|fishing|tides?|drift\w*)\b/i,
    setting: "sea",
    light: "behind",
    aspect: 1,
    draw: drawSailboat,
  },
];
