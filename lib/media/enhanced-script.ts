/** A script with the texts that a text provider made of it; all else of a scene stays as its author wrote it. */
import { z } from "zod";
import { Failure } from "../base/failure.ts";
import { type NamedFile, readJsonFile } from "../base/json-file.ts";
import { plural } from "../base/plural.ts";
import { shorten } from "../base/shorten.ts";
import type { Script } from "./script.ts";

/** The file of one enhanced text. `original`: the author's words that it was made of, so that nobody takes it for others. */
const enhancedTextShape = z.strictObject({ original: z.string(), enhanced: z.string().trim().min(1) });
export type EnhancedText = z.output<typeof enhancedTextShape>;

type Member = "narration" | "image_prompt";

/** Of a script that was worked over as a whole. */
interface EnhancedScene {
  /** That of the author's scene which it was made of; null for one that is new. */
  readonly scene_number: number | null;
  readonly narration: string;
  readonly image_prompt: string;
}

/** `files`: one for each scene, in order, or none. @throws Failure for a text that was made of another */
export async function withTexts(
  script: Script,
  member: Member,
  files: readonly NamedFile[],
): Promise<Script> {
  if (files.length === 0) return script;
  const texts = await Promise.all(files.map((file) => readJsonFile(file, enhancedTextShape)));
  refuseStrangers(script, member, files, texts);
  const scenes = script.scenes.map((scene, i) => ({
    ...scene,
    [member]: texts[i]!.enhanced,
    duration_estimate: null,
  }));
  return { ...script, scenes };
}

/** A file that was edited by hand or pinned stays in its place, whatever scene has come to stand there. @throws Failure */
function refuseStrangers(
  { scenes }: Script,
  member: Member,
  files: readonly NamedFile[],
  texts: readonly EnhancedText[],
): void {
  if (files.length !== scenes.length)
    throw new Failure(
      `the script has ${plural(scenes.length, "scene")}, and what was enhanced has ${files.length}.`,
      {
        code: "script.scene",
        help: "A pipeline gives one file for each scene of the script, in order, or none.",
      },
    );
  const at = scenes.findIndex((scene, i) => scene[member] !== texts[i]!.original);
  if (at < 0) return;
  const [given, original] = [scenes[at]![member], texts[at]!.original].map((words) => shorten(words, 60));
  throw new Failure(
    `${files[at]!.name} was made of '${original}', and scene ${at + 1} of the script has the ${member} '${given}'.`,
    {
      code: "script.scene",
      help: "It was edited or pinned for another version of the script. Remove it (`faceless unpin`, `--discard-edits`), move it to the scene it is for, or write the script's words into its `original`.",
    },
  );
}

/** Each scene keeps what its author said of it besides its texts; one that is new has nothing of that. @throws Failure */
export function withScenes(script: Script, scenes: readonly EnhancedScene[]): Script {
  return {
    ...script,
    scenes: scenes.map(({ scene_number, narration, image_prompt }) => {
      const given = scene_number === null ? { take: 1 } : script.scenes[scene_number - 1];
      if (given === undefined) {
        throw new Failure(`the script has no scene ${scene_number}, and what was enhanced has one.`, {
          code: "script.scene",
          help: "It was edited or pinned for another version of the script: remove that file, and build again.",
        });
      }
      return { ...given, narration, image_prompt, duration_estimate: null };
    }),
  };
}
