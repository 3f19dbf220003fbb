/** A synthetic photograph: noise at all scales, hard and soft shapes, grain. The same on every machine. */
import { writeFile } from "node:fs/promises";

type Random = () => number;

/** Numerical Recipes' generator; 0 to 1. */
function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Writes a binary PPM (P6). */
export async function writeScene(path: string, width: number, height: number): Promise<void> {
  const random = randomFrom(7);
  const planes = [0, 1, 2].map(() => cloud(width, height, random));
  for (let shape = 0; shape < 120; shape++) paintShape(planes, width, height, random);
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const grain = (random() + random() + random() - 1.5) * 14;
    for (const [channel, plane] of planes.entries()) {
      pixels[i * 3 + channel] = Math.min(255, Math.max(0, plane[i]! + grain));
    }
  }
  await writeFile(path, Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), pixels]));
}

/** Octaves of smooth noise, each half as strong and twice as fine as the one before. */
function cloud(width: number, height: number, random: Random): Float32Array {
  const plane = new Float32Array(width * height).fill(110);
  for (let cell = 256, strength = 60; cell >= 2; cell /= 2, strength /= 2) {
    const columns = Math.ceil(width / cell) + 2;
    const grid = Float32Array.from(
      { length: columns * (Math.ceil(height / cell) + 2) },
      () => random() * 2 - 1,
    );
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = Math.floor(y / cell) * columns + Math.floor(x / cell);
        const [fx, fy] = [smooth((x % cell) / cell), smooth((y % cell) / cell)];
        const top = grid[at]! + (grid[at + 1]! - grid[at]!) * fx;
        const bottom = grid[at + columns]! + (grid[at + columns + 1]! - grid[at + columns]!) * fx;
        plane[y * width + x]! += strength * (top + (bottom - top) * fy);
      }
    }
  }
  return plane;
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

/** An ellipse or a rectangle with an edge of 0.5 to 8 pixels. */
function paintShape(planes: readonly Float32Array[], width: number, height: number, random: Random): void {
  const [cx, cy] = [random() * width, random() * height];
  const [rx, ry] = [8 + random() * 120, 8 + random() * 120];
  const edge = 0.5 + random() * random() * 7.5;
  const colour = planes.map(() => random() * 255);
  const round = random() < 0.5;
  for (let y = Math.max(0, Math.floor(cy - ry)); y < Math.min(height, cy + ry); y++) {
    for (let x = Math.max(0, Math.floor(cx - rx)); x < Math.min(width, cx + rx); x++) {
      const [dx, dy] = [Math.abs(x - cx) / rx, Math.abs(y - cy) / ry];
      const inside = (1 - (round ? Math.hypot(dx, dy) : Math.max(dx, dy))) * Math.min(rx, ry);
      const cover = Math.min(1, Math.max(0, inside / edge));
      for (const [channel, plane] of planes.entries()) {
        plane[y * width + x]! += (colour[channel]! - plane[y * width + x]!) * cover;
      }
    }
  }
}
