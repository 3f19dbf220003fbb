/** What a user would notice about the offline pictures: the same again, the right size, and worth looking at. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { buildSync } from "esbuild";
import { describe, expect, test } from "vitest";
import { drawPicture } from "../lib/providers/offline/art/draw.ts";
import { chooseLook } from "../lib/providers/offline/art/look.ts";
import { chooseMotif, motifs } from "../lib/providers/offline/art/motifs/choose.ts";
import { randomFrom } from "../lib/providers/offline/art/random.ts";
import { artVersion, type DrawRequest, sceneWords } from "../lib/providers/offline/art/request.ts";
import { offlineImages } from "../lib/providers/offline/image.ts";

const noir = {
  environment: "abandoned villages",
  color_mood: "dark, desaturated, lamplight",
  texture: "film grain",
  recurring_elements: ["a lit window", "fog"],
};

const scene: DrawRequest = {
  prompt: "A lonely lighthouse above a northern sea",
  style: noir,
  width: 192,
  height: 108,
  take: 1,
  look: "auto",
};

const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const drawn = (change: Partial<DrawRequest>) => drawPicture({ ...scene, ...change });

async function pixelsOf(png: Uint8Array) {
  const image = await loadImage(Buffer.from(png));
  const ctx = createCanvas(image.width, image.height).getContext("2d");
  ctx.drawImage(image, 0, 0);
  return { ...ctx.getImageData(0, 0, image.width, image.height), width: image.width, height: image.height };
}

/** Mean and standard deviation of the green channel, 0 to 255. */
async function lightOf(png: Uint8Array) {
  const { data } = await pixelsOf(png);
  const green = Array.from({ length: data.length / 4 }, (_, i) => data[i * 4 + 1]!);
  const mean = green.reduce((sum, value) => sum + value, 0) / green.length;
  return {
    mean,
    deviation: Math.sqrt(green.reduce((sum, value) => sum + (value - mean) ** 2, 0) / green.length),
  };
}

const motifOf = (prompt: string, style: DrawRequest["style"] = {}) =>
  chooseMotif({ prompt, style }, randomFrom(1)).name;

describe("the same request", () => {
  test.each(["landscape", "papercut", "flow"] as const)("gives the same bytes again: %s", (look) => {
    expect(hash(drawn({ look }))).toBe(hash(drawn({ look })));
  });

  test("gives the same bytes in another process", () => {
    const bundle = buildSync({
      stdin: {
        contents: `
          import { createHash } from "node:crypto";
          import { drawPicture } from "./lib/providers/offline/art/draw.ts";
          const png = drawPicture(${JSON.stringify(scene)});
          console.log(createHash("sha256").update(png).digest("hex"));`,
        resolveDir: process.cwd(),
      },
      ...{ bundle: true, write: false, format: "cjs", platform: "node", external: ["@napi-rs/canvas"] },
    });
    const source = bundle.outputFiles[0]!.text;
    const said = execFileSync(process.execPath, ["--input-type=commonjs"], {
      input: source,
      encoding: "utf8",
    });
    expect(said.trim()).toBe(hash(drawn({})));
  });

  test("does not depend on the order in which the style was written", () => {
    const { color_mood, ...rest } = noir;
    expect(hash(drawn({ style: { color_mood, ...rest } }))).toBe(hash(drawn({})));
  });
});

describe("another request gives another picture", () => {
  test.each(["landscape", "papercut", "flow"] as const)("another take: %s", (look) => {
    expect(hash(drawn({ look, take: 2 }))).not.toBe(hash(drawn({ look, take: 1 })));
  });

  test("each motif is its own", () => {
    const pictures = motifs.map((motif) =>
      hash(drawn({ prompt: motif.name, width: 128, height: 72, look: "landscape" })),
    );
    expect(new Set(pictures).size).toBe(motifs.length);
  });

  test("each motif answers to its own name", () => {
    expect(motifs.map((motif) => motifOf(`At dusk, a ${motif.name}.`))).toEqual(
      motifs.map((motif) => motif.name),
    );
  });
});

describe("size", () => {
  test.each([
    [192, 108],
    [108, 192],
    [64, 64],
    [333, 217],
    [65, 131],
  ])("%i×%i pixels", async (width, height) => {
    for (const look of ["landscape", "papercut", "flow"] as const) {
      const picture = await pixelsOf(drawn({ width, height, look }));
      expect([picture.width, picture.height]).toEqual([width, height]);
    }
  });
});

