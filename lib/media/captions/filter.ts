/** What ffmpeg is told to draw captions on a film. */

/**
 * A filter for the end of a `-vf`: draws the ASS file's captions on frames that are counted from its own first one. It
 * needs no fonts. Escaped twice, for the option's value and for the graph it stands in (ffmpeg-utils, "Quoting and
 * escaping", and ffmpeg-filters, "Notes on filtergraph escaping").
 */
export function captionsFilter(path: string): string {
  const value = path.replace(/[\\':]/g, "\\$&");
  return `ass=filename=${value.replace(/[\\'[\],;\s]/g, "\\$&")}`;
}
