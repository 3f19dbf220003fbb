/** Which look a story gets: from its style alone, so that all scenes of a film hold together. */
import type { JsonObject } from "../../../base/json.ts";
import { firstMatch, type Look, styleTexts } from "./request.ts";

const papery =
  /\b(paper\w*|cut-?outs?|collage|craft\w*|storybook|felt|origami|cardboard|stitch\w*|handmade|playful|children'?s)\b/i;
const flowing =
  /\b(abstract\w*|flow(s|ing)?|neural|data|particles?|digital|generative|fluid|fractal|network|code|quantum)\b/i;

export function chooseLook(look: Look, style: JsonObject): Exclude<Look, "auto"> {
  if (look !== "auto") return look;
  const text = styleTexts(style).join(" ");
  const paper = firstMatch(text, papery);
  const flow = firstMatch(text, flowing);
  if (paper === flow) return "landscape"; // both infinite: neither is named
  return paper < flow ? "papercut" : "flow";
}
