/** The shipped pipeline with real media: after random edits the films are, byte for byte, those of a build from scratch. */
import { cpSync, existsSync, mkdirSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { dice } from "./cli-shop.ts";
import { FilmShop, type Story } from "./film-shop.ts";
import { makePicture } from "./media-kit.ts";

/** FACELESS_FILM_ROUNDS asks for a long run, FACELESS_FILM_SEED for another one. */
const ROUNDS = Number(process.env.FACELESS_FILM_ROUNDS ?? 3);
const SEED = Number(process.env.FACELESS_FILM_SEED ?? 1);
const EDITS_PER_ROUND = 3;

type Roll = (count: number) => number;

const THINGS = ["coin", "tree", "ship", "bell", "lamp", "door"];

/** One film and what was done to it. */
class Film {
  readonly shop: FilmShop;
  readonly #roll: Roll;
  readonly #story: Story = { title: "Things", scenes: [] };

  constructor(shop: FilmShop, roll: Roll) {
    this.shop = shop;
    this.#roll = roll;
    for (let scene = 0; scene < 2; scene += 1) this.#insertScene();
    this.#writeStory();
  }

  async edit(): Promise<string> {
    const names = Object.keys(this.#edits);
    const name = names[this.#roll(names.length)]!;
    await this.#edits[name]!();
    this.#writeStory();
    return name;
  }

  readonly #edits: Readonly<Record<string, () => unknown>> = {
    reword: () => {
      this.#scene().narration = `${this.#thing()} and ${this.#thing()}.`;
    },
    redraw: () => {
      this.#scene().image_prompt = `a ${this.#thing()}`;
    },
    insertScene: () => this.#insertScene(),
    removeScene: () => {
      if (this.#story.scenes.length > 1) this.#story.scenes.splice(this.#roll(this.#story.scenes.length), 1);
    },
    retitle: () => {
      this.#story.title = this.#thing();
    },
    music: () => this.shop.writeMusic(200 + this.#roll(3) * 20),
    pause: () =>
      this.shop.configure(({ defaults }) => {
        defaults.pause.before = 0.1 * this.#roll(3);
      }),
    platforms: () =>
      this.shop.configure(({ defaults }) => {
        defaults.platforms = [["youtube"], ["tiktok"], ["youtube", "tiktok"]][this.#roll(3)]!;
      }),
    pin: async () => {
      const picture = this.#output("images");
      mkdirSync(this.shop.path("pinned/images/things"), { recursive: true });
      if (picture !== undefined)
        await makePicture(this.shop.path(`pinned/${picture}`), "color=c=teal:s=400x224");
    },
    ownPicture: async () => {
      await makePicture(this.shop.path("own.png"), "testsrc2=s=300x300");
      this.#scene().picture = [null, "own.png"][this.#roll(2)]!;
    },
    transition: () => {
      this.#scene().transition = ["cut", "dip", "slide", "crossfade"][this.#roll(4)]!;
    },
    captions: () =>
      this.shop.configure(({ platforms }) => {
        platforms.tiktok!.captions = ["lines", "words", null][this.#roll(3)]!;
      }),
    deleteOutput: () => {
      const output = this.#output(["images", "audio", "work", "videos", "final"][this.#roll(5)]!);
      if (output !== undefined) this.shop.remove(output);
    },
    touchOutput: () => {
      const output = this.#output(["images", "audio", "work", "videos", "final"][this.#roll(5)]!);
      if (output !== undefined) utimesSync(this.shop.path(output), new Date(), new Date());
    },
    forgetStamps: () => {
      if (this.shop.has(".faceless/snapshot")) this.shop.remove(".faceless/snapshot");
    },
    forgetCache: () => {
      if (this.shop.has("/.faceless")) this.shop.remove("/.faceless");
    },
  };

  #insertScene(): void {
    const scene = { narration: `${this.#thing()}.`, image_prompt: `a ${this.#thing()}` };
    const { scenes } = this.#story;
    if (scenes.length < 3) scenes.splice(this.#roll(scenes.length + 1), 0, scene);
  }

  #scene() {
    return this.#story.scenes[this.#roll(this.#story.scenes.length)]!;
  }

  #thing(): string {
    return THINGS[this.#roll(THINGS.length)]!;
  }

  /** One of the files in a folder of outputs. */
  #output(folder: string): string | undefined {
    if (!this.shop.has(folder)) return undefined;
    const files = readdirSync(this.shop.path(folder), { recursive: true, encoding: "utf8" }).sort();
    const media = files.filter((name) => /\.\w+$/.test(name));
    const name = media[this.#roll(Math.max(1, media.length))];
    return name && join(folder, name);
  }

  #writeStory(): void {
    this.shop.writeStory("things", this.#story);
  }
}

/** The sources alone, in a folder of their own. */
async function fromScratch({ shop }: Film): Promise<FilmShop> {
  const fresh = await FilmShop.open();
  onTestFinished(() => fresh.close());
  for (const path of ["/faceless.config.yaml", "/shared", "scripts", "pinned", "own.png"])
    if (existsSync(shop.path(path))) cpSync(shop.path(path), fresh.path(path), { recursive: true });
  return fresh;
}

test(`${ROUNDS} rounds of random edits: every file is that of a build from scratch`, {
  timeout: 0,
}, async () => {
  const shop = await FilmShop.open();
  onTestFinished(() => shop.close());
  const film = new Film(shop, dice(SEED));
  expect((await shop.build()).problems).toEqual({});
  for (let round = 0; round < ROUNDS; round += 1) {
    const edits: string[] = [];
    for (let edit = 0; edit < EDITS_PER_ROUND; edit += 1) edits.push(await film.edit());
    const built = await shop.build();
    expect([built.code, built.problems, built.stderr], edits.join(" ")).toEqual([0, {}, ""]);
    const fresh = await fromScratch(film);
    expect((await fresh.build()).code).toBe(0);
    expect(shop.outputs(), edits.join(" ")).toEqual(fresh.outputs());
    expect((await shop.build()).ran).toEqual({});
  }
});
