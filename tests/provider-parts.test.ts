/** What providers are made of: chunks of a text, and the words and photographs of two services. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { wordsOf } from "../lib/model/word-mark.ts";
import { chunksOf } from "../lib/providers/chunks.ts";
import type { Speech } from "../lib/providers/speech.ts";
import { readWav, writeWav } from "../lib/providers/wav.ts";
import { SAMPLES_PER_CHARACTER } from "./api-routes.ts";
import { type ApiServer, startApiServer } from "./api-server.ts";
import { failureOf, NARRATION, rig, SETUPS } from "./provider-kit.ts";

let server: ApiServer;
beforeEach(async () => {
  server = await startApiServer();
});
afterEach(() => server.close());

describe("chunks", () => {
  const cut = (text: string, characters: number, bytes = 10_000) => chunksOf(text, { characters, bytes });

  test.each([
    ["One. Two. Three.", 100, ["One. Two. Three."]],
    ["One. Two. Three.", 10, ["One. Two.", "Three."]],
    ["One two three four.", 10, ["One two", "three", "four."]],
    ["Abcdefghijklmnop. Q.", 6, ["Abcdef", "ghijkl", "mnop.", "Q."]],
    ["  ", 10, []],
  ])("%s in %i characters", (text, characters, chunks) => expect(cut(text, characters)).toEqual(chunks));

  test("bytes count too, and no character is cut in half", () =>
    expect(cut("湖は静か。誰も来ない。", 100, 15)).toEqual(["湖は静か。", "誰も来ない", "。"]));

  test("nothing is lost, and every chunk is within the bounds", () =>
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 200 }),
        fc.integer({ min: 40, max: 80 }),
        (text, most) => {
          const chunks = cut(text, most);
          const bare = (all: string) => all.replace(/\s/gu, "");
          expect(bare(chunks.join(""))).toBe(bare(text));
          for (const chunk of chunks) expect(chunk.length).toBeLessThanOrEqual(most);
        },
      ),
    ));
});

describe("WAV files", () => {
  const file = writeWav({ rate: 8_000, samples: Int16Array.of(1, 2, 3, 4) });
  const sized = (size: number) => {
    const copy = Uint8Array.from(file);
    new DataView(copy.buffer).setUint32(40, size, true);
    return copy;
  };

  test("one of unknown length ends with the file; one that is cut short is none", () => {
    expect(readWav(sized(0xffff_ffff)).samples).toEqual(Int16Array.of(1, 2, 3, 4));
    expect(() => readWav(sized(100))).toThrow("a WAV file that is cut short");
    expect(() => readWav(Buffer.from("<html></html>"))).toThrow("no WAV file");
  });
});

describe("ElevenLabs", () => {
  const setup = SETUPS.elevenlabs!;
  const seconds = (characters: number) =>
    Math.round(((characters * SAMPLES_PER_CHARACTER) / 24_000) * 1_000) / 1_000;

  test("asks as it is documented", async () => {
    await (await rig(setup, server, { changes: { stability: 0.5 } })).use("speech");
    expect(server.log[0]).toMatchObject({
      query: { output_format: "pcm_24000" },
      body: { text: NARRATION, model_id: "speaker", voice_settings: { stability: 0.5, speed: 1 } },
    });
  });

  test("is paid by the character, at what the model's row says", async () => {
    const bill = async (model: string) => {
      const { use, bought } = await rig(setup, server, { changes: { model } });
      await use("speech");
      return bought.map(({ purchase, answer }) => [purchase.estimate, answer!.cost]);
    };
    const [dear, cheap] = [100, 50].map((dollars) => (NARRATION.length * dollars) / 1_000_000);
    expect(await bill("eleven_multilingual_v2")).toEqual([[dear, dear]]);
    expect(await bill("eleven_flash_v2_5")).toEqual([[cheap, cheap]]);
  });

  test("each word has the time of its characters", async () => {
    const { words } = (await (await rig(setup, server)).use("speech")) as Speech;
    expect(words!.map(({ text }) => text)).toEqual(wordsOf(NARRATION));
    expect(words!.slice(0, 2)).toEqual([
      { text: "The", start: 0, end: seconds(3) },
      { text: "lake", start: seconds(4), end: seconds(8) },
    ]);
  });

  test("in pieces, the words of a later one come later", async () => {
    const text = Array.from({ length: 6 }, (_, i) => `Sentence ${i} is about a still and lonely lake.`).join(
      " ",
    );
    const { provider, context } = await rig(setup, server, { changes: { max_characters: 100 } });
    const { words, audio } = await provider.make.speech!().synthesize(
      { text, voice: "nova", speed: 1 },
      context,
    );
    expect(server.log).toHaveLength(3);
    expect(words!.map((word) => word.text)).toEqual(wordsOf(text));
    const starts = words!.map(({ start }) => start);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    const { samples, rate } = readWav(audio);
    expect(words!.at(-1)!.end).toBeCloseTo(samples.length / rate, 3);
  });

  test("where it tells no times, that is told", async () => {
    const { provider, context, notices } = await rig(setup, server);
    const asked = { text: "Seven is 7.", voice: "nova", speed: 1 };
    const { words } = await provider.make.speech!().synthesize(asked, context);
    expect(words).toBeUndefined();
    expect(notices).toEqual([
      "ElevenLabs told no times of these words: they are estimated from the words' lengths.",
    ]);
  });

  test("it speaks, and does nothing else", async () =>
    expect(Object.keys((await rig(setup, server)).provider.make)).toEqual(["speech"]));
});

describe("Pexels", () => {
  const setup = SETUPS.pexels!;

  test("searches by the prompt's first words, in the picture's shape, and names the photographer", async () => {
    const { use, notices } = await rig(setup, server);
    await use("image");
    expect(server.log.map(({ path, query }) => [path, query])).toEqual([
      ["/v1/search", { query: "A lake at dawn", orientation: "landscape", per_page: "15", page: "1" }],
      ["/photos/1.png", { auto: "compress", cs: "tinysrgb", fit: "crop", w: "300", h: "200" }],
    ]);
    expect(server.log[1]!.headers.authorization).toBeUndefined();
    expect(notices).toEqual(["Photo by Photographer 1 on Pexels: https://www.pexels.com/photo/1/"]);
  });

  test("a photograph that is gone is no other one's trouble", async () => {
    const { use } = await rig(setup, server);
    server.script(undefined, { status: 404 });
    expect((await failureOf(use("image"))).message).toMatch(
      /^mine has no 'http.*\/photos\/1\.png\?.*': 404, /,
    );
    expect(await use("image", { take: 2 })).toBeInstanceOf(Uint8Array);
  });

  test("another take is the next photograph", async () => {
    const { use, notices } = await rig(setup, server);
    await use("image", { take: 2 });
    expect(notices).toEqual(["Photo by Photographer 2 on Pexels: https://www.pexels.com/photo/2/"]);
    expect((await failureOf(use("image", { take: 4 }))).message).toBe(
      "Pexels has no further photograph for 'A lake at dawn'.",
    );
  });
});
