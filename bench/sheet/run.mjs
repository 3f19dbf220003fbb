/**
 * A contact sheet of a film around its joins: `node bench/sheet/run.mjs <project> <story> <platform> <sheet.jpg>`, after a build.
 * Each row is a scene and its way into the next: a frame of the scene; 24 and 6 frames before the border, on it, 4 after it.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [project, story, platform, sheet] = process.argv.slice(2);
if (sheet === undefined) throw new Error("say which project, story and platform, and where the sheet goes");
const { film } = JSON.parse(readFileSync(join(project, "work", story, `timeline_${platform}.json`), "utf8"));
const final = readdirSync(join(project, "final")).find((name) => name.endsWith(`_${story}_${platform}.mp4`));
const last = film.frames - 1;
const frames = film.scenes.flatMap(({ first_frame: first, frames: count }) => {
  const border = first + count;
  const middle = first + Math.round(count * 0.4);
  return [middle, border - 24, border - 6, border, border + 4].map((frame) => Math.min(frame, last));
});
// At its end a film has no more frames after the border: the last one is shown again, and select gives each but once.
const seen = [...new Set(frames)];
const width = platform === "tiktok" ? 135 : 256;
execFileSync(
  "ffmpeg",
  [
    ...["-v", "error", "-y", "-i", join(project, "final", final), "-vsync", "0", "-frames:v", "1"],
    ...[
      "-vf",
      `select='${seen.map((frame) => `eq(n\\,${frame})`).join("+")}',scale=${width}:-2,tile=5x${film.scenes.length}`,
    ],
    ...["-q:v", "3", sheet],
  ],
  { stdio: ["ignore", "inherit", "inherit"] },
);
