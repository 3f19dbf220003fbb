/** A content repo with one long story, for two platforms of full size. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const PROJECT = "output/finance";
const SCRIPT = `${PROJECT}/scripts/long_script.json`;
const MUSIC = "shared/music/bench.mp3";

/** About ten seconds when spoken. */
const SENTENCES = [
  "Two friends begin to save in the same month, and neither of them earns more than the other.",
  "One keeps the money in a drawer, and the other one buys a small share of many companies.",
  "Ten years go by, and the drawer holds exactly what was put into it, not a penny more.",
  "The shares have paid a little every year, and that little has been paid on itself again.",
  "It is not luck, and it is not talent; it is only the patience to leave a thing alone.",
];
const SUBJECTS = [
  "stacks of coins",
  "a road to a summit",
  "a lighthouse by the sea",
  "a city at dawn",
  "an old tree",
];

interface Scene {
  narration: string;
  image_prompt: string;
}

/** The settings are those that are shipped, with one niche. */
export function writeStory(root: string, scenes: number): void {
  for (const folder of [`${PROJECT}/scripts`, "shared/music"])
    mkdirSync(join(root, folder), { recursive: true });
  cpSync("shared/music/first-light.mp3", join(root, MUSIC));
  const settings = readFileSync("faceless.config.yaml", "utf8");
  const niches = "niches:\n  finance: { voice: onyx, music: /shared/music/bench.mp3 }\n";
  writeFileSync(join(root, "faceless.config.yaml"), settings.replace(/^niches:[\s\S]*$/m, niches));
  const all = Array.from({ length: scenes }, (_, i): Scene => {
    const [a, b] = [SENTENCES[i % SENTENCES.length]!, SENTENCES[(i * 3 + 1) % SENTENCES.length]!];
    return { narration: `${a} ${b}`, image_prompt: `${SUBJECTS[i % SUBJECTS.length]}, picture ${i + 1}` };
  });
  write(root, all);
}

/** Words that are new in one scene, in the middle. */
export function editNarration(root: string, words: string): void {
  const { scenes } = JSON.parse(readFileSync(join(root, SCRIPT), "utf8")) as { scenes: Scene[] };
  const middle = scenes[scenes.length >> 1]!;
  middle.narration = `${SENTENCES[0]} ${words}`;
  write(root, scenes);
}

export function changeMusic(root: string): void {
  cpSync("shared/music/gold-hour.mp3", join(root, MUSIC));
}

function write(root: string, scenes: readonly Scene[]): void {
  const visual_style = { environment: "papercut landscapes", color_mood: "warm gold and navy" };
  writeFileSync(join(root, SCRIPT), JSON.stringify({ title: "The price of waiting", visual_style, scenes }));
}
