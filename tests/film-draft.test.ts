/** Drafts of the shipped pipeline with real media: small films at once, and nothing spoken or drawn twice. */
import { execFileSync } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { type Built, FilmShop, gist } from "./film-shop.ts";
import { ffmpeg } from "./media-kit.ts";

const FILMS = ["final/finance_coin_tiktok.mp4", "final/finance_coin_youtube.mp4"];

/** Of all that was made or looked at below a folder. */
const outcomesIn = ({ ran }: Built, folder: string) =>
  new Set(Object.keys(ran).flatMap((path) => (path.startsWith(`${folder}/`) ? [ran[path]] : [])));

function sizeOf(path: string): string {
  const entries = ["-select_streams", "v", "-show_entries", "stream=width,height", "-of", "csv=p=0"];
  return execFileSync(ffmpeg.probePath, ["-v", "error", ...entries, path], { encoding: "utf8" }).trim();
}

test("a draft is a film of a quarter of the pixels; the final is made beside it of the same pictures and voice", async () => {
  const shop = await FilmShop.open();
  onTestFinished(() => shop.close());
  const scene = { narration: "One coin.", image_prompt: "a gold coin on a table" };
  shop.writeStory("coin", { title: "Coin", scenes: [scene] });

  const draft = await shop.build("--draft");
  expect([draft.code, draft.stderr, outcomesIn(draft, "audio")]).toEqual([0, "", new Set(["ran"])]);
  expect(FILMS.map((path) => shop.has(path))).toEqual([false, false]);
  expect(FILMS.map((path) => sizeOf(shop.path(`draft/${path}`)))).toEqual(["90,160", "160,90"]);

  const final = await shop.build();
  expect([final.code, final.stderr]).toEqual([0, ""]);
  for (const folder of ["audio", "images"])
    expect([folder, outcomesIn(final, folder)]).toEqual([folder, new Set(["restored"])]);
  for (const folder of ["videos", "final"])
    expect([folder, outcomesIn(final, folder)]).toEqual([folder, new Set(["ran"])]);
  expect(FILMS.map((path) => sizeOf(shop.path(path)))).toEqual(["180,320", "320,180"]);

  for (const options of [["--draft"], []]) {
    const again = gist(await shop.build(...options));
    expect(again).toMatchObject({ code: 0, ran: {}, counts: { ran: 0, restored: 0 } });
  }

  // What a draft's sound is made of is decoded once, and by drafts alone.
  const voices = (built: Built) => Object.keys(built.ran).filter((path) => path.includes(".voice."));
  expect([voices(draft), voices(final)]).toEqual([["work/coin/scene_01.voice.wav"], []]);

  // A new wording is spoken for the draft alone, until the final is wanted.
  shop.writeStory("coin", { title: "Coin", scenes: [{ ...scene, narration: "One old coin." }] });
  expect(outcomesIn(await shop.build("--draft"), "audio")).toEqual(new Set(["ran"]));
  const next = await shop.build();
  expect([outcomesIn(next, "audio"), outcomesIn(next, "images")]).toEqual([
    new Set(["restored"]),
    new Set(["fresh"]),
  ]);
});
