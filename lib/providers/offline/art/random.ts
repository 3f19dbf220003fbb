/** Seeded chance: the same words always give the same numbers, on every machine. */
import { createHash } from "node:crypto";

/** Each call gives the next number, at least 0 and below 1. */
export type Random = () => number;

/** The separator keeps ("ab", "c") and ("a", "bc") apart. */
export function seedOf(...parts: readonly string[]): number {
  return createHash("sha256").update(parts.join("\0")).digest().readUInt32LE(0);
}

/** Mulberry32: 32 bits of state, good enough for pictures, and integer arithmetic only. */
export function randomFrom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

export function pick<T>(random: Random, list: readonly T[]): T {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new Error("BUG: nothing to pick from");
  return item;
}
