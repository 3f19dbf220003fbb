/** The colours of a story, chosen from the style's words, with a little of each scene's own light. */
import { canonicalJson, type Json, type JsonObject } from "../../../base/json.ts";
import { type Colour, lighter, mix, turnHue } from "./colour.ts";
import { between, pick, type Random, randomFrom, seedOf } from "./random.ts";
import { firstMatch, styleTexts } from "./request.ts";

export interface Palette {
  /** The sky from the zenith down to the horizon. */
  readonly top: Colour;
  readonly middle: Colour;
  readonly low: Colour;
  /** The farthest land, and the nearest: every depth lies between. */
  readonly far: Colour;
  readonly near: Colour;
  /** Sun, moon, and their light on water. */
  readonly light: Colour;
  /** What the eye should find: coins, cloth, lit metal. */
  readonly accent: Colour;
  /** Windows and lamps. */
  readonly lamp: Colour;
}

interface Family extends Palette {
  readonly words: RegExp;
}

const families: readonly Family[] = [
  {
    words:
      /\b(gold(en)?|warm|amber|honey|brass|sunset|sunrise|sunlit|champagne|orange|autumn|desert|sand)\b/i,
    ...{ top: "#2a1f3d", middle: "#8a4f5c", low: "#f7b267", far: "#b0735f", near: "#1f1420" },
    ...{ light: "#fff0c2", accent: "#f4b942", lamp: "#ffdf94" },
  },
  {
    words: /\b(cold|cool|blue|teal|turquoise|aqua|icy?|winter|ocean|marine|steel|slate)\b/i,
    ...{ top: "#0e2740", middle: "#2c6f8a", low: "#f2d9ae", far: "#5f909c", near: "#0b1c26" },
    ...{ light: "#fff5d9", accent: "#eaa95a", lamp: "#ffdc9a" },
  },
  {
    words:
      /\b(dark|noir|black|fog(gy)?|mist(y)?|gr[ae]y|monochrome|shadow(s|y)?|grim|eerie|desaturated|ash)\b/i,
    ...{ top: "#0a0e15", middle: "#26313f", low: "#8b9aa6", far: "#46545f", near: "#07090d" },
    ...{ light: "#eef1ea", accent: "#d9a653", lamp: "#ffc46b" },
  },
  {
    words: /\b(emerald|green|jade|forest|mossy?|olive|sage|jungle)\b/i,
    ...{ top: "#0c2a29", middle: "#2b7564", low: "#efdf9f", far: "#5a937c", near: "#081a19" },
    ...{ light: "#fffadd", accent: "#e9b44c", lamp: "#ffe3a1" },
  },
  {
    words: /\b(pastel|soft|pink|rose|peach|lavender|cream(y)?|blush|gentle|dreamy|candy)\b/i,
    ...{ top: "#6f7fb8", middle: "#b9a6cf", low: "#fbd5c8", far: "#a79cc4", near: "#3a3157" },
    ...{ light: "#fff6ee", accent: "#f2a67f", lamp: "#ffe9b8" },
  },
  {
    words: /\b(crimson|red|scarlet|blood(y)?|rust(y)?|burgundy|ember|fire|fiery|horror)\b/i,
    ...{ top: "#190a14", middle: "#5f1a2b", low: "#e8694a", far: "#7b2f3c", near: "#12060c" },
    ...{ light: "#ffd9b0", accent: "#f0a04b", lamp: "#ffcf85" },
  },
  {
    words: /\b(midnight|night|navy|moonlit|moonlight|indigo|cosmic|starry)\b/i,
    ...{ top: "#070c1d", middle: "#182a55", low: "#6d86b8", far: "#33497c", near: "#050914" },
    ...{ light: "#f3f1e2", accent: "#e8b75a", lamp: "#ffd68a" },
  },
  {
    words: /\b(neon|violet|purple|magenta|cyberpunk|synthwave|electric|vivid|vibrant)\b/i,
    ...{ top: "#150a33", middle: "#5b2a86", low: "#ff8a9a", far: "#7b4a9c", near: "#0f0722" },
    ...{ light: "#ffe3cf", accent: "#ffb454", lamp: "#8df0ff" },
  },
  {
    words: /\b(bright|day(light)?|clear|clean|white|fresh|airy|minimal(ist)?|sunny|mediterranean)\b/i,
    ...{ top: "#2f74b5", middle: "#7db8de", low: "#fdeccb", far: "#86acc4", near: "#16324a" },
    ...{ light: "#fffdf0", accent: "#f2b33d", lamp: "#ffe9ad" },
  },
];

/** The mood names colours outright, so it is asked first; then the place; then whatever else the style says. */
function chooseFamily(style: JsonObject): Family {
  const textOf = (value: Json | undefined) => styleTexts(value ?? null).join(" ");
  for (const text of [textOf(style.color_mood), textOf(style.environment), textOf(style)]) {
    const ranked = families
      .map((family) => ({ family, at: firstMatch(text, family.words) }))
      .sort((a, b) => a.at - b.at);
    const first = ranked[0];
    if (first !== undefined && first.at !== Number.POSITIVE_INFINITY) return first.family;
  }
  return pick(randomFrom(seedOf("palette", canonicalJson(style))), families);
}

const gloomy = /\b(dark\w*|black|nights?|noir|midnight|horror|eerie|grim|bleak|haunted|gloom\w*|sinister)\b/i;

/** A dark mood dims the families whose horizon is bright; the others are dark already. */
function dim(family: Family, mood: string): Family {
  const brightHorizon = Number.parseInt(family.low.slice(3, 5), 16) > 0xb0;
  if (!brightHorizon || !gloomy.test(mood)) return family;
  const { top, middle, low, far, near } = family;
  return {
    ...family,
    top: mix(top, near, 0.55),
    middle: mix(middle, near, 0.42),
    low: mix(low, middle, 0.5),
    far: mix(far, near, 0.35),
  };
}

/** A story keeps its family of colours; `random` is the scene's, and moves only the hour of the day. */
export function paletteFor(style: JsonObject, random: Random): Palette {
  const mood = styleTexts(style.color_mood ?? null).join(" ");
  const { words: _, ...family } = dim(chooseFamily(style), mood);
  const degrees = between(random, -7, 7);
  const lateness = between(random, -0.14, 0.2);
  const turned = Object.fromEntries(
    Object.entries(family).map(([name, colour]) => [name, turnHue(colour, degrees)]),
  ) as unknown as Palette;
  const hour = (colour: Colour) =>
    lateness > 0 ? mix(colour, turned.near, lateness) : mix(colour, lighter(turned.low, 0.2), -lateness);
  return {
    ...turned,
    top: hour(turned.top),
    middle: hour(turned.middle),
    accent: family.accent,
    lamp: family.lamp,
  };
}
