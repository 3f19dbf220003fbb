/** A watch of the shipped pipeline with real media: what each edit of a film costs, and how it is told. */
import { spawn } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { CLI } from "./content-repo.ts";
import { FilmShop, type Story } from "./film-shop.ts";
import { makePicture } from "./media-kit.ts";
import { gist, Watching } from "./watch-rig.ts";

const story = (second: string): Story => ({
  title: "Coin",
  scenes: [
    { narration: "One coin.", image_prompt: "a gold coin on a table" },
    { narration: second, image_prompt: "two trees on a hill" },
  ],
});

const FINALS = [
  "output/finance/final/finance_coin_tiktok.mp4",
  "output/finance/final/finance_coin_youtube.mp4",
];

test("from save to video: a script, the music, a pinned picture, the configuration", async () => {
  const shop = await FilmShop.open();
  onTestFinished(() => shop.close());
  shop.writeStory("coin", story("Two trees."));
  const words = [CLI, "watch", "output/finance", "--json"];
  const child = spawn(process.execPath, words, { cwd: shop.root });
  onTestFinished(() => void child.kill("SIGKILL"));
  const watch = new Watching(child);

  // While the first round is at it, an edit of one scene: what the other is made of goes on.
  await watch.next("started", ({ target }) => target === "segment");
  shop.writeStory("coin", story("Two old trees."));
  const first = await watch.next("watch-round");
  expect(first).toMatchObject({ files: ["scripts/coin_script.json"], ok: true, results: FINALS });
  for (const path of ["images/coin/scene_01_youtube.png", "videos/coin/scene_01_youtube.mp4"]) {
    const made = watch.events.filter((event) => event.type === "finished" && event.action === path);
    expect(made.filter((event) => event.type === "finished" && event.outcome === "ran").length).toBeLessThan(
      2,
    );
  }

  shop.writeStory("coin", story("Two young trees."));
  expect(await watch.round()).toEqual({
    files: ["scripts/coin_script.json"],
    ok: true,
    ran: {
      ...{ script: 1, narration: 1, words: 1, shot: 2, timeline: 2, captions: 2, segment: 2, transition: 4 },
      ...{ sound: 2, final: 2, check: 2, subtitles: 2, metadata: 2 },
    },
    removed: 0,
    counts: { ran: 25, fresh: 19 },
    results: FINALS,
  });
  await shop.writeMusic(330);
  expect(await watch.round()).toEqual({
    files: ["shared/music/tune.wav"],
    ok: true,
    ran: { bed: 1, sound: 2, final: 2, check: 2 },
    removed: 0,
    counts: { ran: 7, fresh: 37 },
    results: FINALS,
  });
  const picture = shop.path("/picture.png");
  await makePicture(picture, "color=c=red:s=400x224");
  shop.write("pinned/images/coin/scene_01_youtube.png", shop.bytes("/picture.png"));
  const pinned = await watch.next("watch-round", ({ counts }) => counts.pinned === 1);
  expect(gist(pinned)).toMatchObject({
    ran: { segment: 1, transition: 1, thumbnail: 3, final: 1, check: 1 },
    results: [FINALS[1]],
  });
  shop.configure(({ defaults }) => {
    defaults.platforms = ["youtube"];
  });
  expect(await watch.round()).toMatchObject({ files: ["faceless.config.yaml"], ok: true, removed: 21 });
  child.kill("SIGINT");
  expect([await watch.ended, watch.stderr]).toEqual([0, ""]);
});
