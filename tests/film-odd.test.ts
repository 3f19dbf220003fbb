/** Films of stories with odd names, and of many scenes. */
import { expect, test } from "vitest";
import { probe } from "../lib/media/ffmpeg.ts";
import { actionsOf, all, FilmShop, gist, nothingToDo, type Story } from "./film-shop.ts";
import { ffmpeg } from "./media-kit.ts";

const oneScene = (title: string): Story => ({
  title,
  scenes: [{ narration: "Go.", image_prompt: "a road" }],
});

test.each([
  ["spaces, quotes, signs and emoji", `it's "50% off": [a] $HOME \`x\` & ; # 💰 café`],
  ["a leading dash, stars and braces", "-rf *?! {b,c}"],
  ["as long as a file name can be", "long-".repeat(47).slice(0, 255 - "finance__youtube.mp4".length)],
])("a story named with %s", async (_, name) => {
  const shop = await FilmShop.open();
  try {
    shop.writeStory(name, oneScene(`${name} 🎬`.slice(0, 200)));
    const built = await shop.build();
    expect([built.stderr, built.problems]).toEqual(["", {}]);
    expect(built.ran).toEqual(all("ran", actionsOf(name, 1)));
    expect(gist(await shop.build())).toEqual(nothingToDo(9));
  } finally {
    shop.close();
  }
});

test("forty scenes of one word: what is the same is made once", async () => {
  const shop = await FilmShop.open();
  try {
    shop.configure(({ defaults, platforms }) => {
      defaults.platforms = ["dot"];
      platforms.dot = { image_size: "64x64", video: { width: 64, height: 64, fps: 24 } };
    });
    const words = ["one", "two", "three", "four"];
    const scenes = Array.from({ length: 40 }, (_, i) => ({
      narration: words[i % 4]!,
      image_prompt: words[i % 4]!,
    }));
    shop.writeStory("many", { title: "Many", scenes });
    const built = await shop.build();
    expect([built.stderr, built.problems]).toEqual(["", {}]);
    const many = actionsOf("many", 40, ["dot"]);
    expect(Object.keys(built.ran).sort()).toEqual(Object.values(many).flat().sort());
    expect(built.counts).toMatchObject({ ran: 1 + 4 * 4 + 1, restored: 36 * 4 });
    const frames = 10 * shop.framesOf(many.narration.slice(0, 4), 24);
    expect((await probe(ffmpeg, shop.path(many.final[0]!))).frames).toBe(frames);
  } finally {
    shop.close();
  }
});
