/** Reads a JSON file that another target has made, in the shape that a schema gives. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { Failure } from "./failure.ts";

/** A file, and what to call it in a message. */
export interface NamedFile {
  readonly path: string;
  readonly name: string;
}

/** @throws Failure for what is no JSON, or has another shape: it was edited by hand, or put into pinned/ */
export async function readJsonFile<Shape extends z.ZodType>(
  { path, name }: NamedFile,
  shape: Shape,
): Promise<z.output<Shape>> {
  const help = `Delete ${name}, or take it out of pinned/: it is made again.`;
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new Failure(`${name} is no JSON: ${cause.message}`, { code: "pipeline.state", help, cause });
  }
  const checked = shape.safeParse(content);
  if (checked.success) return checked.data;
  throw new Failure(`${name} is not as expected: ${z.prettifyError(checked.error)}`, {
    code: "pipeline.state",
    help,
  });
}
