/** Manifest → action key, and the difference of two manifests as reasons. */
import { hash } from "node:crypto";
import type { Because } from "../model/event.ts";
import type { ActionKey, Manifest } from "../model/trace.ts";

/** Says which format the lines are in: changing how they are made must change every key. */
const FORMAT = "faceless action 1";

/** JSON quotes every line break, so no two manifests give the same text. */
export function actionKey(manifest: Manifest): ActionKey {
  const text = [FORMAT, ...manifest.map((line) => JSON.stringify(line))].join("\n");
  return hash("sha256", text) as ActionKey;
}

/** Why a key is another than that of a manifest before it: never without a reason, or it would be stale without one. */
export function keyChanges(before: Manifest, after: Manifest): readonly Because[] {
  const changes = manifestChanges(before, after);
  // The lines are the same, and how they are written was not: in another order, or in another format.
  return changes.length > 0 ? changes : [{ reason: "key-form" }];
}

/** Every line that is not what it was, in the order of the manifest; then the lines that are gone. */
export function manifestChanges(before: Manifest, after: Manifest): readonly Because[] {
  const old = new Map(before);
  const now = new Map(after);
  const changed = after
    .filter(([label, value]) => old.get(label) !== value)
    .map(([label, value]): Because => ({ reason: "changed", label, before: old.get(label), after: value }));
  const gone = before
    .filter(([label]) => !now.has(label))
    .map(([label, value]): Because => ({ reason: "changed", label, before: value, after: undefined }));
  return [...changed, ...gone];
}
