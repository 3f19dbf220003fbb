/** Takes a string of a pipeline apart at its `${…}`; `$${` stands for a literal `${`. */

/** A piece of text, or the dotted path inside a `${…}`. */
export type Piece = string | { readonly path: readonly string[]; readonly offset: number };

export interface Template {
  readonly pieces: readonly Piece[];
  /** What of it is no `${…}`, and so no piece. */
  readonly problems: readonly { readonly offset: number; readonly message: string }[];
}

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

export function parseTemplate(text: string): Template {
  const pieces: Piece[] = [];
  const problems: { offset: number; message: string }[] = [];
  let literal = "";
  let at = 0;
  while (at < text.length) {
    if (text.startsWith("$${", at)) {
      literal += "${";
      at += 3;
    } else if (text.startsWith("${", at)) {
      const end = text.indexOf("}", at);
      if (end < 0) {
        problems.push({ offset: at, message: "this '${' has no '}'." });
        break;
      }
      const path = text.slice(at + 2, end).split(".");
      if (!path.every((name, i) => NAME.test(name) || (i > 0 && /^\d+$/.test(name)))) {
        const message = `'${text.slice(at, end + 1)}' is no dotted path: names with dots between them, no logic, no nesting.`;
        problems.push({ offset: at, message });
        at = end + 1;
        continue;
      }
      if (literal !== "") pieces.push(literal);
      literal = "";
      pieces.push({ path, offset: at });
      at = end + 1;
    } else {
      literal += text[at];
      at += 1;
    }
  }
  if (literal !== "") pieces.push(literal);
  return { pieces, problems };
}
