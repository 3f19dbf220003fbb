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
 * Of `sizes` the one that has to be enlarged the least to cover what is wanted; of several, the one with the fewest pixels.
 * "any": the wanted size itself, rounded up to what such models make.
 */
export function nearestSize(wanted: Size, sizes: "any" | readonly string[]): Size {
  if (sizes === "any") return anySize(wanted);
  const scored = sizes
    .map(sizeOf)
    .map((size) => ({ size, enlarged: enlargement(size, wanted), area: size.width * size.height }));
  scored.sort((a, b) => a.enlarged - b.enlarged || a.area - b.area);
  return scored[0]!.size;
}

/** How much it is enlarged to cover what is wanted; what is large enough is as good as what is larger. */
function enlargement({ width, height }: Size, wanted: Size): number {
  return Math.max(1, wanted.width / width, wanted.height / height);
}

function anySize({ width, height }: Size): Size {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  const side = (pixels: number) => Math.min(LONGEST_SIDE, Math.ceil((pixels * scale) / STEP) * STEP);
  return { width: side(width), height: side(height) };
}
