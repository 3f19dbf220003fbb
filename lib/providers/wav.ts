/** Reads and writes WAV files of 16-bit PCM, mono. */
import { Failure } from "../base/failure.ts";

export interface Pcm {
  /** Samples per second. */
  readonly rate: number;
  readonly samples: Int16Array;
}

const HEADER = 44;

/** Who writes a WAV file as it comes, without knowing its length, claims about as much as 31 or 32 bits can say. */
const UNKNOWN_LENGTH = 0x7fff_0000;

/**
 * Reads a RIFF/WAVE file of one channel, 16-bit PCM, little-endian. Chunks other than `fmt ` and `data` are passed over.
 * @throws Error for any other format, "no WAV file" and the like, and for one that is cut short
 */
export function readWav(file: Uint8Array): Pcm {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 12 || tag(file, 0) !== "RIFF" || tag(file, 8) !== "WAVE") throw new Error("no WAV file");
  let rate = 0;
  for (let at = 12; at + 8 <= file.length; ) {
    const start = at + 8;
    const size = view.getUint32(at + 4, true);
    if (tag(file, at) === "fmt ") {
      const [format, channels, bits] = [0, 2, 14].map((offset) => view.getUint16(start + offset, true));
      if (format !== 1 || channels !== 1 || bits !== 16) throw new Error("a WAV file not of 16-bit mono PCM");
      rate = view.getUint32(start + 4, true);
    } else if (tag(file, at) === "data") {
      if (rate === 0) throw new Error("a WAV file with data before its format");
      const there = file.length - start;
      if (size > there && size < UNKNOWN_LENGTH) throw new Error("a WAV file that is cut short");
      const length = Math.min(size, there) >> 1;
      return { rate, samples: Int16Array.from({ length }, (_, i) => view.getInt16(start + i * 2, true)) };
    }
    at = start + size + (size % 2); // chunks are padded to an even length
  }
  throw new Error("a WAV file without data");
}

export function writeWav({ rate, samples }: Pcm): Uint8Array {
  const file = new Uint8Array(HEADER + samples.length * 2);
  const view = new DataView(file.buffer);
  file.set(new TextEncoder().encode("RIFF....WAVEfmt "));
  view.setUint32(4, file.length - 8, true);
  view.setUint32(16, 16, true); // size of the format chunk
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true); // bytes per second
  view.setUint16(32, 2, true); // bytes per frame
  view.setUint16(34, 16, true); // bits per sample
  file.set(new TextEncoder().encode("data"), 36);
  view.setUint32(40, samples.length * 2, true);
  for (let i = 0; i < samples.length; i++) view.setInt16(HEADER + i * 2, samples[i]!, true);
  return file;
}

/** One after the other, exactly. All must have the same rate. */
export function joinPcm(rate: number, parts: readonly Int16Array[]): Pcm {
  const samples = new Int16Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  return { rate, samples };
}

/** What was spoken in pieces, one after the other. @throws Failure where their rates differ */
export function joinSpoken(pieces: readonly Pcm[]): Pcm {
  const rate = pieces[0]?.rate ?? 0;
  if (pieces.some((piece) => piece.rate !== rate)) {
    throw new Failure(
      "The pieces of a long narration came with different sample rates, and cannot be joined.",
      {
        code: "api.speech",
        help: "Raise 'max_characters' of the provider in faceless.config.yaml, so that there is one piece alone.",
      },
    );
  }
  return joinPcm(
    rate,
    pieces.map(({ samples }) => samples),
  );
}

/** Samples `from` to `to` (clamped), with a linear fade of `fade` samples at both ends, against clicks. */
export function cut(samples: Int16Array, from: number, to: number, fade: number): Int16Array {
  const piece = samples.slice(Math.max(0, from), Math.max(0, to));
  const length = Math.min(fade, piece.length >> 1);
  for (let i = 0; i < length; i++) {
    const last = piece.length - 1 - i;
    piece[i] = Math.trunc((piece[i]! * i) / length);
    piece[last] = Math.trunc((piece[last]! * i) / length);
  }
  return piece;
}

function tag(file: Uint8Array, at: number): string {
  return String.fromCharCode(...file.subarray(at, at + 4));
}
