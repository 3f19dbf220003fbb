/** Separable 4-tap resampling of one 8-bit plane; AssemblyScript with SIMD, laid out and called by resampler.ts. */

// Weights are Q14 and sum to 16384. Between the passes a sample is an i16 in Q6: at most 255 * 64 * 1.125, where
// 1.125 is the overshoot of Catmull-Rom.

/**
 * Renders `height` packed rows of `width` u8, at least 8, at `out`. Two rows at a time go through both passes: what
 * is between them stays in the nearest cache, and the pass across, which is bound by its loads, looks things up once.
 *
 * Down: for each row, `rowTaps` has the byte offsets from `source` of four rows (i32), `rowWeights` four i16. Of
 * these the columns x0 <= x < x1 are needed, both multiples of 8; `lines` has room for two times `line` bytes, the
 * columns as i16.
 * Across: for each sample, `taps` has the byte offset in a line of its first tap (u32), `weights` four i16.
 */
export function resample(
  source: usize, lines: usize, line: usize, out: usize, width: i32, height: i32,
  rowTaps: usize, rowWeights: usize, x0: i32, x1: i32, taps: usize, weights: usize,
): void {
  for (let y = 0; y < height; y += 2) {
    // Of an odd number, the last row is its own second.
    const second = min(y + 1, height - 1);
    down(source, lines, rowTaps + (<usize>y << 4), rowWeights + (<usize>y << 3), x0, x1);
    down(source, lines + line, rowTaps + (<usize>second << 4), rowWeights + (<usize>second << 3), x0, x1);
    across(lines, line, out + <usize>(y * width), out + <usize>(second * width), width, taps, weights);
  }
}

// @ts-ignore: TypeScript has no decorators of functions; AssemblyScript, which compiles this file, has this one.
@inline
function down(source: usize, line: usize, tap: usize, weight: usize, x0: i32, x1: i32): void {
  const half = i32x4.splat(1 << 7);
  const r0 = source + <usize>load<i32>(tap), r1 = source + <usize>load<i32>(tap, 4);
  const r2 = source + <usize>load<i32>(tap, 8), r3 = source + <usize>load<i32>(tap, 12);
  const w01 = v128.load32_splat(weight), w23 = v128.load32_splat(weight, 4);
  for (let x: usize = x0; x < <usize>x1; x += 8) {
    const a = v128.load_ext<u8>(r0 + x), b = v128.load_ext<u8>(r1 + x);
    const c = v128.load_ext<u8>(r2 + x), d = v128.load_ext<u8>(r3 + x);
    const abLow = v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    const abHigh = v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
    const cdLow = v128.shuffle<i16>(c, d, 0, 8, 1, 9, 2, 10, 3, 11);
    const cdHigh = v128.shuffle<i16>(c, d, 4, 12, 5, 13, 6, 14, 7, 15);
    const low = i32x4.add(i32x4.dot_i16x8_s(abLow, w01), i32x4.dot_i16x8_s(cdLow, w23));
    const high = i32x4.add(i32x4.dot_i16x8_s(abHigh, w01), i32x4.dot_i16x8_s(cdHigh, w23));
    v128.store(
      line + (x << 1),
      i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(low, half), 8), i32x4.shr_s(i32x4.add(high, half), 8)),
    );
  }
}

// @ts-ignore: TypeScript has no decorators of functions; AssemblyScript, which compiles this file, has this one.
@inline
function across(
  lines: usize, line: usize, out0: usize, out1: usize, width: i32, taps: usize, weights: usize,
): void {
  for (let at = 0; at < width; at += 8) {
    // A width that is no multiple of 8 has its last 8 samples done with some of them a second time.
    const x = <usize>min(at, width - 8);
    const tap = taps + (x << 2), weight = weights + (x << 3);
    const t0 = <usize>load<u32>(tap), t1 = <usize>load<u32>(tap, 4);
    const t2 = <usize>load<u32>(tap, 8), t3 = <usize>load<u32>(tap, 12);
    const t4 = <usize>load<u32>(tap, 16), t5 = <usize>load<u32>(tap, 20);
    const t6 = <usize>load<u32>(tap, 24), t7 = <usize>load<u32>(tap, 28);
    const w01 = v128.load(weight), w23 = v128.load(weight, 16);
    const w45 = v128.load(weight, 32), w67 = v128.load(weight, 48);
    const a0 = sums(pair(lines, t0, t1, w01), pair(lines, t2, t3, w23));
    const b0 = sums(pair(lines, t4, t5, w45), pair(lines, t6, t7, w67));
    v128.store64_lane(out0 + x, bytes(a0, b0), 0);
    const next = lines + line;
    const a1 = sums(pair(next, t0, t1, w01), pair(next, t2, t3, w23));
    const b1 = sums(pair(next, t4, t5, w45), pair(next, t6, t7, w67));
    v128.store64_lane(out1 + x, bytes(a1, b1), 0);
  }
}

/** The four products of each of two samples out, added up to two each. */
// @ts-ignore: TypeScript has no decorators of functions; AssemblyScript, which compiles this file, has this one.
@inline
function pair(line: usize, first: usize, second: usize, weights: v128): v128 {
  return i32x4.dot_i16x8_s(v128.load64_lane(line + second, v128.load64_zero(line + first), 1), weights);
}

/** Eight sums in Q20 to eight u8, in the lower half. */
// @ts-ignore: TypeScript has no decorators of functions; AssemblyScript, which compiles this file, has this one.
@inline
function bytes(a: v128, b: v128): v128 {
  const half = i32x4.splat(1 << 19);
  const words = i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(a, half), 20), i32x4.shr_s(i32x4.add(b, half), 20));
  return i8x16.narrow_i16x8_u(words, words);
}

/** Two pairs of products to four sums. */
// @ts-ignore: TypeScript has no decorators of functions; AssemblyScript, which compiles this file, has this one.
@inline
function sums(first: v128, second: v128): v128 {
  return i32x4.add(
    v128.shuffle<i32>(first, second, 0, 2, 4, 6), v128.shuffle<i32>(first, second, 1, 3, 5, 7),
  );
}
