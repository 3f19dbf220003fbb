/** What thumbnails and cards have in common besides drawing: how their text is put, and what is told of it. */

export interface Made {
  readonly bytes: Uint8Array;
  /** What the user should know of it. */
  readonly notices: readonly string[];
}

/** The apostrophe that belongs to print, not the typewriter's. */
export function typographic(text: string): string {
  return text.replace(/(?<=[\p{L}\p{N}])'(?=\p{L})/gu, "’");
}

/** What is not in the key must be said. */
export function installedNotice(installed: readonly string[]): string[] {
  if (installed.length === 0) return [];
  const names = installed.map((family) => `'${family}'`).join(" and ");
  return [
    `Set in ${names} too, which this machine has and another may not: give the font file as the input 'fonts', ` +
      "and it is the same everywhere.",
  ];
}

export function sayBytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${Math.round(bytes / 1e5) / 10} MB`;
}
