/** What most tools do: one ffmpeg command a scene, a zoom by zoompan over a picture four times as large, and a join. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Job {
  readonly root: string;
  readonly project: string;
  readonly platform: string;
  readonly size: { readonly width: number; readonly height: number };
}

/**
 * The commands that make one platform's film from the pictures and narrations that a build has left: no captions, no
 * transitions, the sound of each scene encoded apart, music at a fixed volume.
 */
export function commandsOf({ root, project, platform, size }: Job): string[][] {
  const folder = join(root, "others", platform);
  mkdirSync(folder, { recursive: true });
  const audio = join(root, project, "audio/long");
  const scenes = readdirSync(audio)
    .filter((name) => name.endsWith(".mp3"))
    .sort();
  const pieces = scenes.map((name) => join(folder, name.replace(".mp3", ".mp4")));
  const { width, height } = size;
  const commands = scenes.map((name, i) => {
    const narration = join(audio, name);
    const frames = Math.ceil((secondsOf(narration) + 0.7) * 30);
    const zoom = `zoompan=z='min(1+0.0005*on,1.15)':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d=${frames}:s=${width}x${height}:fps=30`;
    const image = join(root, project, "images/long", name.replace(".mp3", `_${platform}.png`));
    return [
      ...["ffmpeg", "-v", "error", "-y", "-i", image, "-i", narration],
      ...["-filter_complex", `[0:v]scale=${width * 4}:-2,${zoom},format=yuv420p[v];[1:a]apad[a]`],
      ...["-map", "[v]", "-map", "[a]", "-t", String(frames / 30), "-c:v", "libx264", "-preset", "veryfast"],
      ...["-crf", "20", "-c:a", "aac", "-b:a", "192k", pieces[i]!],
    ];
  });
  const list = join(folder, "list.txt");
  writeFileSync(list, pieces.map((piece) => `file '${piece}'\n`).join(""));
  const mix = "[1:a]volume=0.1[m];[0:a][m]amix=inputs=2:duration=first,volume=2[a]";
  const joining = [
    ...["ffmpeg", "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", list],
    ...["-stream_loop", "-1", "-i", join(root, "shared/music/bench.mp3"), "-filter_complex", mix],
    ...["-map", "0:v", "-map", "[a]", "-c:v", "copy", "-c:a", "aac", "-b:a", "192k", "-shortest"],
    join(folder, "film.mp4"),
  ];
  return [...commands, joining];
}

function secondsOf(path: string): number {
  const words = ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path];
  return Number(execFileSync("ffprobe", words, { encoding: "utf8" }));
}
