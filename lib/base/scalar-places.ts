/** Where a character of a scalar stands in the YAML that it was written in. */

/** What stands for a character in double quotes, or for none; `''` is one in single quotes. */
const PIECES = {
  '"': /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|.)|./gsu,
  "'": /''|./gsu,
} as const;

/** Escapes for white space. */
const WHITE = /^\\(?:[ntrvf NLP_\t\n]|x(?:09|0[aAdDcCbB]|20|a0|A0)|u(?:0020|000[aAdD9]|00a0|00A0))$/;

/**
 * The offset in the whole text of the character at `offset` of a scalar's value; `source` is the scalar's own text,
 * which begins at `at`. White space is what reading a scalar folds, strips and indents, and all else stays in its
 * order: so it is told by how many characters stand before it that are no white space.
 */
export function placeInScalar(source: string, at: number, value: string, offset: number): number {
  let left = [...value.slice(0, offset)].filter((character) => !/\s/.test(character)).length;
  const from = bodyOf(source);
  const pieces = PIECES[source[0] as keyof typeof PIECES] ?? /./gsu;
  for (const { 0: piece, index } of source.slice(from).matchAll(pieces)) {
    if (/^\s/.test(piece) || WHITE.test(piece)) continue;
    if (left === 0) return at + from + index;
    left -= 1;
  }
  return at;
}

/** Past the quote, or past the line of a `|` or `>`. */
function bodyOf(source: string): number {
  if (/^[|>]/.test(source)) return source.indexOf("\n") + 1;
  return /^['"]/.test(source) ? 1 : 0;
}
