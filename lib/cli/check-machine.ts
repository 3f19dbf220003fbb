/** Looks at the machine: ffmpeg, fonts, free disk; and at how old the shipped prices are. */
import { existsSync, readFileSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../base/assets.ts";
import { plural } from "../base/plural.ts";
import { cacheFolder } from "../config/root.ts";
import { missingIn } from "../media/capabilities.ts";
import { findFfmpeg } from "../media/ffmpeg.ts";
import { facesOf, findFonts } from "../media/fonts/shelf.ts";
import { sayBytes } from "../report/sentences.ts";
import { looking, type Tell } from "./check.ts";

export async function checkFfmpeg(env: NodeJS.ProcessEnv, tell: Tell): Promise<void> {
  await looking("ffmpeg", tell, async () => {
    const ffmpeg = await findFfmpeg(env);
    const missing = await missingIn(ffmpeg);
    if (missing.length === 0) {
      tell({ level: "ok", subject: "ffmpeg", message: `${ffmpeg.identity}, ${ffmpeg.path}` });
      return;
    }
    const message = `${ffmpeg.path} has no ${missing.join(", no ")}.`;
    const help =
      "Install one that has (Debian's does), or set FACELESS_FFMPEG and FACELESS_FFPROBE to another.";
    tell({ level: "error", subject: "ffmpeg", message, help, code: "config.environment" });
  });
}

export async function checkFonts(root: string, env: NodeJS.ProcessEnv, tell: Tell): Promise<void> {
  await looking("fonts", tell, () => {
    const { shelf } = findFonts(root, env);
    facesOf(shelf, "own");
    const { own, shipped, system } = shelf;
    const message = `${own.length} in shared/fonts, ${shipped.length} shipped, ${system.length} of the system`;
    tell({ level: "ok", subject: "fonts", message });
  });
}

/** Bytes: less is an error, since not even a draft fits; and less than that a reason to warn. */
const TOO_LITTLE = 200_000_000;
const LITTLE = 5_000_000_000;

export function checkDisk(root: string, env: NodeJS.ProcessEnv, tell: Tell): void {
  const cache = cacheFolder(root, env);
  const folder = existsSync(cache) ? cache : root;
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const level = free < TOO_LITTLE ? "error" : free < LITTLE ? "warning" : "ok";
  const help =
    level === "ok"
      ? undefined
      : "Free some: pictures, pieces and films are kept in the cache, and `faceless gc` trims it.";
  const code = level === "error" ? ("pipeline.state" as const) : undefined;
  tell({ level, subject: "disk", message: `${sayBytes(free)} are free for ${folder}`, help, code });
}

/** Days after which prices may well be others. */
const OLD = 90;

/** The table that is shipped. */
export const PRICES = join(packageRoot, "shared", "prices.json");

/** `now`: milliseconds since the epoch. Nothing where there is no table. */
export function checkPrices(file: string, now: number, tell: Tell): void {
  if (!existsSync(file)) return;
  const { date } = JSON.parse(readFileSync(file, "utf8")) as { date: string };
  const days = Math.max(0, Math.floor((now - Date.parse(date)) / 86_400_000));
  const message = `of ${date}, ${plural(days, "day")} old`;
  if (days <= OLD) tell({ level: "ok", subject: "prices", message });
  else {
    const help =
      "Update faceless, or give the prices of your models in faceless.config.yaml: estimates may be wrong.";
    tell({ level: "warning", subject: "prices", message, help });
  }
}
