/** What services call a request: their support asks for it. */

/**
 * Azure's gateway (Azure API Management), OpenAI (platform.openai.com/docs/api-reference, "Debugging requests") and Azure
 * behind its gateway, ElevenLabs; in the order in which they are of use.
 */
const HEADERS = ["apim-request-id", "x-request-id", "request-id"];

/** Of an answer; undefined where it has none that can be shown. */
export function requestIdOf(headers: Headers | undefined): string | undefined {
  const ids = HEADERS.map((name) => headers?.get(name)?.trim());
  return ids.find((id) => id !== undefined && /^[\w.:-]{1,100}$/.test(id));
}
