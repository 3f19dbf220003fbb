/** The tasks `script` and `image`: what an author's file becomes, and what is said about it. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { Diagnostics } from "../lib/base/diagnostic.ts";
import type { Json } from "../lib/base/json.ts";
import { endWorkers } from "../lib/base/offload.ts";
import { taskInputs } from "../lib/engine/task-inputs.ts";
import { UNBOOKED } from "../lib/engine/till.ts";
import type { InputFile, Task } from "../lib/model/task.ts";
import type { ImageRequest } from "../lib/providers/image.ts";
import { encodePng } from "../lib/providers/offline/art/png.ts";
import { pictureFormat } from "../lib/providers/picture-file.ts";
import image from "../tasks/image.ts";
import script from "../tasks/script.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "faceless-script-"));
});
afterEach(() => rm(folder, { recursive: true }));
afterAll(endWorkers);

/** Runs a task as the engine would, without keys and stores. */
async function rig(
  task: Task,
  given: Json,
  {
    draft,
    inputs = {},
    tools = {},
  }: {
    draft?: string;
    inputs?: Record<string, InputFile | InputFile[]>;
    tools?: Record<string, unknown>;
  } = {},
) {
  const checked = task.checkParams(given);
  if (!checked.ok) throw new Error(checked.problems.join("\n"));
  const [name, extension] = Object.entries(task.outputs)[0] as [string, string];
  const path = join(folder, `out.${extension}`);
  const notices: string[] = [];
  const files =
    draft === undefined
      ? inputs
      : { draft: { path: draft, name: `scripts/${basename(draft)}`, extension: extname(draft) } };
  const slots = Object.entries(files).map(([slot, own]) => ({ slot, files: [own].flat() }));
  await task.run({
    params: checked.value,
    inputs: taskInputs(task, slots),
    outputs: { [name]: { path, write: (content) => writeFile(path, content) } },
    tools,
    scratch: folder,
    signal: new AbortController().signal,
    stop: new AbortController().signal,
    till: UNBOOKED,
    progress: () => {},
    notice: (text) => notices.push(text),
  });
  return { notices, content: await readFile(path) };
}

async function run(text: string, name = "s.json", params = {}) {
  const draft = join(folder, name);
  await writeFile(draft, text);
  const { notices, content } = await rig(script, { niche: "finance", ...params }, { draft });
  return { notices, text: content.toString(), made: JSON.parse(content.toString()) };
}

async function complaints(text: string, name?: string): Promise<string> {
  try {
    await run(text, name);
  } catch (error) {
    if (error instanceof Diagnostics) return `\n${error.message}\n`;
    throw error;
  }
  throw new Error("no complaint");
}

const FULL = {
  title: "The Rule of 72",
  niche: "finance",
  source: "original",
  created_at: "2026-01-31",
  visual_style: {
    environment: "quiet streets at dawn",
    color_mood: "teal and gold.",
    recurring_elements: { gold_coin: "one worn coin", clock: "a clock without hands" },
  },
  scenes: [
    {
      scene_number: 1,
      narration: " Money doubles. ",
      image_prompt: "Two stacks of coins",
      duration_estimate: 5,
    },
    {
      scene_number: 2,
      narration: "Slowly.",
      image_prompt: "An hourglass!",
      motion: { kind: "pan-left", focus: [0.5, 0] },
      transition: "dip",
      take: 2,
    },
  ],
};

