/** Makes one card: a title, and a label such as "Part 2 of 3" over it, on a blurred picture or on a plain ground. */
import { createCanvas } from "@napi-rs/canvas";
import { Failure } from "../../base/failure.ts";
import { accentFor, accentOf, type Colour, INK, mix, type Tones, WHITE } from "./colour.ts";
import { fontsFor, type GivenFont } from "./fonts.ts";
import { unitsOf } from "./lines.ts";
import { fill, inkOn, layPicture, type Page, shadeAll, vignette, whole } from "./page.ts";
import { type Focus, loadPicture, type PictureFile, tonesOfPicture } from "./picture.ts";
import { installedNotice, type Made, typographic } from "./say.ts";
import { type Block, type Box, drawText, setText, TRACKING } from "./type.ts";

/** Plain data, because it travels to a worker thread. */
export interface CardRequest {
  /** Undefined for a plain ground. */
  readonly image: PictureFile | undefined;
  readonly fonts: readonly GivenFont[];
  readonly title: string;
  /** Undefined for a card of the title alone. */
  readonly label: string | undefined;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** The plain ground, and what shows through a transparent picture. */
  readonly background: Colour;
  readonly focus: Focus;
  readonly upperCase: boolean;
  /** The label's ground; undefined for one of the picture's own. */
  readonly accent: Colour | undefined;
}

export async function makeCard(request: CardRequest): Promise<Made> {
  const { width, height } = request;
  const [title, label] = [request.title, request.label ?? ""].map((text) => {
    const set = typographic(text);
    return request.upperCase ? set.toUpperCase() : set;
  }) as [string, string];
  if (unitsOf(title).length === 0)
    throw new Failure(`The title '${request.title}' has no word to show.`, { code: "script.invalid" });
  const fonts = await fontsFor(`${title} ${label}`, "faceless black", request.fonts);
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  const base = { context, width, height, unit: Math.min(width, height) / 720 };
  const { page, ink } = await ground(base, request);
  const { families } = fonts;
  const box = { x: width * 0.1, y: 0, width: width * 0.8, height: height * 0.5 };
  const largest = (height > width ? 96 : 104) * page.unit;
  const place = { along: "middle", down: "top", stacked: false, tracking: TRACKING, families } as const;
  const block = setText(context, unitsOf(title), box, { ...place, lines: linesFor(title), largest })!;
  const pill = { ...box, height: 44 * page.unit, width: width * 0.7, x: width * 0.15 };
  const small = setText(context, unitsOf(label), pill, {
    ...place,
    lines: 1,
    largest: 34 * page.unit,
    tracking: 0.012,
  });
  drawGroup(page, block, small, ink);
  const bytes = await canvas.encode("png");
  return { bytes, notices: installedNotice(fonts.installed) };
}

/** A long title is set in more lines, for else it would be too small to read. */
function linesFor(title: string): number {
  return Math.max(4, Math.ceil(title.length / 24));
}

type Base = Omit<Page, "accent" | "deep">;

/** What the card stands on, drawn, and the colour of type on it. */
async function ground(base: Base, request: CardRequest): Promise<{ page: Page; ink: Colour }> {
  const { image, background, focus } = request;
  fill(base, background);
  if (image === undefined) {
    const ink = inkOn(background);
    const page = { ...base, deep: mix(background, INK, 0.8), accent: request.accent ?? accentOf(background) };
    lightUp(page, background);
    return { page, ink };
  }
  const picture = await loadPicture(image);
  const tones: Tones = tonesOfPicture(picture, background);
  const page = { ...base, deep: tones.deep, accent: request.accent ?? accentFor(tones, []) };
  // Beyond the edges, for a blur draws what is outside into them.
  const over = 60 * page.unit;
  const { width, height } = whole(page);
  const around: Box = { x: -over, y: -over, width: width + 2 * over, height: height + 2 * over };
  layPicture(page, picture, around, { focus }, `blur(${Math.round(14 * page.unit)}px) saturate(1.1)`);
  shadeAll(page, 0.5);
  vignette(page, 0.45);
  return { page, ink: WHITE };
}

/** A plain colour, a little lighter where the title stands: it looks lit, and not like a missing picture. */
function lightUp({ context, width, height }: Page, colour: Colour): void {
  const light = context.createRadialGradient(
    width / 2,
    height * 0.4,
    0,
    width / 2,
    height / 2,
    Math.hypot(width, height) * 0.55,
  );
  light.addColorStop(0, mix(colour, WHITE, 0.14));
  light.addColorStop(1, mix(colour, "#000000", 0.22));
  context.fillStyle = light;
  context.fillRect(0, 0, width, height);
}

/** Label and title in the middle, as one; upright a little higher, above the player's own buttons. */
function drawGroup(page: Page, title: Block, label: Block | undefined, ink: Colour): void {
  const { context, unit, width, height, accent } = page;
  const pad = { x: 30 * unit, y: 18 * unit };
  const labelHeight = label === undefined ? 0 : label.bounds.height + 2 * pad.y + 40 * unit;
  const top = height * (height > width ? 0.44 : 0.5) - (labelHeight + title.bounds.height) / 2;
  if (label !== undefined) {
    const { x, width: long, height: high } = label.bounds;
    context.fillStyle = accent;
    context.beginPath();
    context.roundRect(x - pad.x, top, long + 2 * pad.x, high + 2 * pad.y, (high + 2 * pad.y) / 2);
    context.fill();
    drawAt(page, label, top + pad.y - label.bounds.y, inkOn(accent), 0);
  }
  drawAt(page, title, top + labelHeight - title.bounds.y, ink, ink === WHITE ? 0.03 : 0);
}

function drawAt(
  { context, deep }: Page,
  block: Block,
  down: number,
  colour: Colour,
  outlineWidth: number,
): void {
  context.save();
  context.translate(0, down);
  const ink = { fill: colour, accent: colour, outline: deep, outlineWidth, shadow: 0.12 };
  drawText(context, block, { ...ink, isAccented: () => false });
  context.restore();
}
