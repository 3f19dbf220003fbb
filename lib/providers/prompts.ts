/** The instructions that a model is given: a content repo's own, else the shipped ones. Their digest is in the key. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../base/assets.ts";
import { Failure } from "../base/failure.ts";

/** Where prompts are, in the package as in a content repo. */
export const PROMPTS = "shared/prompts";

/** The tool that has it to the name of its file. */
export const PROMPT_TOOLS = {
  enhancePrompt: "enhance",
  generatePrompt: "generate",
  narrationPrompt: "enhance-narration",
  picturePrompt: "enhance-prompt",
} as const;
export type PromptName = (typeof PROMPT_TOOLS)[keyof typeof PROMPT_TOOLS];

export interface Prompt {
  readonly text: string;
  /** Of the text, wherever it is. */
  readonly identity: string;
}

export interface FoundPrompt {
  readonly prompt: Prompt;
  /** Where it was looked for, up to where it was found; absolute. */
  readonly restsOn: readonly string[];
}

/** `root`: of the content repo, absolute. @throws Failure for a file without a word in it */
export function findPrompt(root: string, name: PromptName): FoundPrompt {
  const file = `${PROMPTS}/${name}.md`;
  const files = [join(root, file), join(packageRoot, file)];
  const at = files.findIndex((path) => existsSync(path));
  if (at < 0) throw new Error(`BUG: ${file} is not shipped`);
  const text = readFileSync(files[at]!, "utf8").trim();
  if (text === "") {
    const help = "Write down what the model is to do, or remove the file: then the shipped one is taken.";
    throw new Failure(`${file} is empty.`, { code: "config.invalid", help });
  }
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return { prompt: { text, identity: `sha256 ${digest}` }, restsOn: files.slice(0, at + 1) };
}
