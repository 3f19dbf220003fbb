/** Words for a POSIX shell, so that a command in a message can be pasted. */

/** The text as one word: as it is where it means nothing to a shell, else in single quotes. */
export function shellWord(text: string): string {
  if (/^[\w%+,./:=@-]+$/.test(text)) return text;
  // A line break would be one in the message too: bash, zsh and ksh read it escaped.
  const escaped = text.replace(/['\\]/g, "\\$&").replace(/\p{Cc}/gu, (one) => {
    return `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return /\p{Cc}/u.test(text) ? `$'${escaped}'` : `'${text.replaceAll("'", "'\\''")}'`;
}
