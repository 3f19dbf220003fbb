/** The nearest of a list of names, for "did you mean". */

/** Optimal string alignment distance: insert, delete, replace, swap of neighbours each cost 1. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(replace, last[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j]!, before[j - 2]! + 1);
      }
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}

/** The candidate that `name` was most likely meant to be, if one is near enough to say so. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    // No nearer than their lengths differ: of a hundred thousand names, few are compared.
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const d = distance(name.toLowerCase(), candidate.toLowerCase());
    if (d < bestDistance) [best, bestDistance] = [candidate, d];
  }
  return best;
}

/** " Did you mean 'x'?", or a list of what there is, or nothing. */
export function suggest(name: string, candidates: Iterable<string>): string {
  const all = [...candidates];
  const best = nearest(name, all);
  return best === undefined ? thereIs(all) : `Did you mean '${best}'?`;
}

/** "There are 'a', 'b'." */
export function thereIs(all: readonly string[]): string {
  if (all.length === 0) return "There are none.";
  const shown = all.slice(0, 12).map((candidate) => `'${candidate}'`);
  return `There ${all.length === 1 ? "is" : "are"} ${shown.join(", ")}${all.length > 12 ? ", …" : ""}.`;
}
