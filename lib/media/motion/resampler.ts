/** Cuts a rectangle at any fractional place and size out of a picture, as one yuv420p frame: resample.as.ts's host. */
import { readFile } from "node:fs/promises";
import { builtFile } from "../../base/assets.ts";

/** The part of the WebAssembly API that is used here; TypeScript has it only together with a browser's globals. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
  Memory: new (pages: { initial: number }) => Memory;
};

interface Memory {
  readonly buffer: ArrayBuffer;
}

export interface Size {
  /** Pixels; both even. */
  readonly width: number;
  readonly height: number;
}

/** A packed yuv420p picture: luma, then both chroma planes; chroma is sited left, as H.264 has it by default. */
export interface Picture extends Size {
  readonly data: Uint8Array;
}

/** In luma pixels of the picture, fractions included; inside the picture. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Kernel {
  resample(
    source: number,
    lines: number,
    line: number,
    out: number,
    width: number,
    height: number,
    rowTaps: number,
    rowWeights: number,
    x0: number,
    x1: number,
    taps: number,
    weights: number,
  ): void;
}

/** One plane of the picture in memory, and the place of its counterpart in a frame. */
interface Plane extends Size {
  readonly source: number;
  /** Bytes from row to row: whole vectors, so that the pass down needs no tail. */
  readonly stride: number;
  readonly out: Size;
  /** From the frame's start. */
  readonly outOffset: number;
}

/** Pixels that the kernel handles at once. */
const LANES = 8;
const ONE = 16_384;

let compiled: Promise<object> | undefined;

export class Resampler {
  readonly frameBytes: number;
  readonly #kernel: Kernel;
  readonly #memory: Memory;
  readonly #planes: readonly Plane[];
  readonly #lines: number;
  readonly #lineBytes: number;
  readonly #tables: Record<"rowTaps" | "rowWeights" | "columnTaps" | "columnWeights", number>;
  readonly #frames: readonly number[];

  /** `slots`: how many frames are kept at a time. The picture is copied. */
  static async create(picture: Picture, out: Size, slots: number): Promise<Resampler> {
    compiled ??= readFile(builtFile("resample.wasm")).then((bytes) => WebAssembly.compile(bytes));
    return new Resampler(await compiled, picture, out, slots);
  }

