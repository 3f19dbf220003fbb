/** Films of stories with odd names, and of many scenes. */
import { expect, test } from "vitest";
import { probe } from "../lib/media/probe.ts";
import { actionsOf, all, FilmShop, gist, nothingToDo, type Story, smallPlatform } from "./film-shop.ts";
import { ffmpeg } from "./media-kit.ts";

const oneScene = (title: string): Story => ({
  title,
  scenes: [{ narration: "Go.", image_prompt: "a road" }],
});

test.each([
  ["spaces, quotes, signs and emoji", `it's "50% off": [a] $HOME \`x\` & ; # 💰 café`],
  ["a leading dash, stars and braces", "-rf *?! {b,c}"],
  [
    "as long as a file name can be",
    "long-".repeat(47).slice(0, 255 - "finance__youtube_thumbnail1.jpg".length),
  ],
])("a story named with %s", async (_, name) => {
  const shop = await FilmShop.open();
  try {
    shop.writeStory(name, oneScene(`${name} 🎬`.slice(0, 200)));
    const built = await shop.build();
    expect([built.stderr, built.problems]).toEqual(["", {}]);
    const actions = actionsOf(name, 1);
    expect(built.ran).toEqual(all("ran", actions));
    expect(gist(await shop.build())).toEqual(nothingToDo(Object.values(actions).flat().length));
  } finally {
    shop.close();
  }
});

test("forty scenes of one word: what is the same is made once", async () => {
  const shop = await FilmShop.open();
  try {
    shop.configure(({ defaults, platforms }) => {
      defaults.platforms = ["dot"];
      platforms.dot = smallPlatform(64, 64, 24);
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
    // Of the plans, the first scene's differs, which has nothing before it; of the borders, the last one, which is a fade.
    const ofScene = { words: 4, image: 4, narration: 4, shot: 5, captions: 5, segment: 5, transition: 6 };
    const once = { script: 1, timeline: 1, bed: 1, sound: 1, final: 1, check: 1, subtitles: 1, metadata: 1 };
    const ran = [3, ...Object.values(ofScene), ...Object.values(once)].reduce((sum, one) => sum + one);
    expect(built.counts).toMatchObject({ ran, restored: Object.keys(built.ran).length - ran });
    const frames = 10 * shop.framesOf(many.narration.slice(0, 4), 24);
    expect((await probe(ffmpeg, shop.path(many.final[0]!))).frames).toBe(frames);
  } finally {
    shop.close();
  }
});
