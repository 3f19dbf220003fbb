/** What the papercut look cuts out: each shape a pile of coloured sheets, the lowest first. */
import { chooseMotif } from "./motifs/choose.ts";
import { box, circle, fir, pile, rays, ripples, windows } from "./paper-outlines.ts";
import { pick, type Random } from "./random.ts";
import type { DrawRequest } from "./request.ts";

/** Which of the story's papers a sheet is cut from, from the darkest to the lightest. */
export type Paper = "dark" | "deep" | "middle" | "accent" | "pale" | "white";

/** An SVG path in units of the shape's height; the origin is the middle of its foot. */
export interface Sheet {
  readonly paper: Paper;
  readonly d: string;
}

const shapes = {
  sun: [
    { paper: "accent", d: rays(0, -0.55, 0.4, 0.56, 18) },
    { paper: "pale", d: circle(0, -0.55, 0.37) },
    { paper: "white", d: circle(0, -0.55, 0.27) },
  ],
  moon: [
    { paper: "deep", d: circle(0, -0.55, 0.45) },
    { paper: "white", d: "M.12-.98A.44 .44 0 1 0 .4-.4A.37 .37 0 0 1 .12-.98Z" },
    {
      paper: "accent",
      d: `${rays(0.2, -0.72, 0.035, 0.085, 5)}${rays(0.32, -0.52, 0.022, 0.055, 5)}${rays(0.06, -0.56, 0.018, 0.045, 5)}`,
    },
  ],
  mountains: [
    { paper: "middle", d: "M-.85 .1V.5H.9V.1L.3-.7L.02-.1L-.2-.42L-.4-.62Z" },
    { paper: "deep", d: "M-.6 .1V.5H.68V.1L.2-.76L.12-.72L-.05-.98Z" },
    { paper: "white", d: "M-.05-.98L.12-.72L.2-.76L.26-.65L.13-.55L.06-.66L-.05-.52L-.14-.64L-.26-.56Z" },
    { paper: "pale", d: "M.3-.7L.42-.54L.34-.5L.27-.56L.2-.48Z" },
    { paper: "dark", d: `${fir(-0.42, 0.1, 0.34)}${fir(-0.56, 0.1, 0.24)}${fir(0.46, 0.1, 0.28)}` },
  ],
  boat: [
    { paper: "white", d: "M-.03-.96Q-.1-.45-.42-.22H-.03Z" },
    { paper: "accent", d: "M.03-.86Q.34-.5 .4-.22H.03Z" },
    { paper: "dark", d: "M-.015-1L.1-.96L-.015-.92ZM-.015-1h.03v.85h-.03Z" },
    { paper: "dark", d: "M-.5-.17H.52Q.42 .08 .26 .1H-.28Q-.44 .06-.5-.17Z" },
    { paper: "middle", d: ripples(-1.5, -0.01) },
    { paper: "deep", d: ripples(-1.4, 0.07) },
  ],
  coin: [
    { paper: "deep", d: circle(0, -0.5, 0.47) },
    { paper: "accent", d: circle(0, -0.5, 0.43) },
    { paper: "pale", d: circle(0, -0.5, 0.34) },
    { paper: "accent", d: rays(0, -0.5, 0.1, 0.235, 5) },
  ],
  tree: [
    {
      paper: "dark",
      d: "M-.1 .12Q-.03 0-.045-.4L-.2-.55L-.17-.58L-.03-.46L0-.62L.03-.46L.18-.6L.21-.57L.045-.38Q.03 0 .1 .12Z",
    },
    { paper: "deep", d: `${circle(-0.26, -0.58, 0.21)}${circle(0.27, -0.6, 0.2)}${circle(0, -0.76, 0.24)}` },
    {
      paper: "middle",
      d: `${circle(-0.2, -0.63, 0.14)}${circle(0.22, -0.66, 0.13)}${circle(0.02, -0.8, 0.16)}`,
    },
    {
      paper: "accent",
      d: [
        [-0.3, -0.52],
        [-0.12, -0.66],
        [0.05, -0.84],
        [0.16, -0.62],
        [0.33, -0.56],
        [0.02, -0.6],
        [-0.1, -0.86],
      ]
        .map(([x, y]) => circle(x!, y!, 0.042))
        .join(""),
    },
  ],
  firs: [
    { paper: "middle", d: `${fir(-0.58, 0.1, 0.7)}${fir(0.6, 0.1, 0.74)}` },
    { paper: "deep", d: `${fir(-0.28, 0.12, 0.9)}${fir(0.36, 0.12, 0.84)}` },
    { paper: "dark", d: fir(0.02, 0.14, 1.12) },
  ],
  house: [
    { paper: "dark", d: box(0.17, -0.9, 0.1, 0.3) },
    { paper: "pale", d: "M-.36 .12V-.46L0-.82L.36-.46V.12Z" },
    { paper: "accent", d: "M-.48-.4L0-.96L.48-.4L.4-.34L0-.8L-.4-.34Z" },
    { paper: "deep", d: "M-.09 .12V-.14a.09 .1 0 0 1 .18 0V.12Z" },
    {
      paper: "dark",
      d: `${box(-0.28, -0.3, 0.13, 0.16)}${box(0.15, -0.3, 0.13, 0.16)}${circle(0, -0.5, 0.07)}`,
    },
  ],
  towers: [
    {
      paper: "middle",
      d: `${box(-0.62, -0.5, 0.24, 0.65)}${box(0.34, -0.62, 0.26, 0.75)}${box(-0.1, -0.8, 0.2, 0.9)}`,
    },
    { paper: "deep", d: `${box(-0.38, -0.72, 0.26, 0.85)}${box(0.12, -0.48, 0.24, 0.62)}` },
    { paper: "dark", d: `${box(-0.14, -0.9, 0.25, 1.05)}M-.14-.9L-.015-1.06L.11-.9Z` },
    {
      paper: "accent",
      d: `${windows(-0.1, -0.84, 3, 9, 0.068)}${windows(-0.34, -0.66, 3, 8, 0.068)}${windows(0.16, -0.42, 3, 5, 0.068)}`,
    },
    { paper: "pale", d: `${windows(-0.57, -0.44, 3, 5, 0.068)}${windows(0.4, -0.56, 3, 6, 0.068)}` },
  ],
  temple: [
    { paper: "deep", d: box(-0.5, -0.56, 1, 0.6) },
    { paper: "accent", d: box(-0.09, -0.42, 0.18, 0.46) },
    { paper: "pale", d: [-0.54, -0.32, 0.2, 0.42].map((x) => box(x, -0.56, 0.12, 0.58)).join("") },
    {
      paper: "white",
      d: `${box(-0.62, -0.64, 1.24, 0.1)}M-.66-.64L0-1L.66-.64Z${box(-0.66, 0.0, 1.32, 0.07)}${box(-0.74, 0.07, 1.48, 0.1)}`,
    },
    { paper: "accent", d: circle(0, -0.77, 0.07) },
  ],
  clock: [
    { paper: "dark", d: `${circle(0, -0.5, 0.47)}${box(-0.06, -1.06, 0.12, 0.14)}` },
    { paper: "accent", d: circle(0, -0.5, 0.42) },
    { paper: "white", d: circle(0, -0.5, 0.34) },
    {
      paper: "deep",
      d: `${box(-0.016, -0.81, 0.032, 0.07)}${box(-0.016, -0.26, 0.032, 0.07)}${box(-0.31, -0.516, 0.07, 0.032)}${box(0.24, -0.516, 0.07, 0.032)}`,
    },
    {
      paper: "dark",
      d: `M-.02-.48L-.015-.76H.015L.02-.48ZM-.01-.52L.17-.41L.155-.385L-.02-.48Z${circle(0, -0.5, 0.035)}`,
    },
  ],
  diamond: [
    { paper: "deep", d: "M-.58-.64L-.32-.95H.32L.58-.64L0 .06Z" },
    { paper: "pale", d: "M-.5-.64L-.28-.9H.28L.5-.64Z" },
    { paper: "middle", d: "M-.5-.59H-.21L-.04-.06Z" },
    { paper: "accent", d: "M-.17-.59H.17L0-.03Z" },
    { paper: "white", d: "M.5-.59H.21L.04-.06ZM-.17-.64L0-.88L.17-.64Z" },
  ],
  bars: [
    { paper: "middle", d: box(-0.56, -0.24, 0.2, 0.4) },
    { paper: "deep", d: box(-0.28, -0.4, 0.2, 0.55) },
    { paper: "accent", d: box(0, -0.56, 0.2, 0.7) },
    { paper: "dark", d: box(0.28, -0.76, 0.2, 0.9) },
    {
      paper: "white",
      d: "M-.62-.36L-.2-.62L-.06-.54L.3-.88L.24-.94L.52-1L.46-.72L.4-.8L-.04-.42L-.19-.5L-.58-.28Z",
    },
  ],
  stacks: [
    { paper: "deep", d: pile(-0.42, 3) },
    { paper: "accent", d: pile(-0.14, 5) },
    { paper: "middle", d: pile(0.14, 7) },
    { paper: "accent", d: pile(0.42, 9) },
  ],
  sprout: [
    { paper: "dark", d: "M-.03 .1Q-.06-.3 0-.62L.04-.6Q0-.3 .04 .1Z" },
    { paper: "middle", d: "M0-.42Q-.12-.72-.46-.7Q-.4-.4 0-.42Z" },
    { paper: "deep", d: "M.01-.56Q.08-.92 .46-.98Q.48-.6 .01-.56Z" },
    { paper: "pale", d: "M-.04-.44Q-.2-.6-.38-.65Q-.2-.52-.04-.44ZM.05-.6Q.18-.8 .38-.9Q.24-.7 .05-.6Z" },
    { paper: "accent", d: `${pile(-0.34, 2)}${pile(0.34, 3)}` },
  ],
  hourglass: [
    {
      paper: "pale",
      d: "M-.28-.92H.28C.28-.62 .05-.58 .05-.47S.28-.32 .28-.02H-.28C-.28-.32-.05-.36-.05-.47S-.28-.62-.28-.92Z",
    },
    {
      paper: "accent",
      d: "M-.2-.72Q0-.64 .2-.72C.14-.6 .02-.56 .02-.47V-.3C.1-.2 .2-.14 .22-.04H-.22C-.2-.14-.1-.2-.02-.3V-.47C-.02-.56-.14-.6-.2-.72Z",
    },
    { paper: "dark", d: `${box(-0.38, -1.02, 0.76, 0.11)}${box(-0.38, -0.03, 0.76, 0.11)}` },
    { paper: "deep", d: `${box(-0.34, -0.92, 0.05, 0.9)}${box(0.29, -0.92, 0.05, 0.9)}` },
  ],
  lighthouse: [
    { paper: "pale", d: "M0-.83L4-1.36V-.3ZM0-.83L-4-1.36V-.3Z" },
    { paper: "white", d: "M-.15 .1L-.09-.74H.09L.15 .1Z" },
    { paper: "accent", d: "M-.135-.12L-.12-.3H.12L.135-.12ZM-.107-.48L-.095-.64H.095L.107-.48Z" },
    {
      paper: "dark",
      d: `${box(-0.14, -0.77, 0.28, 0.05)}M-.12-.9L0-1.03L.12-.9Z${box(-0.08, -0.9, 0.03, 0.14)}${box(0.05, -0.9, 0.03, 0.14)}`,
    },
    { paper: "deep", d: "M-.62 .2Q-.5-.02-.2-.02T.3 .02Q.55 .04 .66 .2Z" },
    { paper: "middle", d: ripples(-1.5, 0.08) },
  ],
  book: [
    {
      paper: "dark",
      d: "M-.72-.02L-.64-.56Q-.3-.64 0-.5Q.3-.64 .64-.56L.72-.02Q.3-.1 0 .04Q-.3-.1-.72-.02Z",
    },
    { paper: "white", d: "M-.66-.08L-.58-.62Q-.26-.7 0-.55V-.02Q-.28-.16-.66-.08Z" },
    { paper: "pale", d: "M.66-.08L.58-.62Q.26-.7 0-.55V-.02Q.28-.16 .66-.08Z" },
    { paper: "accent", d: "M.3-.66L.42-.67L.46-.1L.4-.16L.34-.11Z" },
  ],
  storm: [
    { paper: "accent", d: "M.12-.5L-.16-.12H0L-.1 .2L.24-.24H.08L.2-.5Z" },
    {
      paper: "middle",
      d: `${circle(-0.24, -0.72, 0.18)}${circle(0.05, -0.84, 0.22)}${circle(0.3, -0.7, 0.16)}${box(-0.24, -0.72, 0.54, 0.16)}`,
    },
    {
      paper: "deep",
      d: `${circle(-0.36, -0.56, 0.15)}${circle(-0.1, -0.66, 0.2)}${circle(0.2, -0.6, 0.18)}${circle(0.4, -0.53, 0.12)}${box(-0.36, -0.56, 0.76, 0.15)}`,
    },
  ],
  door: [
    { paper: "dark", d: "M-.38 .12V-.62a.38 .38 0 0 1 .76 0V.12Z" },
    { paper: "accent", d: "M-.3 .12V-.62a.3 .3 0 0 1 .6 0V.12Z" },
    { paper: "white", d: "M-.22 .12V-.6a.22 .22 0 0 1 .44 0V.12Z" },
    { paper: "deep", d: "M-.3 .12V-.62a.3 .3 0 0 1 .12-.24L-.08-.6V.22Z" },
    { paper: "pale", d: circle(-0.125, -0.27, 0.025) },
  ],
} as const satisfies Record<string, readonly Sheet[]>;

