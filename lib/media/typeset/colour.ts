/** Colours, what a picture's are, and which of them stand out on it. */

/** "#rrggbb". */
export type Colour = `#${string}`;

export const WHITE: Colour = "#ffffff";
/** Nearly black: what is set on light colours. */
export const INK: Colour = "#0b0b0d";

type Triple = readonly [red: number, green: number, blue: number];

export function channels(colour: Colour): Triple {
  const value = Number.parseInt(colour.slice(1, 7), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function hex(triple: Triple): Colour {
  const two = (value: number) =>
    Math.round(Math.min(255, Math.max(0, value)))
      .toString(16)
      .padStart(2, "0");
  return `#${triple.map(two).join("")}`;
}

/** Share 0 is all `a`, share 1 all `b`. */
export function mix(a: Colour, b: Colour, share: number): Colour {
  const [from, to] = [channels(a), channels(b)];
  return hex([0, 1, 2].map((at) => from[at]! + (to[at]! - from[at]!) * share) as unknown as Triple);
}

/** "rgba(…)": the same colour, see-through. */
export function fade(colour: Colour, opacity: number): string {
  return `rgba(${channels(colour).join(",")},${opacity})`;
}

/** Relative luminance, 0 to 1 (WCAG 2.2). */
export function luminance(colour: Colour): number {
  const [r, g, b] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Triple;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG contrast, 1 to 21; large type needs 3, and what is read at a glance more. */
export function contrast(a: Colour, b: Colour): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** What a picture's colours are, as far as type on it is concerned. */
export interface Tones {
  /** How much there is of each hue, by twenty-fourths from red on: shares of the picture, the pale and dark counting little. */
  readonly hues: readonly number[];
  /** Which of them covers most of it, dark places as well. */
  readonly ground: number;
  /** Nearly black, of the hue of its shadows: what type stands on. */
  readonly deep: Colour;
  /** How striking it is, to rank the pictures of a film: only good for comparing. */
  readonly strength: number;
  /** The pixels that this was told from: RGBA, all pictures in one size. */
  readonly pixels: Uint8Array;
}

/** Where a picture is grey: yellow is what stands out on most. */
const GREY_ACCENT: Colour = "#ffd23f";
/** How unlike two pictures are: the mean distance of their pixels, 0 to 255. */
export function difference(a: Tones, b: Tones): number {
  return a.pixels.reduce((sum, value, at) => sum + Math.abs(value - b.pixels[at]!), 0) / a.pixels.length;
}

const HUES = 24;
/** From red, the first, to yellow. */
const WARMEST = 3;
/** Share of the picture's pixels that must be colourful for their hue to be its own. */
const COLOURFUL = 0.0015;

/** From RGBA pixels, a few thousand. */
export function tonesOf(pixels: Uint8Array): Tones {
  const [hues, areas] = [new Float64Array(HUES), new Float64Array(HUES)];
  const dark = [0, 0, 0];
  let [darkness, colour, light, square] = [0, 0, 0, 0];
  const count = pixels.length / 4;
  for (let at = 0; at < pixels.length; at += 4) {
    const rgb: Triple = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
    const [hue, saturation, value] = hsv(rgb);
    const bin = Math.floor(hue * HUES) % HUES;
    hues[bin]! += saturation ** 2 * value ** 1.5;
    areas[bin]! += saturation * (0.3 + value);
    const shadow = (1 - value) ** 2;
    for (const channel of [0, 1, 2] as const) dark[channel]! += rgb[channel] * shadow;
    darkness += shadow;
    colour += saturation * value;
    light += value;
    square += value * value;
  }
  const spread = Math.sqrt(Math.max(0, square / count - (light / count) ** 2));
  return {
    hues: Array.from(hues, (weight) => weight / count),
    ground: areas.indexOf(Math.max(...areas)),
    deep: deepened(hex(dark.map((sum) => sum / Math.max(darkness, 1e-9)) as unknown as Triple)),
    strength: colour / count + 1.5 * spread,
    pixels,
  };
}

/**
 * Of the hues of a film's pictures, the one that is least like this picture's own: type in the hue of what lies behind
 * it would sink into it. Warm ones come forward.
 */
export function accentFor(picture: Tones, film: readonly Tones[]): Colour {
  const weights = picture.hues.map((own, hue) => Math.max(own, ...film.map(({ hues }) => hues[hue]! / 2)));
  if (weights.every((weight) => weight < COLOURFUL)) return GREY_ACCENT;
  const scores = weights.map((weight, hue) => {
    if (weight < COLOURFUL) return 0;
    const apart =
      Math.min(Math.abs(hue - picture.ground), HUES - Math.abs(hue - picture.ground)) / (HUES / 2);
    const warm = hue <= WARMEST || hue >= HUES - 1 ? 1.4 : 1;
    return weight ** 0.4 * (0.12 + apart) * warm;
  });
  return vivid((scores.indexOf(Math.max(...scores)) + 0.5) / HUES);
}

/** What stands out on a plain ground: its own hue, bright; yellow on grey. */
export function accentOf(ground: Colour): Colour {
  const [hue, saturation] = hsv(channels(ground));
  return saturation < 0.12 ? GREY_ACCENT : vivid(hue);
}

/** As saturated and light as it takes to be read on black. */
function vivid(hue: number): Colour {
  let colour = ofHsv(hue, 0.86, 1);
  while (luminance(colour) < 0.42) colour = mix(colour, WHITE, 0.08);
  return colour;
}

function deepened(shadow: Colour): Colour {
  let colour = shadow;
  while (luminance(colour) > 0.012) colour = mix(colour, "#000000", 0.15);
  return colour;
}

/** Each 0 to 1. */
function hsv([red, green, blue]: Triple): Triple {
  const most = Math.max(red, green, blue);
  const range = most - Math.min(red, green, blue);
  if (range === 0) return [0, 0, most / 255];
  const sixth =
    most === red
      ? ((green - blue) / range + 6) % 6
      : most === green
        ? (blue - red) / range + 2
        : (red - green) / range + 4;
  return [sixth / 6, range / most, most / 255];
}

function ofHsv(hue: number, saturation: number, value: number): Colour {
  const channel = (n: number) => {
    const k = (n + hue * 6) % 6;
    return 255 * value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return hex([channel(5), channel(3), channel(1)]);
}
