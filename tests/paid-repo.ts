/** A content repo whose pictures and voice are bought from the test server, by the providers that are shipped. */
import { spawn } from "node:child_process";
import { onTestFinished } from "vitest";
import { shellWord } from "../lib/base/shell.ts";
import { type ApiServer, KEY, startApiServer } from "./api-server.ts";
import { type CliShop, cliShop } from "./cli-shop.ts";
import { CLI } from "./content-repo.ts";
import { type Ended, ended } from "./small-repo.ts";

/** US dollars for a picture, at most: the prompt's tokens are free. */
export const PICTURE = 0.04;

const PIPELINE = `
axes:
  story: { files: "scripts/\${story}.json" }
  platform: { values: "\${project.platforms}" }
  scene: { items: "\${script.scenes}", key: scene_number, pad: 2 }
targets:
  script: { task: script, in: { draft: "scripts/\${story}.json" }, with: { niche: demo }, out: "work/\${story}.json" }
  image:
    task: image
    with: { prompt: "\${scene.image_prompt}", style: "\${script.visual_style}", size: "\${platform.image_size}" }
    out: "images/\${story}_\${scene}_\${platform}.png"
  narration:
    task: speech
    with: { text: "\${scene.narration}", voice: nova }
    out: { audio: "audio/\${story}_\${scene}.mp3", marks: "audio/\${story}_\${scene}.json" }
  film:
    run: "cat \${in.parts} > \${out}"
    in: { parts: [image, narration.audio] }
    out: "final/\${story}.bin"
`;

const config = (url: string, image: string, { concurrency, timeout }: Required<Limits>) => `pipeline: p
providers:
  studio:
    type: openai
    base_url: ${url}/v1
    api_key_env: STUDIO_KEY
    concurrency: ${concurrency}
    timeout: ${timeout}
    image: { model: ${image}, quality: medium, sizes: any }
    speech: { model: speaker }
use: { image: studio, speech: studio }
prices:
  any-size-1: { image: { pictures: { medium: { 96x64: ${PICTURE}, 64x96: ${PICTURE} } } } }
  any-size-2: { image: { pictures: { medium: { 96x64: 0.1, 64x96: 0.1 } } } }
  speaker: { speech: { characters: 1000 } }
platforms:
  wide: { image_size: 96x64, video: { width: 640, height: 360 } }
  tall: { image_size: 64x96, video: { width: 360, height: 640 } }
defaults: { platforms: [wide, tall], voice: nova }
niches: { demo: {} }
`;

/** What two digits say of a scene stands in its narration and in its prompt. */
export function script(scenes: number): string {
  const all = Array.from({ length: scenes }, (_, i) => ({
    scene_number: i + 1,
    narration: `Scene ${String(i + 1).padStart(2, "0")}.`,
    image_prompt: `scene ${String(i + 1).padStart(2, "0")}`,
  }));
  return JSON.stringify({ title: "A story", scenes: all });
}

export interface PaidRepo {
  readonly shop: CliShop;
  readonly server: ApiServer;
  /** For whoever runs the program; read at each run. */
  readonly env: { STUDIO_KEY?: string };
  /** Runs the program to its end; `typed` is what somebody types, at a terminal. */
  run(words: readonly string[], typed?: string): Promise<Ended>;
  /** The model that draws from now on. */
  model(image: string): void;
}

export interface Limits {
  /** How many requests at once, which -j has no say in. */
  readonly concurrency?: number;
  /** Seconds for a request. */
  readonly timeout?: number;
}

/** Closed when the test ends. */
export async function paidRepo(
  scenes: number,
  { concurrency = 2, timeout = 20 }: Limits = {},
): Promise<PaidRepo> {
  const server = await startApiServer();
  onTestFinished(() => server.close());
  const shop = cliShop(PIPELINE);
  const model = (image: string) =>
    shop.write("/faceless.config.yaml", config(server.url, image, { concurrency, timeout }));
  model("any-size-1");
  shop.write("scripts/a.json", script(scenes));
  const env: PaidRepo["env"] = { STUDIO_KEY: KEY };
  return { shop, server, env, model, run: (words, typed) => run(shop.root, words, env, typed) };
}

function run(
  cwd: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  typed: string | undefined,
): Promise<Ended> {
  const program = [process.execPath, CLI, ...words];
  // script(1) gives it a terminal of its own.
  const [command, ...args] =
    typed === undefined ? program : ["script", "-qec", program.map(shellWord).join(" "), "/dev/null"];
  const base = { PATH: process.env.PATH, HOME: process.env.HOME, TERM: "xterm", NO_COLOR: "1" };
  const child = spawn(command!, args, { cwd, env: { ...base, ...env } });
  if (typed !== undefined) child.stdin.write(typed);
  return ended(child);
}
