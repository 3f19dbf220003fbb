/** Sizes of pictures: which of those that a model makes serves best for the one that is wanted. */

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Models that make any size make it in such steps, and up to such a side. */
const STEP = 16;
const LONGEST_SIDE = 3840;

export const sizeText = ({ width, height }: Size) => `${width}x${height}`;

export function sizeOf(text: string): Size {
  const [width, height] = text.split("x").map(Number);
  return { width: width!, height: height! };
}

/**
 * Of `sizes` the one whose shape is nearest, so that the least of the picture is cut off; of several, the one that has to be
 * enlarged the least to cover what is wanted, and then the smallest. "any": the wanted size itself, rounded up to what such
 * models make.
 */
export function nearestSize(wanted: Size, sizes: "any" | readonly string[]): Size {
  if (sizes === "any") return anySize(wanted);
  const ranked = sizes.map(sizeOf).map((size) => ({ size, rank: rankOf(size, wanted) }));
  ranked.sort(
    (a, b) => a.rank.map((part, i) => part - b.rank[i]!).find((difference) => difference !== 0) ?? 0,
  );
  return ranked[0]!.size;
}

/** How much of it is cut off, how much it is enlarged, and its pixels: less is better, the first first. */
function rankOf({ width, height }: Size, wanted: Size): number[] {
  const shape = Math.abs(Math.log((width * wanted.height) / (height * wanted.width)));
  return [shape, Math.max(1, wanted.width / width, wanted.height / height), width * height];
}

function anySize({ width, height }: Size): Size {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  const side = (pixels: number) => Math.min(LONGEST_SIDE, Math.ceil((pixels * scale) / STEP) * STEP);
  return { width: side(width), height: side(height) };
}
