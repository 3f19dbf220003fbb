/** Which entries of the shared cache go. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAge, parseSize } from "../lib/base/quantity.ts";
import type { ActionKey, Digest } from "../lib/model/trace.ts";
import {
  type CacheContents,
  type CachedBlob,
  type CachedResult,
  type GcWish,
  IN_USE_MS,
  type Live,
  whatGoes,
} from "../lib/store/gc-policy.ts";

const DAY = 86_400_000;
const NOW = 1_000 * DAY;

const result = (key: string, age: number, blobs: string, more: Partial<CachedResult> = {}): CachedResult => ({
  key: key as ActionKey,
  usedAt: NOW - age,
  paid: false,
  digests: [...blobs] as Digest[],
  ...more,
});
const blob = (digest: string, bytes: number, age = 500 * DAY): CachedBlob => ({
  digest: digest as Digest,
  bytes,
  writtenAt: NOW - age,
});
const live = (keys: string, digests: string): Live => ({
  keys: new Set([...keys] as ActionKey[]),
  digests: new Set([...digests] as Digest[]),
});

const NONE = { maxBytes: Infinity, maxAgeMs: Infinity, paid: false, all: false };

/** Keys and digests of what goes, and the bytes of what stays. */
function gone(
  contents: CacheContents,
  wish: Partial<GcWish>,
  alive = live("", ""),
): [string, string, number] {
  const { results, blobs, leftBytes } = whatGoes(contents, alive, { ...NONE, ...wish }, NOW);
  const sorted = (names: readonly string[]) => [...names].sort().join("");
  return [sorted(results.map(({ key }) => key)), sorted(blobs.map(({ digest }) => digest)), leftBytes];
}

describe("by age and size", () => {
  const contents = {
    results: [result("K", 10 * DAY, "a"), result("L", 30 * DAY, "b"), result("M", 20 * DAY, "c")],
    blobs: [blob("a", 100), blob("b", 100), blob("c", 100)],
  };

  test("without bounds nothing goes", () => {
    expect(gone(contents, {})).toEqual(["", "", 300]);
  });

  test("what was not used for longer than the age", () => {
    expect(gone(contents, { maxAgeMs: 15 * DAY })).toEqual(["LM", "bc", 100]);
    expect(gone(contents, { maxAgeMs: 20 * DAY })).toEqual(["L", "b", 200]);
  });

  test("the least recently used first, until the rest fits", () => {
    expect(gone(contents, { maxBytes: 300 })).toEqual(["", "", 300]);
    expect(gone(contents, { maxBytes: 299 })).toEqual(["L", "b", 200]);
    expect(gone(contents, { maxBytes: 150 })).toEqual(["LM", "bc", 100]);
    expect(gone(contents, { maxBytes: 0 })).toEqual(["KLM", "abc", 0]);
  });

  test("bytes that two results have go with the second", () => {
    const shared = { ...contents, results: [...contents.results, result("N", 25 * DAY, "b")] };
    expect(gone(shared, { maxAgeMs: 27 * DAY })).toEqual(["L", "", 300]);
    expect(gone(shared, { maxBytes: 299 })).toEqual(["LN", "b", 200]);
  });

  test("a record whose bytes are gone, or that is damaged, goes; bytes without a record go by their own age", () => {
    const odd = {
      results: [result("K", 3 * DAY, "ax"), result("D", 3 * DAY, "")],
      blobs: [blob("a", 1), blob("o", 10, 50 * DAY), blob("y", 1, 1)],
    };
    expect(gone(odd, {})).toEqual(["DK", "a", 11]);
    expect(gone(odd, { maxAgeMs: 40 * DAY })).toEqual(["DK", "ao", 1]);
  });
});

