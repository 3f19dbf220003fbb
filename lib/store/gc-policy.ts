/** Which entries of the shared cache go: the least recently used first, by age and by size. Pure: the caller looked. */
import type { ActionKey, Digest } from "../model/trace.ts";

/** A record of the action cache. */
export interface CachedResult {
  readonly key: ActionKey;
  /** Milliseconds since the epoch; as exact as `USE_NOTED_MS`. */
  readonly usedAt: number;
  /** It cannot be had again for nothing. */
  readonly paid: boolean;
  /** Empty where the record is damaged. */
  readonly digests: readonly Digest[];
}

export interface CachedBlob {
  readonly digest: Digest;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly writtenAt: number;
}

export interface CacheContents {
  readonly results: readonly CachedResult[];
  readonly blobs: readonly CachedBlob[];
}

/** What the traces of the projects rest on. */
export interface Live {
  readonly keys: ReadonlySet<ActionKey>;
  readonly digests: ReadonlySet<Digest>;
}

export interface Bounds {
  /** Infinity for no bound. */
  readonly maxBytes: number;
  /** Since the last use, milliseconds; Infinity for no bound. */
  readonly maxAgeMs: number;
}

export interface GcWish extends Bounds {
  /** Also what was paid for. */
  readonly paid: boolean;
  /** Also what is live. */
  readonly all: boolean;
}

export interface Doomed {
  readonly results: readonly CachedResult[];
  readonly blobs: readonly CachedBlob[];
  /** Of all blobs that stay. */
  readonly leftBytes: number;
}

/** How often a use is noted: a note costs a write. */
export const USE_NOTED_MS = 3_600_000;
/** What was used in the last hour stays whatever is wished, since a build may be at it; a use is noted that late. */
export const IN_USE_MS = 3_600_000 + USE_NOTED_MS;

/** What goes as one: a record with the blobs that no other record needs, or a blob that no record names. */
interface Unit {
  readonly name: string;
  readonly usedAt: number;
  readonly digests: readonly Digest[];
  readonly result: CachedResult | undefined;
  /** Of no use to anybody: a record whose blobs are gone. */
  readonly broken: boolean;
}

export function whatGoes({ results, blobs }: CacheContents, live: Live, wish: GcWish, now: number): Doomed {
  const byDigest = new Map(blobs.map((blob) => [blob.digest, blob]));
  const isInUse = (at: number) => at > now - IN_USE_MS;
  const stays = (result: CachedResult) =>
    isInUse(result.usedAt) || (result.paid && !wish.paid) || (live.keys.has(result.key) && !wish.all);
  const anchored = new Set<Digest>([
    ...results.filter(stays).flatMap(({ digests }) => digests),
    ...blobs.filter(({ writtenAt }) => isInUse(writtenAt)).map(({ digest }) => digest),
    ...(wish.all ? [] : live.digests),
  ]);
  const named = new Set(results.flatMap(({ digests }) => digests));
  const units = [
    ...results.filter((result) => !stays(result)).map((result) => unitOf(result, byDigest)),
    ...blobs.filter(({ digest }) => !named.has(digest) && !anchored.has(digest)).map(orphan),
  ].sort((a, b) => a.usedAt - b.usedAt || (a.name < b.name ? -1 : 1));
  return choose(units, { byDigest, anchored, wish, now });
}

function unitOf(result: CachedResult, blobs: ReadonlyMap<Digest, CachedBlob>): Unit {
  const { key, usedAt, digests } = result;
  const broken = digests.length === 0 || digests.some((digest) => !blobs.has(digest));
  return { name: key, usedAt, digests, result, broken };
}

function orphan({ digest, writtenAt }: CachedBlob): Unit {
  return { name: digest, usedAt: writtenAt, digests: [digest], result: undefined, broken: false };
}

/** `units`: what may go, the least recently used first. `anchored`: blobs that stay whatever goes. */
function choose(
  units: readonly Unit[],
  {
    byDigest,
    anchored,
    wish,
    now,
  }: {
    readonly byDigest: ReadonlyMap<Digest, CachedBlob>;
    readonly anchored: ReadonlySet<Digest>;
    readonly wish: GcWish;
    readonly now: number;
  },
): Doomed {
  const wanted = new Map<Digest, number>();
  for (const { digests } of units)
    for (const digest of new Set(digests)) wanted.set(digest, (wanted.get(digest) ?? 0) + 1);
  let leftBytes = [...byDigest.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  const results: CachedResult[] = [];
  const blobs: CachedBlob[] = [];
  const doom = ({ result, digests }: Unit) => {
    if (result !== undefined) results.push(result);
    for (const digest of new Set(digests)) {
      const others = wanted.get(digest)! - 1;
      wanted.set(digest, others);
      const blob = byDigest.get(digest);
      if (others > 0 || anchored.has(digest) || blob === undefined) continue;
      blobs.push(blob);
      leftBytes -= blob.bytes;
    }
  };
  const isOld = ({ usedAt, broken }: Unit) => broken || usedAt < now - wish.maxAgeMs;
  for (const unit of units) if (isOld(unit)) doom(unit);
  for (const unit of units) {
    if (leftBytes <= wish.maxBytes) break;
    // What would free nothing, now or together with others, stays.
    if (!isOld(unit) && unit.digests.some((digest) => !anchored.has(digest))) doom(unit);
  }
  return { results, blobs, leftBytes };
}
