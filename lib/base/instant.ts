/** A moment in words that mean the same everywhere. */

/** Of milliseconds since 1970: "2026-11-26 11:02 UTC", as the records of services have it. */
export function sayInstant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