type ShapeName = keyof typeof shapes;

/** The shapes that can stand for each motif of the landscape look; the sun stands for the rest. */
const shapesOf: Readonly<Record<string, readonly ShapeName[]>> = {
  ...{
    coins: ["coin", "stacks"],
    "piggy bank": ["coin"],
    safe: ["coin"],
    scales: ["stacks"],
    bank: ["temple"],
  },
  ...{
    "money tree": ["tree", "sprout"],
    "bare tree": ["tree"],
    forest: ["firs"],
    chart: ["bars"],
    crash: ["storm"],
  },
  ...{
    hourglass: ["hourglass"],
    watch: ["clock"],
    gears: ["clock"],
    diamond: ["diamond"],
    champagne: ["diamond"],
  },
  ...{ house: ["house"], church: ["house"], villa: ["house"], umbrella: ["house"], chandelier: ["diamond"] },
  ...{
    city: ["towers"],
    hotel: ["towers"],
    door: ["door"],
    stairs: ["door"],
    book: ["book"],
    phone: ["bars"],
  },
  ...{
    moon: ["moon"],
    planet: ["moon"],
    candle: ["moon"],
    summit: ["mountains"],
    road: ["mountains", "sun"],
  },
  ...{ valley: ["mountains", "sun"], "sailing boat": ["boat"], yacht: ["boat"], lighthouse: ["lighthouse"] },
  ...{ car: ["mountains"], jet: ["mountains"] },
};

export function chooseShape(
  request: Pick<DrawRequest, "prompt" | "style">,
  random: Random,
): readonly Sheet[] {
  return shapes[pick(random, shapesOf[chooseMotif(request, random).name] ?? (["sun"] as const))];
}