describe("what a script becomes", () => {
  test("every key is there, the style follows each prompt, the keys stand in one order", async () => {
    const { text, notices } = await run(JSON.stringify(FULL));
    expect(notices).toEqual([]);
    expect(text).toMatchInlineSnapshot(`
      "{
        "title": "The Rule of 72",
        "niche": "finance",
        "source": "original",
        "author": null,
        "url": null,
        "created_at": "2026-01-31",
        "enhanced_at": null,
        "visual_style": {
          "environment": "quiet streets at dawn",
          "color_mood": "teal and gold.",
          "texture": "",
          "recurring_elements": {
            "gold_coin": "one worn coin",
            "clock": "a clock without hands"
          }
        },
        "scenes": [
          {
            "scene_number": 1,
            "narration": "Money doubles.",
            "image_prompt": "Two stacks of coins. Environment: quiet streets at dawn. Colour mood: teal and gold. Recurring elements: gold coin: one worn coin; clock: a clock without hands.",
            "prompt": "Two stacks of coins",
            "duration_estimate": 5,
            "motion": null,
            "transition": "crossfade",
            "opens": true,
            "picture": null,
            "next_picture": null,
            "references": [],
            "take": 1
          },
          {
            "scene_number": 2,
            "narration": "Slowly.",
            "image_prompt": "An hourglass! Environment: quiet streets at dawn. Colour mood: teal and gold. Recurring elements: gold coin: one worn coin; clock: a clock without hands.",
            "prompt": "An hourglass!",
            "duration_estimate": null,
            "motion": {
              "kind": "pan-left",
              "focus": [
                0.5,
                0
              ]
            },
            "transition": "dip",
            "opens": false,
            "picture": null,
            "next_picture": null,
            "references": [],
            "take": 2
          }
        ]
      }
      "
    `);
  });

  test("JSON and YAML, with either line break and a byte order mark, give the same bytes", async () => {
    const { text } = await run(JSON.stringify(FULL));
    const yaml = stringify(FULL);
    for (const [form, name] of [
      [yaml, "s.yaml"],
      [yaml, "s.yml"],
      [`\uFEFF${yaml.replaceAll("\n", "\r\n")}`, "s.yaml"],
      [`\uFEFF${JSON.stringify(FULL, null, "\t").replaceAll("\n", "\r\n")}`, "s.json"],
    ] as const) {
      expect((await run(form, name)).text).toBe(text);
    }
  });

  test("titles may hold anything, trimmed and in one line", async () => {
    const title = async (given: string) => (await run(JSON.stringify({ ...FULL, title: given }))).made.title;
    for (const odd of [
      'He said "no"',
      "it's: a 'test'",
      "🪙 gold",
      "../../etc/passwd",
      "100 % #1 & <b>",
      "çà ≥ 日本",
    ]) {
      expect(await title(odd)).toBe(odd);
    }
    expect(await title("  The end\n")).toBe("The end");
    expect(await title("The\n  end")).toBe("The end");
  });

  test("the least that a script needs", async () => {
    const { made } = await run("title: T\nscenes:\n  - { narration: N, image_prompt: P }\n", "s.yaml");
    expect(made.visual_style).toEqual({
      environment: "",
      color_mood: "",
      texture: "",
      recurring_elements: {},
    });
    expect(made.scenes).toEqual([
      {
        scene_number: 1,
        narration: "N",
        image_prompt: "P.",
        prompt: "P",
        duration_estimate: null,
        motion: null,
        transition: "crossfade",
        opens: true,
        picture: null,
        next_picture: null,
        references: [],
        take: 1,
      },
    ]);
  });

  /** One key of each scene in a script of scenes that have only that. */
  async function each(key: string, scenes: readonly Json[], given: { script?: Json; params?: Json } = {}) {
    const whole = scenes.map((scene) => ({ narration: "N", image_prompt: "P", ...(scene as object) }));
    const text = JSON.stringify({ title: "T", scenes: whole, ...(given.script as object) });
    const { made } = await run(text, "s.json", given.params as object);
    return made.scenes.map((one: Record<string, Json>) => one[key]);
  }

  test("a transition is the scene's own, else the script's, else the parameter's", async () => {
    const scenes = [{ transition: "cut" }, {}, { transition: null }];
    expect(await each("transition", scenes)).toEqual(["cut", "crossfade", "crossfade"]);
    const params = { transition: "dip" };
    expect(await each("transition", scenes, { params })).toEqual(["cut", "dip", "dip"]);
    const script = { transition: "slide" };
    expect(await each("transition", scenes, { params, script })).toEqual(["cut", "slide", "slide"]);
    expect(await each("transition", scenes, { params, script: { transition: null } })).toEqual([
      "cut",
      "dip",
      "dip",
    ]);
  });

  test("the first scene opens the film, whatever its number", async () => {
    expect(await each("opens", [{ scene_number: 3 }, { scene_number: 1 }, {}])).toEqual([true, false, false]);
  });

  test("a scene knows its own picture and the next one's", async () => {
    const scenes = [{ picture: "pictures/a.png" }, { picture: null }, { picture: "/shared/b.mp4" }, {}];
    const pictures = ["pictures/a.png", null, "/shared/b.mp4", null];
    expect(await each("picture", scenes)).toEqual(pictures);
    expect(await each("next_picture", scenes)).toEqual([...pictures.slice(1), null]);
  });
});

