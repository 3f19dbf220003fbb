/** Reads an answer's body as JSON. */
import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
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

/** What stands under "usage"; undefined where nothing does, or the body is no JSON. */
export function usageIn(body: Uint8Array): JsonObject | undefined {
  try {
    const answer = JSON.parse(Buffer.from(body).toString("utf8")) as Json;
    return isJsonObject(answer) && isJsonObject(answer.usage) ? answer.usage : undefined;
  } catch {
    return undefined;
  }
}