describe("what stays", () => {
  const one = { results: [result("K", 99 * DAY, "a")], blobs: [blob("a", 100)] };
  const nothing = { maxBytes: 0, maxAgeMs: 0 };

  test("what a trace rests on, unless all is asked for", () => {
    expect(gone(one, nothing, live("K", "a"))).toEqual(["", "", 100]);
    expect(gone(one, { ...nothing, all: true }, live("K", "a"))).toEqual(["K", "a", 0]);
    // A trace with another key that made the same bytes: of the older record the name alone goes.
    expect(gone(one, { maxAgeMs: 0 }, live("", "a"))).toEqual(["K", "", 100]);
    expect(gone(one, { maxBytes: 0 }, live("", "a"))).toEqual(["", "", 100]);
  });

  test("what was paid for, unless that is asked for", () => {
    const paid = { ...one, results: [result("K", 99 * DAY, "a", { paid: true })] };
    expect(gone(paid, { ...nothing, all: true })).toEqual(["", "", 100]);
    expect(gone(paid, { ...nothing, paid: true })).toEqual(["K", "a", 0]);
  });

  test("what was used just now, whatever is asked for", () => {
    const all = { ...nothing, all: true, paid: true };
    const young = { ...one, results: [result("K", IN_USE_MS - 1, "a")] };
    expect(gone(young, all)).toEqual(["", "", 100]);
    // A build has written the bytes and not yet the record.
    expect(gone({ results: [], blobs: [blob("a", 100, 1)] }, all)).toEqual(["", "", 100]);
  });
});

const letter = fc.constantFrom(..."abcdefgh");
const anyContents = fc.record({
  results: fc.uniqueArray(
    fc.record({
      key: fc.constantFrom(..."KLMNOPQR").map((key) => key as ActionKey),
      usedAt: fc.nat(100).map((days) => NOW - days * DAY),
      paid: fc.boolean(),
      digests: fc.array(letter, { maxLength: 3 }).map((all) => all as Digest[]),
    }),
    { selector: ({ key }) => key },
  ),
  blobs: fc.uniqueArray(
    fc.record({
      digest: letter.map((digest) => digest as Digest),
      bytes: fc.nat(100),
      writtenAt: fc.nat(100).map((days) => NOW - days * DAY),
    }),
    { selector: ({ digest }) => digest },
  ),
});
const anyLive = fc
  .tuple(fc.subarray([..."KLMNOPQR"]), fc.subarray([..."abcdefgh"]))
  .map(([keys, digests]) => live(keys.join(""), digests.join("")));
const anyWish = fc.record({
  maxBytes: fc.oneof(fc.constant(Infinity), fc.nat(400)),
  maxAgeMs: fc.oneof(
    fc.constant(Infinity),
    fc.nat(100).map((days) => days * DAY),
  ),
  paid: fc.boolean(),
  all: fc.boolean(),
});

test("for any cache, traces and wish", () => {
  fc.assert(
    fc.property(anyContents, anyLive, anyWish, (contents, alive, wish) => {
      const { results, blobs, leftBytes } = whatGoes(contents, alive, wish, NOW);
      const goneBlobs = new Set(blobs.map(({ digest }) => digest));
      const left = contents.results.filter((one) => !results.includes(one));
      // No record that stays lacks bytes for this.
      expect(left.flatMap(({ digests }) => digests).filter((digest) => goneBlobs.has(digest))).toEqual([]);
      if (!wish.all) expect(blobs.filter(({ digest }) => alive.digests.has(digest))).toEqual([]);
      if (!wish.paid) expect(results.filter(({ paid }) => paid)).toEqual([]);
      expect(
        [...results.map((one) => one.usedAt), ...blobs.map((one) => one.writtenAt)].every(
          (at) => at <= NOW - IN_USE_MS,
        ),
      ).toBe(true);
      const bytes = contents.blobs
        .filter((one) => !blobs.includes(one))
        .reduce((sum, one) => sum + one.bytes, 0);
      expect(leftBytes).toBe(bytes);
      // What is allowed and asked for is done: once more, nothing is left to do.
      const rest = { results: left, blobs: contents.blobs.filter((one) => !blobs.includes(one)) };
      expect(whatGoes(rest, alive, wish, NOW)).toEqual({ results: [], blobs: [], leftBytes });
    }),
    { numRuns: 2_000 },
  );
});

test("sizes and ages", () => {
  expect(["0", "12B", "1.5kB", "1.5 KB", "20GB", "1TB"].map(parseSize)).toEqual([
    0, 12, 1_500, 1_500, 2e10, 1e12,
  ]);
  expect(["20", "GB", "-1GB", "20gb", "1e3B", ""].map(parseSize)).toEqual(Array(6).fill(undefined));
  expect(["0", "12h", "30d", "1.5 w"].map(parseAge)).toEqual([0, 12 * 3_600_000, 30 * DAY, 10.5 * DAY]);
  expect(["30", "30m", "d"].map(parseAge)).toEqual([undefined, undefined, undefined]);
});