describe("every picture is worth looking at", () => {
  const small = [
    { width: 128, height: 72 },
    { width: 72, height: 128 },
  ];
  test.each(motifs.map((motif) => motif.name))("%s is neither flat, nor black, nor white", async (name) => {
    for (const size of small) {
      const { mean, deviation } = await lightOf(
        drawn({ ...size, prompt: name, style: {}, look: "landscape" }),
      );
      expect(deviation).toBeGreaterThan(12);
      expect(mean).toBeGreaterThan(12);
      expect(mean).toBeLessThan(225);
    }
  });

  test.each(["papercut", "flow"] as const)("%s is neither flat, nor black, nor white", async (look) => {
    const { mean, deviation } = await lightOf(drawn({ look }));
    expect(deviation).toBeGreaterThan(12);
    expect(mean).toBeGreaterThan(12);
    expect(mean).toBeLessThan(225);
  });
});

describe("odd requests are drawn all the same", () => {
  test.each([
    ["nothing at all", { prompt: "", style: {} }],
    ["emoji", { prompt: "🏠🌙💰", style: { color_mood: "✨" } }],
    ["a very long prompt", { prompt: "and then the storm came ".repeat(5_000) }],
    [
      "a style of other shapes",
      { style: { color_mood: 7, environment: null, texture: [["deep"], { a: true }] } },
    ],
    ["a prompt that is only the style", { prompt: "film grain", style: { texture: "film grain" } }],
  ])("%s", async (_, change) => {
    for (const look of ["landscape", "papercut", "flow"] as const) {
      const picture = await pixelsOf(drawn({ ...change, look, width: 96, height: 64 }));
      expect(picture.width).toBe(96);
    }
  });
});

describe("the scene's words choose the motif", () => {
  test.each([
    ["Stacks of coins beside an open notebook", "coins"],
    ["A tiny seedling pushing through dark soil", "money tree"],
    ["Lightning over the trading floor", "crash"],
    ["An abandoned farmhouse with a single lit window", "house"],
    ["A door at the end of the hallway, ajar", "door"],
    ["Thick fog between black pines", "forest"],
    ["A superyacht at anchor off the coast", "yacht"],
    ["Penthouse windows over Manhattan", "city"],
    ["A winding path towards the summit", "summit"],
    ["Years later, the old house is empty", "house"],
    ["Years went by", "hourglass"],
    ["A young tree growing out of a pile of coins", "money tree"],
    ["A stranger with no face", "figure"],
    ["Nobody says a word", "figure or valley"],
  ])("%s: %s", (prompt, name) => {
    expect(name).toContain(motifOf(prompt));
  });

  test("before the words of the style that was appended", () => {
    const style = { environment: "a foggy forest", color_mood: "dark", recurring_elements: ["a lit window"] };
    expect(motifOf("The church bell. a foggy forest, dark, a lit window", style)).toBe("church");
    expect(motifOf("Silence falls. a foggy forest, dark, a lit window", style)).not.toBe("house");
    expect(sceneWords("The church bell. a foggy forest, dark", style)).not.toContain("forest");
  });
});

describe("the style holds a film together", () => {
  test("its words choose the look, and an explicit look wins", () => {
    expect(chooseLook("auto", { texture: "layered paper cut-outs" })).toBe("papercut");
    expect(chooseLook("auto", { environment: "abstract streams of data" })).toBe("flow");
    expect(chooseLook("auto", { environment: "misty hills" })).toBe("landscape");
    expect(chooseLook("landscape", { texture: "paper" })).toBe("landscape");
  });

  test("scenes of one mood are alike in colour, and another mood is not", async () => {
    const warmth = async (color_mood: string, prompt: string) => {
      const { data } = await pixelsOf(drawn({ prompt, style: { color_mood }, look: "landscape" }));
      let sum = 0;
      for (let i = 0; i < data.length; i += 4) sum += data[i]! - data[i + 2]!;
      return sum / (data.length / 4);
    };
    for (const prompt of ["a house", "a yacht", "coins", "a summit"]) {
      expect(await warmth("warm gold", prompt)).toBeGreaterThan((await warmth("cold blue", prompt)) + 20);
    }
  });
});

test("the identity names all that can change the bytes, and the look", () => {
  const { identity } = offlineImages({ look: "papercut" });
  expect(identity).toContain(`offline-art ${artVersion}`);
  expect(identity).toMatch(/@napi-rs\/canvas \d+\.\d+\.\d+/);
  expect(identity).toContain("look papercut");
  expect(offlineImages({ look: "auto" }).identity).not.toBe(identity);
});
