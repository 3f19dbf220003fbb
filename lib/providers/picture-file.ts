/** Tells a picture's format by its first bytes. */

export type PictureFormat = "png" | "jpeg" | "webp";

/** Undefined for anything else. */
export function pictureFormat(bytes: Uint8Array): PictureFormat | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "png"; // ISO/IEC 15948, 5.2
  if (head.startsWith("\xff\xd8\xff")) return "jpeg";
  return head.startsWith("RIFF") && head.endsWith("WEBP") ? "webp" : undefined;
}
