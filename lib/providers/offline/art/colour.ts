/** Colours as "#rrggbb", and what we do to them. */

export type Colour = `#${string}`;

function channels(colour: Colour): [number, number, number] {
  const value = Number.parseInt(colour.slice(1, 7), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function hex(value: number): string {
  return Math.round(Math.min(255, Math.max(0, value)))
    .toString(16)
    .padStart(2, "0");
}

/** Share 0 is all `a`, share 1 all `b`. */
export function mix(a: Colour, b: Colour, share: number): Colour {
  const [r1, g1, b1] = channels(a);
  const [r2, g2, b2] = channels(b);
  return `#${hex(r1 + (r2 - r1) * share)}${hex(g1 + (g2 - g1) * share)}${hex(b1 + (b2 - b1) * share)}`;
}

export function lighter(colour: Colour, share: number): Colour {
  return mix(colour, "#ffffff", share);
}

export function darker(colour: Colour, share: number): Colour {
  return mix(colour, "#000000", share);
}

/** The same colour, see-through: opacity 0 to 1. */
export function fade(colour: Colour, opacity: number): Colour {
  return `#${colour.slice(1, 7)}${hex(opacity * 255)}`;
}

/** Rotates the hue, keeping grey grey: the CSS `hue-rotate` matrix (Filter Effects 1, section 8.8). */
export function turnHue(colour: Colour, degrees: number): Colour {
  const [r, g, b] = channels(colour);
  const cos = Math.cos((degrees * Math.PI) / 180);
  const sin = Math.sin((degrees * Math.PI) / 180);
  const red = r * (0.213 + cos * 0.787 - sin * 0.213) + g * (0.715 - cos * 0.715 - sin * 0.715);
  const green = r * (0.213 - cos * 0.213 + sin * 0.143) + g * (0.715 + cos * 0.285 + sin * 0.14);
  const blue = r * (0.213 - cos * 0.213 - sin * 0.787) + g * (0.715 - cos * 0.715 + sin * 0.715);
  return `#${hex(red + b * (0.072 - cos * 0.072 + sin * 0.928))}${hex(green + b * (0.072 - cos * 0.072 - sin * 0.283))}${hex(blue + b * (0.072 + cos * 0.928 + sin * 0.072))}`;
}