describe("recurring elements with a picture", () => {
  const ELEMENTS = {
    keeper: { looks: "an old man in a yellow coat", picture: "pictures/keeper.png" },
    fog: "low and grey",
    gold_coin: { looks: "one worn coin", picture: "/shared/coin.jpg" },
    lamp: { looks: "a brass lamp" },
  };
  /** Of scenes with these prompts. */
  const built = (
    prompts: readonly string[],
    elements: Json = ELEMENTS,
    params: object = { takes_references: true },
  ) => {
    const scenes = prompts.map((image_prompt) => ({ narration: "N", image_prompt }));
    const text = JSON.stringify({ title: "T", visual_style: { recurring_elements: elements }, scenes });
    return run(text, "s.json", params);
  };
  const references = async (...given: Parameters<typeof built>) =>
    (await built(...given)).made.scenes.map((one: { references: string[] }) => one.references);

  test("are described as those in words are", async () => {
    const { made } = await built(["A lake"]);
    expect(made.visual_style.recurring_elements).toEqual({
      keeper: "an old man in a yellow coat",
      fog: "low and grey",
      gold_coin: "one worn coin",
      lamp: "a brass lamp",
    });
    expect(made.scenes[0].image_prompt).toBe(
      "A lake. Recurring elements: keeper: an old man in a yellow coat; fog: low and grey; gold coin: one worn coin; lamp: a brass lamp.",
    );
  });

  test("go with the scenes that name them, in the order of the script", async () => {
    const prompts = ["A gold coin before the Keeper", "The keeper's lamp", "A lake in fog"];
    expect(await references(prompts)).toEqual([
      ["pictures/keeper.png", "/shared/coin.jpg"],
      ["pictures/keeper.png"],
      [],
    ]);
  });

  test.each([
    ["in whatever case, with any space between its words", "gold_coin", "one GOLD\n Coin.", true],
    ["as it is written in the script", "gold_coin", "a gold_coin", true],
    ["and not as a part of another word", "coin", "two coins, a bitcoin", false],
    ["nor of a number", "r2", "r25", false],
    ["beside a punctuation mark", "coin", "(coin)", true],
    ["with characters that have a meaning in patterns", "c. (3po)", "the c. (3po) waits", true],
    ["with characters that have a meaning in patterns, as they are", "a.b", "acb", false],
    ["composed otherwise", "caf\u00e9", "a cafe\u0301", true],
    ["and not where another letter follows", "caf", "a cafe\u0301", false],
    ["where words are not parted by spaces", "老人", "湖边的老人站着", true],
    ["as a word of no letters", "_", "anything_else", false],
  ])("a prompt names one %s", async (_, name, prompt, isNamed) => {
    const elements = { [name]: { looks: "old", picture: "p.png" } };
    expect(await references([prompt], elements)).toEqual([isNamed ? ["p.png"] : []]);
  });

  test("one picture of two elements goes once", async () => {
    const picture = "both.png";
    const elements = { ann: { looks: "tall", picture }, bob: { looks: "short", picture } };
    expect(await references(["Ann and Bob"], elements)).toEqual([[picture]]);
  });

  test("what was enhanced decides, since that is what the picture is asked for with", async () => {
    const draft = join(folder, "s.json");
    const enhanced = join(folder, "enhanced.json");
    const scenes = [{ narration: "N", image_prompt: "A man" }];
    await writeFile(
      draft,
      JSON.stringify({ title: "T", visual_style: { recurring_elements: ELEMENTS }, scenes }),
    );
    const better = [{ scene_number: 1, narration: "N", image_prompt: "The keeper" }];
    await writeFile(enhanced, JSON.stringify({ scenes: better }));
    const file = (path: string) => ({ path, name: basename(path), extension: ".json" });
    const { content } = await rig(
      script,
      { niche: "finance", takes_references: true },
      { inputs: { draft: file(draft), enhanced: file(enhanced) } },
    );
    expect(JSON.parse(content.toString()).scenes[0].references).toEqual(["pictures/keeper.png"]);
  });

  test("a provider that takes none is given none, and that is told once for each that would be used", async () => {
    const { made, notices } = await built(["The keeper", "The keeper again"], ELEMENTS, {});
    expect(made.scenes.map((one: { references: string[] }) => one.references)).toEqual([[], []]);
    expect(notices).toEqual([
      "scripts/s.json: 'keeper' is drawn by its words alone, and not by its picture: the provider of pictures takes no references, or is not set to (`references: true` in its 'image').",
      "scripts/s.json: the picture of 'gold_coin' is not used: no scene whose picture is made has that name in its image_prompt.",
    ]);
  });

  test("a scene with a picture of its author's own needs no other", async () => {
    const scenes = [{ narration: "N", image_prompt: "The keeper", picture: "own.png" }];
    const elements = { keeper: ELEMENTS.keeper };
    const text = JSON.stringify({ title: "T", visual_style: { recurring_elements: elements }, scenes });
    const { made, notices } = await run(text, "s.json", { takes_references: true });
    expect(made.scenes[0].references).toEqual([]);
    expect(notices).toEqual([
      "scripts/s.json: the picture of 'keeper' is not used: no scene whose picture is made has that name in its image_prompt.",
    ]);
  });

  test("mistakes are told where they stand", async () =>
    expect(
      await complaints(
        `title: T
visual_style:
  recurring_elements:
    keeper: { loks: old }
    coin: { looks: worn, picture: ../coin.png }
    lamp: 7
scenes: [{ narration: a, image_prompt: b }]
`,
        "s.yaml",
      ),
    ).toMatchInlineSnapshot(`
      "
      scripts/s.yaml:4:15: unknown key 'loks'. Did you mean 'looks'?
        4 |     keeper: { loks: old }
          |               ^

      scripts/s.yaml:5:35: a path has forward slashes and no '..'. One that starts with '/' starts at the content repo's root.
        5 |     coin: { looks: worn, picture: ../coin.png }
          |                                   ^

      scripts/s.yaml:6:11: expected a string or a mapping of keys to values, found the number 7. Put it in quotes.
        6 |     lamp: 7
          |           ^
      "
    `));
});

