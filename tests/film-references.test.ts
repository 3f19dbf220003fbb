/** Pictures of recurring elements, by the shipped pipeline: which requests have them, what an edit of one buys again. */
import { createHash } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../lib/base/json.ts";
import { encodePng } from "../lib/providers/offline/art/png.ts";
import { type ApiServer, KEY, startApiServer } from "./api-server.ts";
import { type CliShop, cliShop } from "./cli-shop.ts";

/** Of one colour, told apart by its shade. */
function picture(shade: number): Buffer {
  return Buffer.from(encodePng(new Uint8Array(4 * 4 * 4).fill(shade), 4, 4));
}

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

const STORY = {
  title: "The keeper",
  visual_style: {
    recurring_elements: {
      keeper: { looks: "an old man in a yellow coat", picture: "pictures/keeper.png" },
      fog: "low and grey",
      brass_lamp: { looks: "dented, with a red glass", picture: "/shared/lamp.png" },
    },
  },
  scenes: [
    { narration: "One.", image_prompt: "The Keeper lights a brass lamp" },
    { narration: "Two.", image_prompt: "A lake in fog" },
    { narration: "Three.", image_prompt: "The keeper's boat" },
  ],
};

const config = (url: string, references: boolean) => `pipeline: narrated-video
providers:
  studio: { type: openai, base_url: ${url}/v1, api_key_env: STUDIO_KEY, image: { model: any-size, quality: low, sizes: any, references: ${references} } }
use: { image: studio }
prices:
  any-size: { image: { pictures: { low: { 96x64: 0.01 } }, tokens: { text_input: 0, image_input: 10, output: 5 } } }
platforms:
  wide: { image_size: 96x64, video: { width: 160, height: 90 } }
defaults: { platforms: [wide], voice: slt }
niches: { demo: {} }
`;

const IMAGES = [1, 2, 3].map((scene) => `images/a/scene_0${scene}_wide.png`);

/** A repo whose pictures alone are built, bought from the server. */
async function studio(): Promise<{ shop: CliShop; server: ApiServer; build: Build; configure: Configure }> {
  const server = await startApiServer();
  onTestFinished(() => server.close());
  const shop = cliShop("");
  const configure: Configure = (references) =>
    shop.write("/faceless.config.yaml", config(server.url, references));
  configure(true);
  shop.write("scripts/a_script.json", JSON.stringify(STORY));
  shop.write("pictures/keeper.png", picture(1));
  shop.write("/shared/lamp.png", picture(2));
  const build: Build = async (...args) => {
    const before = server.log.length;
    const ended = await shop.build({ project: "demo/images", args, env: { STUDIO_KEY: KEY } });
    return { ...ended, asked: server.log.slice(before).map(shown).sort() };
  };
  return { shop, server, build, configure };
}

type Configure = (references: boolean) => void;
type Build = (
  ...args: readonly string[]
) => Promise<Awaited<ReturnType<CliShop["build"]>> & { asked: string[][] }>;

/** Of a request: the scene's own words, the route, and what was shown beside them. */
function shown({ body, route }: ApiServer["log"][number]): string[] {
  const { prompt, image, "image[]": images } = body as JsonObject;
  const references = [image ?? images ?? []].flat() as string[];
  return [String(prompt).split(/[.;] ?/)[0]!, route!.name, ...references];
}

const [KEEPER, LAMP] = [digest(picture(1)), digest(picture(2))];
const ALL = [
  ["A lake in fog", "image"],
  ["The Keeper lights a brass lamp", "image-edit", KEEPER, LAMP],
  ["The keeper's boat", "image-edit", KEEPER],
];

