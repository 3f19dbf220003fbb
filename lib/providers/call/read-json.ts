/** Reads an answer's body as JSON. */
import { BadAnswer } from "./fault.ts";

/** @throws BadAnswer */
export function readJson(body: Uint8Array): unknown {
  const text = Buffer.from(body).toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    throw new BadAnswer(`the answer is no JSON but '${text.slice(0, 60)}'`);
  }
}