describe("notices", () => {
  const scenes = (...numbers: (number | undefined)[]) =>
    JSON.stringify({ ...FULL, scenes: numbers.map((n) => ({ ...FULL.scenes[0], scene_number: n })) });

  test("scenes are numbered in order", async () => {
    const { notices, made } = await run(scenes(1, 3, 4));
    expect(notices).toEqual(["scripts/s.json: scene numbers 1, 3, 4 were renumbered 1 to 3."]);
    expect(made.scenes.map((one: { scene_number: number }) => one.scene_number)).toEqual([1, 2, 3]);
    expect((await run(scenes(undefined, undefined))).notices).toEqual([]);
    expect((await run(scenes(undefined, 2))).notices).toEqual([]);
    expect((await run(scenes(undefined, 7))).notices).toEqual([
      "scripts/s.json: scene number 7 was renumbered 1 to 2.",
    ]);
    expect((await run(scenes(...Array.from({ length: 20 }, (_, i) => i)))).notices).toEqual([
      "scripts/s.json: scene numbers 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …, 19 were renumbered 1 to 20.",
    ]);
  });

  test("the paths that another tool left are ignored, whatever they hold", async () => {
    const left = {
      ...FULL,
      output_paths: { final: "x.mp4" },
      scenes: FULL.scenes.map((scene) => ({ ...scene, image_path: null, audio_path: 7 })),
    };
    const { notices, text } = await run(JSON.stringify(left));
    expect(notices).toEqual([
      "scripts/s.json: image_path, audio_path, output_paths ignored: faceless names its files itself.",
    ]);
    expect(text).toBe((await run(JSON.stringify(FULL))).text);
  });

  test("a script of another niche is built for the project that it lies in", async () => {
    const { notices, made } = await run(JSON.stringify({ ...FULL, niche: "luxury" }));
    expect(notices).toEqual(["scripts/s.json: its niche is 'luxury', and it is built for 'finance'."]);
    expect(made.niche).toBe("finance");
  });
});

