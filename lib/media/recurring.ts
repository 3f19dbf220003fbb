/** Recurring elements of a script that have a picture, and which of them a prompt names. */
import type { Script } from "./script.ts";

export interface PicturedElement {
  readonly name: string;
  /** A path as in the script: in the project, or from the content repo's root with a leading `/`. */
  readonly picture: string;
}

/** In the order of the script. */
export function picturedElements({ visual_style }: Script): readonly PicturedElement[] {
  return Object.entries(visual_style?.recurring_elements ?? {}).flatMap(([name, element]) =>
    typeof element === "string" || !element.picture ? [] : [{ name, picture: element.picture }],
  );
}

/** Of the elements, those that a scene's picture is made with: none of them where it is the author's own. */
export function elementsIn(
  { picture, image_prompt }: Script["scenes"][number],
  elements: readonly PicturedElement[],
): readonly PicturedElement[] {
  return picture ? [] : elements.filter((element) => isNamed(element, image_prompt));
}

/**
 * Before and behind a name there is none of these. Letters without upper and lower case do not count: in their scripts
 * words are not parted by spaces, or what belongs to a name is joined to it. A mark behind it makes another letter of its last.
 */
const [BEFORE, BEHIND] = ["[\\p{LC}\\p{N}]", "[\\p{LC}\\p{N}\\p{M}]"];

/** Whether the name stands in the prompt as words of its own, in whatever case; an underscore is a space. */
function isNamed({ name }: PicturedElement, prompt: string): boolean {
  const words = name.normalize("NFC").match(/[^\s_]+/g) ?? [];
  if (words.length === 0) return false;
  const literal = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const named = new RegExp(`(?<!${BEFORE})${literal.join("[\\s_]+")}(?!${BEHIND})`, "iu");
  return named.test(prompt.normalize("NFC"));
}
