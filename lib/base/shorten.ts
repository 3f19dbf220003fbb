/** Somebody's text as a message shows it: on one line, at most so many characters, without cutting one in half. */
export function shorten(text: string, most: number): string {
  const characters = [...text.replace(/\s+/gu, " ").trim()];
  return characters.length <= most ? characters.join("") : `${characters.slice(0, most - 1).join("")}…`;
}