describe("mistakes", () => {
  const WRONG = `title: "  "
auther: me
niche: 7
visual_style:
  enviroment: fog
  recurring_elements: [coin]
scenes:
  - narration: Hello.
    image_promt: a coin
  - narration:
    image_prompt: " "
    duration_estimate: fast
  - just text
  - { narration: a, image_prompt: b, take: 0, motion: { kind: pan, focus: [2, 0, 1] }, scene_number: 1.5 }
  - { narration: a, image_prompt: b, motion: zom-in }
`;
  test("a focus in words", async () =>
    expect(
      await complaints(
        '{"title":"t","scenes":[{"narration":"a","image_prompt":"b","motion":{"focus":"sky"}}]}',
        "s.json",
      ),
    ).toContain(": a focus is [x, y]: 0 to 1 from the left, 0 to 1 from the top.\n"));
  test("all of a YAML script, at once", async () =>
    expect(await complaints(WRONG, "s.yaml")).toMatchInlineSnapshot(`
      "
      scripts/s.yaml:1:8: 'title' must not be empty.
        1 | title: "  "
          |        ^

      scripts/s.yaml:2:1: unknown key 'auther'. Did you mean 'author'?
        2 | auther: me
          | ^

      scripts/s.yaml:3:8: expected a string, found the number 7. Put it in quotes.
        3 | niche: 7
          |        ^

      scripts/s.yaml:5:3: unknown key 'enviroment'. Did you mean 'environment'?
        5 |   enviroment: fog
          |   ^

      scripts/s.yaml:6:23: expected a mapping of keys to values, found a list.
        6 |   recurring_elements: [coin]
          |                       ^

      scripts/s.yaml:9:5: unknown key 'image_promt'. Did you mean 'image_prompt'?
        9 |     image_promt: a coin
          |     ^

      scripts/s.yaml:10:5: expected a string, found nothing.
        10 |   - narration:
           |     ^

      scripts/s.yaml:11:19: 'image_prompt' must not be empty.
        11 |     image_prompt: " "
           |                   ^

      scripts/s.yaml:12:24: expected a number, found the string 'fast'.
        12 |     duration_estimate: fast
           |                        ^

      scripts/s.yaml:13:5: expected a mapping of keys to values, found the string 'just text'.
        13 |   - just text
           |     ^

      scripts/s.yaml:14:44: 'take' must be at least 1, found 0.
        14 |   - { narration: a, image_prompt: b, take: 0, motion: { kind: pan, focus: [2, 0, 1] }, scene_number: 1.5 }
           |                                            ^

      scripts/s.yaml:14:63: must be one of 'auto', 'zoom-in', 'zoom-out', 'pan-left', 'pan-right', 'pan-up', 'pan-down', 'hold', found 'pan'.
        14 |   - { narration: a, image_prompt: b, take: 0, motion: { kind: pan, focus: [2, 0, 1] }, scene_number: 1.5 }
           |                                                               ^

      scripts/s.yaml:14:75: a focus is [x, y]: 0 to 1 from the left, 0 to 1 from the top.
        14 |   - { narration: a, image_prompt: b, take: 0, motion: { kind: pan, focus: [2, 0, 1] }, scene_number: 1.5 }
           |                                                                           ^

      scripts/s.yaml:14:76: item 1 of 'focus' must be at most 1, found 2.
        14 |   - { narration: a, image_prompt: b, take: 0, motion: { kind: pan, focus: [2, 0, 1] }, scene_number: 1.5 }
           |                                                                            ^

      scripts/s.yaml:14:102: expected a whole number, found the number 1.5.
        14 |   - { narration: a, image_prompt: b, take: 0, motion: { kind: pan, focus: [2, 0, 1] }, scene_number: 1.5 }
           |                                                                                                      ^

      scripts/s.yaml:15:46: expected 'auto', 'zoom-in', 'zoom-out', 'pan-left', 'pan-right', 'pan-up', 'pan-down', 'hold' or a mapping of keys to values, found the string 'zom-in'. Did you mean 'zoom-in'?
        15 |   - { narration: a, image_prompt: b, motion: zom-in }
           |                                              ^
      "
    `));

  test("the same in JSON", async () =>
    expect(
      await complaints(
        '{\n  "title": "T",\n  "scenes": [\n    { "narration": "", "image_prompt": "p", "tempo": 1 }\n  ]\n}',
      ),
    ).toMatchInlineSnapshot(`
      "
      scripts/s.json:4:20: 'narration' must not be empty.
        4 |     { "narration": "", "image_prompt": "p", "tempo": 1 }
          |                    ^

      scripts/s.json:4:45: unknown key 'tempo'. The keys are 'scene_number', 'narration', 'image_prompt', 'duration_estimate', 'motion', 'transition', 'picture', 'take'.
        4 |     { "narration": "", "image_prompt": "p", "tempo": 1 }
          |                                             ^
      "
    `));

  test("transitions that there are none of, and pictures out of the repo", async () =>
    expect(
      await complaints(
        "title: T\ntransition: fade\nscenes:\n" +
          "  - { narration: a, image_prompt: b, transition: wipe, picture: ../other/a.png }\n" +
          "  - { narration: a, image_prompt: b, picture: 'C:\\a.png' }\n",
        "s.yaml",
      ),
    ).toMatchInlineSnapshot(`
      "
      scripts/s.yaml:2:13: must be one of 'crossfade', 'dip', 'slide', 'cut', found 'fade'.
        2 | transition: fade
          |             ^

      scripts/s.yaml:4:50: must be one of 'crossfade', 'dip', 'slide', 'cut', found 'wipe'.
        4 |   - { narration: a, image_prompt: b, transition: wipe, picture: ../other/a.png }
          |                                                  ^

      scripts/s.yaml:4:65: a path has forward slashes and no '..'. One that starts with '/' starts at the content repo's root.
        4 |   - { narration: a, image_prompt: b, transition: wipe, picture: ../other/a.png }
          |                                                                 ^

      scripts/s.yaml:5:47: a path has forward slashes and no '..'. One that starts with '/' starts at the content repo's root.
        5 |   - { narration: a, image_prompt: b, picture: 'C:\\a.png' }
          |                                               ^
      "
    `));

  test("pictures of a name with dots in it are paths too", async () => {
    const scenes = ["a..b.png", "..a/b.png", "a/...png"].map((picture) => ({ ...FULL.scenes[0], picture }));
    const { made } = await run(JSON.stringify({ ...FULL, scenes }));
    expect(made.scenes.map((one: { picture: string }) => one.picture)).toEqual([
      "a..b.png",
      "..a/b.png",
      "a/...png",
    ]);
    const of = (picture: Json) => JSON.stringify({ ...FULL, scenes: [{ ...FULL.scenes[0], picture }] });
    for (const picture of ["..", "a/..", "/../a.png", ""])
      expect(await complaints(of(picture))).toContain(": a path has forward slashes and no '..'. One ");
    expect(await complaints(of(7))).toContain(": expected a string, found the number 7. Put it in quotes.\n");
  });

  test("a title that is too long", async () =>
    expect(await complaints(`title: ${"x".repeat(201)}\nscenes: []\n`, "s.yaml")).toContain(
      "s.yaml:1:8: 'title' must have at most 200 characters, found 201.",
    ));
  test("no scenes", async () =>
    expect(await complaints("title: T\nscenes: []\n", "s.yaml")).toMatchInlineSnapshot(`
    "
    scripts/s.yaml:2:9: 'scenes' must not be empty.
      2 | scenes: []
        |         ^
    "
  `));
  test("nothing of it", async () =>
    expect(await complaints("{}")).toMatchInlineSnapshot(`
    "
    scripts/s.json:1:1: missing key 'title': a string.
      1 | {}
        | ^

    scripts/s.json:1:1: missing key 'scenes': a list.
      1 | {}
        | ^
    "
  `));
  test("no JSON", async () =>
    expect(await complaints('{ "title": "T", }')).toMatchInlineSnapshot(`
    "
    scripts/s.json:1:15: JSON has no trailing commas. Remove this one.
      1 | { "title": "T", }
        |               ^
    "
  `));
  test("neither JSON nor YAML", async () =>
    expect(run("hello", "s.txt")).rejects.toThrow(
      "scripts/s.txt: a script is a .json or .yaml file, not '.txt'.",
    ));

  test("whatever JSON it is, it becomes a script or Diagnostics say why not", {
    timeout: 60_000,
  }, async () => {
    const scene = fc.record(
      {
        narration: fc.string(),
        image_prompt: fc.string(),
        take: fc.jsonValue(),
        motion: fc.jsonValue(),
        transition: fc.jsonValue(),
        picture: fc.oneof(fc.string(), fc.jsonValue()),
        image_path: fc.jsonValue(),
      },
      { requiredKeys: ["narration"] },
    );
    const near = fc.record(
      {
        title: fc.string(),
        visual_style: fc.jsonValue(),
        scenes: fc.array(fc.oneof(scene, fc.jsonValue())),
        niche: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), near), fc.boolean(), async (value, asYaml) => {
        try {
          const { made } = await run(
            asYaml ? stringify(value) : JSON.stringify(value),
            asYaml ? "s.yaml" : "s.json",
          );
          expect(Object.keys(made)).toEqual([
            "title",
            "niche",
            "source",
            "author",
            "url",
            "created_at",
            "enhanced_at",
            "visual_style",
            "scenes",
          ]);
          for (const one of made.scenes) expect(one.take).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof Diagnostics)) throw error;
          for (const { where } of error.list) expect(where.file).toMatch(/^scripts\/s\./);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("the scripts of this repository", () => {
  for (const niche of ["finance", "scary-stories", "luxury"]) {
    test(niche, async () => {
      const [file] = await readdir(join("output", niche, "scripts"));
      const { made } = await run(await readFile(join("output", niche, "scripts", file as string), "utf8"));
      const words = made.scenes.flatMap((one: { narration: string }) => one.narration.split(/\s+/)).length;
      expect(made.scenes).toHaveLength(8);
      expect(words).toBeGreaterThanOrEqual(115);
      expect(words).toBeLessThanOrEqual(131);
    });
  }
});

describe("image", () => {
  const PNG = encodePng(new Uint8Array(2048 * 1152 * 4), 2048, 1152);
  const params = { prompt: " A coin. ", style: { texture: "grain" }, size: "2048x1152" };

  test("asks for what the parameters say and keeps the answer", async () => {
    const asked: ImageRequest[] = [];
    const generate = async (request: ImageRequest) => {
      asked.push(request);
      return PNG;
    };
    const { content } = await rig(image, params, { tools: { image: { generate } } });
    expect(asked).toEqual([
      { prompt: "A coin.", style: { texture: "grain" }, width: 2048, height: 1152, take: 1, references: [] },
    ]);
    expect(Buffer.from(content).equals(PNG)).toBe(true);
  });

  test("an answer of another size or format is cut and scaled to what was asked for", async () => {
    const canvas = createCanvas(400, 400);
    const context = canvas.getContext("2d");
    context.fillStyle = "#204060";
    context.fillRect(0, 0, 400, 400);
    const formats = [
      canvas.toBuffer("image/png"),
      canvas.toBuffer("image/jpeg"),
      canvas.toBuffer("image/webp"),
    ];
    for (const picture of formats) {
      const tools = { image: { generate: async () => picture } };
      const { content } = await rig(image, { ...params, size: "320x180" }, { tools });
      const fitted = await loadImage(content);
      expect([fitted.width, fitted.height]).toEqual([320, 180]);
      expect(pictureFormat(content)).toBe("png");
    }
  });

  describe("references", () => {
    const given = (names: readonly string[]) => {
      const references = names.map((name) => ({ path: join(folder, name), name, extension: extname(name) }));
      return { references };
    };
    const generate = async () => PNG;
    const image_ = (more: object = {}) => ({ image: { generate, takesReferences: true, ...more } });

    test("are handed to a provider that takes them, in their order", async () => {
      const asked: ImageRequest[] = [];
      const tools = image_({ generate: async (request: ImageRequest) => asked.push(request) && PNG });
      const pictures = [encodePng(new Uint8Array(4), 1, 1), createCanvas(1, 1).toBuffer("image/jpeg")];
      await writeFile(join(folder, "b.png"), pictures[0]!);
      await writeFile(join(folder, "a.jpg"), pictures[1]!);
      await rig(image, params, { tools, inputs: given(["b.png", "a.jpg"]) });
      expect(asked[0]!.references!.map((one) => Buffer.from(one))).toEqual(
        pictures.map((one) => Buffer.from(one)),
      );
    });

    test("are counted beforehand", () => {
      const estimate = ({ references }: { references: number }) => references;
      const asked = { params: { ...params, take: 1 }, tools: { image: { estimate } } };
      expect(image.estimate({ ...asked, inputs: given(["a.png", "b.png"]) })).toBe(2);
      expect(image.estimate({ ...asked, inputs: given([]) })).toBe(0);
    });

    test("are told where the provider takes none", async () => {
      const tools = image_({ takesReferences: false });
      await expect(rig(image, params, { tools, inputs: given(["people/person.png"]) })).rejects.toThrow(
        "the provider of pictures takes no reference pictures, and people/person.png is one.",
      );
    });

    test("that are no pictures are told before anything is asked for", async () => {
      const never = async () => expect.unreachable("it was asked for a picture");
      await writeFile(join(folder, "a.png"), "<svg/>");
      const told = rig(image, params, { tools: image_({ generate: never }), inputs: given(["a.png"]) });
      await expect(told).rejects.toMatchObject({
        message: "a.png is to be a reference picture, and is no PNG, JPEG or WebP.",
        code: "media.source",
      });
    });
  });

  test("an answer that is no picture", async () => {
    for (const answer of [Buffer.from("<html>"), Buffer.alloc(0)]) {
      const tools = { image: { generate: async () => answer } };
      await expect(rig(image, params, { tools })).rejects.toThrow(
        "What came as a picture is none that can be read.",
      );
    }
  });

  test("sizes that no picture has", () => {
    for (const size of ["63x64", "64x8193", "1920", "1920 x 1080", "-64x64", "1e3x1e3", ""]) {
      const checked = image.checkParams({ ...params, size });
      expect(JSON.stringify(checked)).toContain(
        "an image size is <width>x<height>, each from 64 to 8192 pixels, such as 2048x1152.",
      );
    }
    expect(image.checkParams({ ...params, size: "64x8192" }).ok).toBe(true);
  });
});
