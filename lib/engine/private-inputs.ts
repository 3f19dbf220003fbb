/** Gives paid work inputs of its own, which nobody edits meanwhile: what it makes of them belongs to its key for sure. */
import { copyFile, hashFile } from "../store/files.ts";
import type { Resolved, ResolvedSlot } from "./resolve.ts";
import type { Attempt } from "./scratch.ts";
import type { ResolvedInput } from "./sources.ts";

/**
 * The action as one that reads copies, each of them hashed: what paid work reads is small. `moved`: an input whose
 * content is not the one in the key any more.
 */
export function copyInputs(
  resolved: Resolved,
  attempt: Attempt,
): { readonly resolved: Resolved } | { readonly moved: ResolvedInput } {
  let copies = 0;
  const slots: ResolvedSlot[] = [];
  for (const slot of resolved.slots) {
    const files: ResolvedInput[] = [];
    for (const input of slot.files) {
      copies += 1;
      const path = attempt.file(`in-${copies}${input.extension}`);
      if (!isCopied(input, path)) return { moved: input };
      files.push({ ...input, path });
    }
    slots.push({ ...slot, files });
  }
  return { resolved: { ...resolved, slots } };
}

function isCopied({ path, digest }: ResolvedInput, to: string): boolean {
  try {
    copyFile(path, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  return hashFile(to).digest === digest;
}
