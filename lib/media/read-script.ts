/** Reads a script as its author wrote it. */
import { diagnosedAs } from "../base/diagnostic.ts";
import type { Document } from "../base/document.ts";
import { Failure } from "../base/failure.ts";
import { type Script, scriptSchema } from "./script.ts";

export interface ReadScript {
  readonly document: Document;
  readonly script: Script;
}

/** @throws Failure for another kind of file, and Diagnostics at file:line:column for all that the format does not accept */
export async function readScript(draft: {
  readonly path: string;
  readonly name: string;
  readonly extension: string;
}): Promise<ReadScript> {
  if (![".json", ".yaml", ".yml"].includes(draft.extension)) {
    throw new Failure(`${draft.name}: a script is a .json or .yaml file, not '${draft.extension}'.`, {
      code: "script.invalid",
    });
  }
  // A YAML parser is much to load for the builds that no script was edited for.
  const { readDocumentFile } = await import("../base/document.ts");
  return diagnosedAs("script.invalid", () => {
    const document = readDocumentFile(draft.path, draft.name);
    return { document, script: document.check(scriptSchema) };
  });
}