  private constructor(module: object, picture: Picture, out: Size, slots: number) {
    checkSize(picture, LANES);
    checkSize(out, 2 * LANES);
    const layout = new Layout();
    this.frameBytes = (out.width * out.height * 3) / 2;
    this.#planes = planes(picture, out, layout);
    this.#lineBytes = this.#planes[0]!.stride * 2;
    this.#lines = layout.reserve(2 * this.#lineBytes);
    this.#tables = {
      rowTaps: layout.reserve(out.height * 16),
      rowWeights: layout.reserve(out.height * 8),
      columnTaps: layout.reserve(out.width * 4),
      columnWeights: layout.reserve(out.width * 8),
    };
    this.#frames = Array.from({ length: slots }, () => layout.reserve(this.frameBytes));
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(layout.bytes / 65_536) });
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.#kernel = exports as Kernel;
    let from = 0;
    const memory = new Uint8Array(this.#memory.buffer);
    for (const plane of this.#planes) {
      for (let y = 0; y < plane.height; y++, from += plane.width) {
        memory.set(picture.data.subarray(from, from + plane.width), plane.source + y * plane.stride);
      }
    }
  }

  /** The frame that shows `view`. It shares the slot's memory: whole until that slot is rendered again. */
  render(view: View, slot: number): Uint8Array {
    const frame = this.#frames[slot]!;
    const [luma, chromaBlue, chromaRed] = this.#planes as [Plane, Plane, Plane];
    this.#resample(view, 0, [luma], frame);
    const half = { x: view.x / 2, y: view.y / 2, width: view.width / 2, height: view.height / 2 };
    // A chroma sample sits on the left one of its two luma pixels, a quarter of its own width from its middle.
    const siting = 0.25 - (0.25 * half.width) / chromaBlue.out.width;
    this.#resample(half, siting, [chromaBlue, chromaRed], frame);
    return new Uint8Array(this.#memory.buffer, frame, this.frameBytes);
  }

  /** Planes of one size share their tables. */
  #resample(view: View, shift: number, planes: readonly [Plane, ...Plane[]], frame: number): void {
    const { rowTaps, rowWeights, columnTaps, columnWeights } = this.#tables;
    const { out, stride, width, height } = planes[0];
    this.#fillRows(view, out.height, height, stride);
    const [x0, x1] = this.#fillColumns(view, shift, out.width, width);
    const [start, end] = [x0 - (x0 % LANES), Math.ceil(x1 / LANES) * LANES];
    const tables = [rowTaps, rowWeights, start, end, columnTaps, columnWeights] as const;
    for (const plane of planes) {
      const to = frame + plane.outOffset;
      this.#kernel.resample(plane.source, this.#lines, this.#lineBytes, to, out.width, out.height, ...tables);
    }
  }

  #fillRows(view: View, count: number, rows: number, stride: number): void {
    const taps = new Int32Array(this.#memory.buffer, this.#tables.rowTaps, count * 4);
    const weights = new Int16Array(this.#memory.buffer, this.#tables.rowWeights, count * 4);
    for (let i = 0; i < count; i++) {
      const position = view.y + ((i + 0.5) * view.height) / count - 0.5;
      const first = Math.floor(position) - 1;
      for (let k = 0; k < 4; k++) taps[i * 4 + k] = clamp(first + k, rows - 1) * stride;
      weigh(position - first - 1);
      for (let k = 0; k < 4; k++) weights[i * 4 + k] = weight[k]!;
    }
  }

  /** Gives the columns that are read, from and to (exclusive). A tap beyond an edge weighs on the edge's pixel. */
  #fillColumns(view: View, shift: number, count: number, columns: number): [number, number] {
    const taps = new Uint32Array(this.#memory.buffer, this.#tables.columnTaps, count);
    const weights = new Int16Array(this.#memory.buffer, this.#tables.columnWeights, count * 4).fill(0);
    for (let i = 0; i < count; i++) {
      const position = view.x + ((i + 0.5) * view.width) / count - 0.5 + shift;
      const first = Math.floor(position) - 1;
      const start = clamp(first, columns - 4);
      taps[i] = start * 2;
      weigh(position - first - 1);
      for (let k = 0; k < 4; k++) weights[i * 4 + clamp(first + k - start, 3)]! += weight[k]!;
    }
    return [taps[0]! / 2, taps[count - 1]! / 2 + 4];
  }
}

function checkSize({ width, height }: Size, least: number): void {
  if (width % 2 === 0 && height % 2 === 0 && Math.min(width, height) >= least) return;
  throw new Error(`BUG: a picture of ${width}x${height}; it must be even and at least ${least}`);
}

/** Reserves pieces of memory one after the other, each aligned to a vector. */
class Layout {
  bytes = 1024; // What comes before is the module's own.

  reserve(size: number): number {
    const at = this.bytes;
    this.bytes = Math.ceil((at + size) / 16) * 16;
    return at;
  }
}

function planes(picture: Picture, out: Size, layout: Layout): Plane[] {
  let outOffset = 0;
  return [1, 2, 2].map((divisor) => {
    const width = picture.width / divisor;
    const height = picture.height / divisor;
    const stride = Math.ceil(width / 16) * 16;
    const outSize = { width: out.width / divisor, height: out.height / divisor };
    const source = layout.reserve(stride * height);
    const plane = { width, height, source, stride, out: outSize, outOffset };
    outOffset += outSize.width * outSize.height;
    return plane;
  });
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}

const weight = new Int32Array(4);

/** Catmull-Rom's weights, in Q14, of the four pixels around a point `t` (0 to 1) behind the second; to `weight`. */
function weigh(t: number): void {
  weight[0] = Math.round(((-0.5 * t + 1) * t - 0.5) * t * ONE);
  weight[1] = Math.round(((1.5 * t - 2.5) * t * t + 1) * ONE);
  weight[2] = Math.round(((-1.5 * t + 2) * t + 0.5) * t * ONE);
  weight[3] = Math.round((0.5 * t - 0.5) * t * t * ONE);
  // So that flat areas stay as they are, the rounding error goes to the largest.
  const error = ONE - weight[0]! - weight[1]! - weight[2]! - weight[3]!;
  weight[t < 0.5 ? 1 : 2]! += error;
}