describe("where the provider takes references", () => {
  test("each scene is asked for with the pictures of what it names, and the plan knows what that costs", async () => {
    const { build } = await studio();
    const { events } = await build("-n");
    const costs = events.flatMap((event) =>
      event.type === "would" && event.target === "image" ? [[event.action, event.cost]] : [],
    );
    expect(costs).toEqual([
      [IMAGES[0], 0.01 + 2 * 0.07],
      [IMAGES[1], 0.01],
      [IMAGES[2], 0.01 + 0.07],
    ]);
    const { code, asked, notices } = await build();
    expect({ code, asked, notices }).toEqual({ code: 0, asked: ALL, notices: [] });
  });

  test("another picture of an element buys again what names it, and nothing else", async () => {
    const { shop, build } = await studio();
    await build();
    shop.write("/shared/lamp.png", picture(3));
    const { ran, asked } = await build();
    expect(asked).toEqual([["The Keeper lights a brass lamp", "image-edit", KEEPER, digest(picture(3))]]);
    expect(ran).toMatchObject({ [IMAGES[0]!]: "ran", [IMAGES[1]!]: "fresh", [IMAGES[2]!]: "fresh" });
    shop.write("/shared/lamp.png", picture(2));
    const back = await build();
    expect([back.asked, back.ran[IMAGES[0]!]]).toEqual([[], "restored"]);
  });

  test("to give an element a picture buys again what names it, and nothing else", async () => {
    const { shop, build } = await studio();
    const { brass_lamp } = STORY.visual_style.recurring_elements;
    const elements = { ...STORY.visual_style.recurring_elements, brass_lamp: brass_lamp.looks };
    shop.write(
      "scripts/a_script.json",
      JSON.stringify({ ...STORY, visual_style: { recurring_elements: elements } }),
    );
    const first = await build();
    expect(first.asked).toEqual([ALL[0], ["The Keeper lights a brass lamp", "image-edit", KEEPER], ALL[2]]);
    shop.write("scripts/a_script.json", JSON.stringify(STORY));
    expect((await build()).asked).toEqual([ALL[1]]);
  });

  test("a picture that is missing, and one that is none, are told before anything is asked for", async () => {
    const { shop, build } = await studio();
    shop.remove("/shared/lamp.png");
    shop.write("pictures/keeper.png", "<svg/>");
    const { code, asked, problems } = await build("-k");
    expect([code, asked]).toEqual([1, [ALL[0]]]);
    expect([...problems].sort()).toEqual([
      "output/demo/pictures/keeper.png is to be a reference picture, and is no PNG, JPEG or WebP.",
      expect.stringMatching(
        /^pipelines\/narrated-video\.yaml:\d+:\d+: 'references': there is no file shared\/lamp\.png\.\n/,
      ),
    ]);
  });
});

describe("where the provider takes none", () => {
  const TOLD = ["keeper", "brass_lamp"].map(
    (name) =>
      `output/demo/scripts/a_script.json: '${name}' is drawn by its words alone, and not by its picture: the provider of pictures takes no references, or is not set to (\`references: true\` in its 'image').`,
  );

  test("pictures are made by the words alone, that is told once, and another reference buys nothing", async () => {
    const { shop, build, configure } = await studio();
    configure(false);
    const { code, asked, notices } = await build();
    expect({ code, notices }).toEqual({ code: 0, notices: TOLD });
    expect(asked).toEqual(ALL.map(([words]) => [words, "image"]));
    shop.write("pictures/keeper.png", picture(4));
    shop.remove("/shared/lamp.png");
    const again = await build();
    expect([again.code, again.asked]).toEqual([0, []]);
  });

  test("once it takes them, the scenes that name an element with a picture are made anew, and no other", async () => {
    const { build, configure } = await studio();
    configure(false);
    await build();
    configure(true);
    expect((await build()).asked).toEqual(ALL.slice(1));
    configure(false);
    expect((await build()).asked).toEqual([]);
  });

  test("offline too", async () => {
    const { shop, build } = await studio();
    shop.write("/faceless.config.yaml", config("http://127.0.0.1:1", true).replace(/^use: .*\n/m, ""));
    const { code, asked, notices, ran } = await build();
    expect({ code, asked, notices }).toEqual({ code: 0, asked: [], notices: TOLD });
    expect(IMAGES.map((path) => ran[path])).toEqual(["ran", "ran", "ran"]);
  });
});
