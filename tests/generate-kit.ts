/** A content repo for `faceless generate`, whose films are lines of text; its scripts are written here, or by the test server. */
import { existsSync, readdirSync } from "node:fs";
import { onTestFinished } from "vitest";
import type { JsonObject } from "../lib/base/json.ts";
import { type ApiServer, KEY, startApiServer } from "./api-server.ts";
import { type Ended, type Repo, repo } from "./small-repo.ts";

const PIPELINE = `options: { enhance: false, thumbnails: false, subtitles: false }
axes:
  story: { files: "scripts/\${story}_script.{json,yaml,yml}" }
  platform: { values: "\${project.platforms}" }
targets:
  script: { task: script, in: { draft: "scripts/\${story}_script.*" }, with: { niche: "\${project.niche}" }, out: "work/\${story}.json" }
  final:
    run: echo \${script.title} \${options.enhance} \${options.thumbnails} \${options.subtitles} \${project.music} > \${out}
    out: final/\${story}_\${platform}.txt
`;
export const CONFIG = `pipeline: p
platforms:
  wide: { image_size: 320x180, video: { width: 160, height: 90 } }
  tall: { image_size: 180x320, video: { width: 90, height: 160 } }
defaults: { platforms: [wide, tall], voice: slt, music: /own.mp3 }
niches:
  demo: { topics: [the sea, the moon] }
  quiet-places: {}
`;
export const SCRIPT = JSON.stringify({ title: "Own", scenes: [{ narration: "a", image_prompt: "b" }] });

export function niches(files: Record<string, string> = {}): Repo {
  return repo({ "faceless.config.yaml": CONFIG, "pipelines/p.yaml": PIPELINE, "own.mp3": "x", ...files });
}

export function inside(shop: Repo, folder: string): string[] {
  return existsSync(shop.path(folder)) ? readdirSync(shop.path(folder)).sort() : [];
}

/** The scripts of the niche `demo`. */
export function scriptsIn(shop: Repo): string[] {
  return inside(shop, "output/demo/scripts").filter((name) => name.endsWith("_script.json"));
}

const scene = { narration: "The sea is calm today.", image_prompt: "A calm sea" };
const style = { environment: "", color_mood: "", texture: "", recurring_elements: [] };

/** What a model answers that writes three scenes, or as many as are given. */
export function written(title: string, scenes = [scene, scene, scene]): JsonObject {
  const content = JSON.stringify({ title, visual_style: style, scenes });
  return { finish_reason: "stop", message: { role: "assistant", content, refusal: null } };
}

export const REFUSED: JsonObject = {
  finish_reason: "stop",
  message: { role: "assistant", content: null, refusal: "I cannot help with that." },
};

export interface Wanted {
  readonly topic: string;
  readonly take: number;
}

export interface Writer {
  readonly shop: Repo;
  readonly server: ApiServer;
  readonly env: Readonly<Record<string, string>>;
  /** What was asked for, in order: "the sea 1". */
  asked(): readonly string[];
  /** `faceless generate demo …` */
  generate(...words: readonly string[]): Promise<Ended>;
}

/** A shop whose scripts a paid model writes: up to $0.026 each. `answer`: what it says to what is wanted of it. */
export async function writer(answer: (wanted: Wanted) => JsonObject): Promise<Writer> {
  const server = await startApiServer();
  onTestFinished(() => server.close());
  server.answerText = (body) => answer(wantedOf(body));
  const studio = `{ type: openai, base_url: "${server.url}/v1", api_key_env: STUDIO_KEY, text: { model: writer, max_output_tokens: 256 } }`;
  const prices = "prices: { writer: { text: { input: 0, output: 100 } } }";
  const providers = `providers: { offline: { type: offline }, studio: ${studio} }\nuse: { text: studio }`;
  const shop = niches({ "faceless.config.yaml": `${CONFIG}${providers}\n${prices}\n` });
  const env = { STUDIO_KEY: KEY };
  return {
    ...{ shop, server, env },
    asked: () =>
      server.log.map(({ body }) => {
        const { topic, take } = wantedOf(body as JsonObject);
        return `${topic} ${take}`;
      }),
    generate: (...words) => shop.run(["generate", "demo", ...words], { env }),
  };
}

function wantedOf(body: JsonObject): Wanted {
  const { messages } = body as unknown as { messages: readonly { content: string }[] };
  return JSON.parse(messages[1]!.content) as Wanted;
}
