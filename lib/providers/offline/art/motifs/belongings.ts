/** Everyday things: an umbrella, an open book, a phone. */
import { darker, fade, lighter, mix } from "../colour.ts";
import { across, block, disc, down, glow, line, outline, oval, ring, shape } from "../pen.ts";
import { between } from "../random.ts";
import type { Brush } from "../stage.ts";
import { coinStack } from "./coins.ts";
import type { Motif } from "./motif.ts";

function drawUmbrella(brush: Brush): void {
  const { ctx, palette, random } = brush;
  const cloth = mix(palette.accent, "#d9423a", 0.45);
  for (let i = 0; i < 190; i++) {
    const x = between(random, -0.95, 0.95);
    const y = between(random, -1.15, -0.02);
    const sheltered = Math.abs(x) < 0.56 && y > -0.85;
    if (!sheltered)
      line(ctx, fade(palette.light, 0.3), 0.005, [
        [x, y],
        [x - 0.018, y + 0.065],
      ]);
  }
  outline(ctx, palette.near, 0.022, "M0-.9V-.1");
  for (const [x, count] of [
    [-0.24, 3],
    [0.24, 4],
    [0, 6],
  ] as const)
    coinStack(brush, x, count, 0.105, x === 0 ? 0.03 : 0);
  shape(
    ctx,
    across(ctx, -0.56, 0.56, darker(cloth, 0.5), cloth, lighter(cloth, 0.2)),
    "M-.56-.56C-.5-.98 .5-.98 .56-.56Q.47-.63 .37-.56Q.28-.63 .185-.56Q.09-.63 0-.56Q-.09-.63-.185-.56Q-.28-.63-.37-.56Q-.47-.63-.56-.56Z",
  );
  for (const x of [-0.37, -0.185, 0, 0.185, 0.37])
    outline(ctx, fade(darker(cloth, 0.6), 0.55), 0.006, `M${x}-.56Q${x * 0.85}-.82 0-.875`);
  line(ctx, palette.near, 0.02, [
    [0, -0.875],
    [0, -0.92],
  ]);
}

function drawBook({ ctx, palette }: Brush): void {
  const paper = mix(palette.light, palette.low, 0.3);
  const cover = darker(mix(palette.accent, palette.near, 0.55), 0.1);
  glow(ctx, palette.lamp, 0, -0.35, 0.9, 0.5);
  oval(ctx, fade(palette.near, 0.5), 0, 0, 0.72, 0.06);
  shape(ctx, cover, "M-.7-.02L-.62-.44Q-.3-.5 0-.4Q.3-.5 .62-.44L.7-.02Q.3-.08 0 .03Q-.3-.08-.7-.02Z");
  shape(
    ctx,
    across(ctx, -0.66, 0, mix(paper, palette.near, 0.35), paper, mix(paper, palette.near, 0.4)),
    "M-.66-.06L-.58-.49Q-.25-.57 0-.43V-.02Q-.28-.13-.66-.06Z",
  );
  shape(
    ctx,
    across(ctx, 0, 0.66, mix(paper, palette.near, 0.3), lighter(paper, 0.3), paper),
    "M.66-.06L.58-.49Q.25-.57 0-.43V-.02Q.28-.13 .66-.06Z",
  );
  for (let i = 0; i < 5; i++) {
    const y = -0.43 + i * 0.068;
    const spread = 0.5 + i * 0.015;
    outline(ctx, fade(palette.near, 0.4), 0.009, `M${-spread} ${y}Q-.25 ${y - 0.06}-.07 ${y + 0.035}`);
    outline(ctx, fade(palette.near, 0.4), 0.009, `M${spread} ${y}Q.25 ${y - 0.06} .07 ${y + 0.035}`);
  }
  for (let i = 0; i < 9; i++) {
    const angle = -Math.PI / 2 + (i - 4) * 0.22;
    disc(
      ctx,
      fade(palette.lamp, 0.8),
      Math.cos(angle) * (0.55 + (i % 3) * 0.1),
      -0.33 + Math.sin(angle) * (0.42 + (i % 3) * 0.1),
      0.009 + (i % 2) * 0.006,
    );
  }
}

function drawPhone({ ctx, palette }: Brush): void {
  glow(ctx, palette.lamp, 0, -0.5, 0.8, 0.6);
  oval(ctx, fade(palette.near, 0.55), 0, 0, 0.3, 0.035);
  block(
    ctx,
    across(ctx, -0.25, 0.26, palette.near, mix(palette.near, palette.low, 0.4)),
    -0.25,
    -1,
    0.5,
    1,
    0.07,
  );
  block(
    ctx,
    down(ctx, -0.96, -0.04, lighter(palette.middle, 0.12), mix(palette.top, palette.near, 0.35)),
    -0.225,
    -0.965,
    0.45,
    0.93,
    0.05,
  );
  block(ctx, palette.near, -0.06, -0.945, 0.12, 0.024, 0.012);
  block(ctx, fade(palette.near, 0.42), -0.185, -0.87, 0.37, 0.42, 0.03);
  outline(ctx, lighter(palette.accent, 0.15), 0.022, "M-.15-.55L-.08-.62L-.03-.58L.05-.72L.09-.69L.15-.8");
  for (const [i, width] of [0.37, 0.3, 0.34].entries())
    block(ctx, fade(palette.light, 0.5), -0.185, -0.4 + i * 0.105, width, 0.065, 0.02);
  ring(ctx, fade(palette.light, 0.4), 0.008, 0, -0.075, 0.022);
}

const table = { kind: "subject", setting: "table", light: "behind" } as const;

export const belongingMotifs: readonly Motif[] = [
  {
    kind: "subject",
    name: "umbrella",
    words: /\b(umbrellas?|rain(y|ing|fall)?|downpour)\b/i,
    hints: /\b(shields?|protect\w*|insur\w+|emergency|shelter\w*|safety)\b/i,
    setting: "meadow",
    light: "hidden",
    aspect: 1.1,
    draw: drawUmbrella,
  },
  {
    ...table,
    name: "book",
    words:
      /\b(books?|logbook|diary|journal|letters?|notebook|manuscript|ledger|envelope|librar(y|ies)|maps?)\b/i,
    hints: /\b(pages?|stor(y|ies)|chapters?|read\w*|writ(e|es|ing|ten)|lessons?|rules?|plans?)\b/i,
    aspect: 1.4,
    draw: drawBook,
  },
  {
    ...table,
    name: "phone",
    oneWay: true,
    words: /\b(phones?|smartphones?|laptops?|computers?|tablet|credit cards?|screens?)\b/i,
    hints: /\b(apps?|messages?|cards?|automat\w+|online|calls?|voicemail)\b/i,
    light: "hidden",
    aspect: 0.6,
    draw: drawPhone,
  },
];
