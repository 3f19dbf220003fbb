/** Speaks a whole narration with flite, sentence by sentence; runs in a worker thread. */
import { setImmediate } from "node:timers/promises";
import type { WorkerContext } from "../../../base/offload.ts";
import type { FliteVoice } from "../../../model/known-values.ts";
import { toMilliseconds, type WordMark } from "../../../model/word-mark.ts";
import { cut, joinPcm, writeWav } from "../../wav.ts";
import { PAUSE, pronounce, type Utterance, utter } from "./flite.ts";
import { fliteText, readWords, type ScriptWord, sentencesOf } from "./text.ts";
import { type Span, timeWords } from "./word-times.ts";

export interface SpeakArgs {
  readonly text: string;
  readonly voice: FliteVoice;
  /** 1 is the voice's own pace. */
  readonly speed: number;
}

/** A refusal is a value here, since an error's `help` would not survive the way out of a worker. */
export type Spoken =
  | { readonly audio: Uint8Array; readonly words: readonly WordMark[]; readonly refused?: never }
  | { readonly refused: { readonly message: string; readonly help: string } };

/** Kept of flite's own silence before the first and after the last phone, at speed 1; it has the breath in it. */
const LEAD_IN = 0.04;
const LEAD_OUT = 0.08;
/** Digital silence between two sentences, at speed 1, in seconds; with the above about 0.4 s in all. */
const BETWEEN_SENTENCES = 0.3;
/** Against clicks where speech is cut out of its surrounding noise, in seconds. */
const FADE = 0.005;

/** `audio` is WAV, 16-bit mono at the voice's own rate (16 kHz; kal has 8 kHz). The same args give the same bytes. */
export async function speakText(args: SpeakArgs, context: WorkerContext): Promise<Spoken> {
  const words = readWords(args.text);
  const refused = refuse(words);
  if (refused !== undefined) return { refused };
  const sounds = await soundsOf(words);
  const sentences = sentencesOf(words);
  const pieces: Piece[] = [];
  for (const [i, sentence] of sentences.entries()) {
    await setImmediate(); // lets the message of an abort come in
    context.signal.throwIfAborted();
    const piece = await speakSentence(sentence, args, sounds);
    if (piece === undefined) return { refused: broken(fliteText(sentence)) };
    pieces.push(piece);
    context.progress((i + 1) / sentences.length);
  }
  return join(pieces, words, args.speed);
}

const OTHER_VOICE =
  "use another speech provider (`use: { speech: … }` in faceless.config.yaml), or put a recording of this scene in pinned/audio/<story>/scene_NN.mp3.";

/** Bounds a sentence's memory: a digit is a third of a second, and a second 0.9 MB. */
const LONGEST_WORD = 150;

function refuse(words: readonly ScriptWord[]): { message: string; help: string } | undefined {
  const foreign = words.filter((word) => word.unspeakable.length > 0);
  if (foreign.length > 0) {
    const shown = foreign.slice(0, 3).map((word) => `'${shorten(word.text)}'`);
    const more = foreign.length > 3 ? ` and ${foreign.length - 3} more` : "";
    return {
      message: `The offline voice speaks English only and cannot say ${shown.join(", ")}${more}.`,
      help: `Write ${foreign.length > 1 ? "these words" : "it"} in Latin letters, ${OTHER_VOICE}`,
    };
  }
  const endless = words.find((word) => word.tokens.join(" ").length > LONGEST_WORD);
  if (endless !== undefined) {
    return {
      message: `'${shorten(endless.text)}' is too long for a word to say: ${endless.text.length} characters.`,
      help: `Break it up or leave it out: the offline voice takes up to ${LONGEST_WORD} characters without a space.`,
    };
  }
  if (words.some((word) => word.tokens.length > 0)) return undefined;
  const found =
    words.length === 0 ? "it is empty" : `it is only '${shorten(words.map((w) => w.text).join(" "))}'`;
  return {
    message: `There is nothing to say in the text: ${found}.`,
    help: "Write at least one word with a letter or a digit.",
  };
}

function broken(text: string): { message: string; help: string } {
  return {
    message: `The offline voice broke down on '${shorten(text)}'.`,
    help: `Write the sentence in another way, ${OTHER_VOICE}`,
  };
}

/** At most 40 characters, without cutting one in half. */
function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= 40 ? text : `${characters.slice(0, 39).join("")}…`;
}

/** The phones of each token spoken alone. One call for all of them, since an instance costs more than a word. */
async function soundsOf(words: readonly ScriptWord[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const tokens = [...new Set(words.flatMap((word) => word.tokens))];
  const sounds = await pronounce(tokens);
  // A token that flite breaks on alone: as many phones as it has letters, none of which will be found.
  return new Map(tokens.map((token, i) => [token, sounds[i] ?? [...token].map(() => "?")]));
}

interface Piece {
  readonly samples: Int16Array;
  readonly rate: number;
  /** Of all words of the sentence, in seconds from the first sample. */
  readonly spans: readonly Span[];
}

async function speakSentence(
  sentence: readonly ScriptWord[],
  { voice, speed }: SpeakArgs,
  sounds: ReadonlyMap<string, readonly string[]>,
): Promise<Piece | undefined> {
  const text = fliteText(sentence);
  if (text === "")
    return { samples: new Int16Array(0), rate: 0, spans: sentence.map(() => ({ start: 0, end: 0 })) };
  const utterance = await utter(text, voice, speed);
  if (utterance === undefined) return undefined;
  const { from, samples } = trim(utterance, speed);
  const expected = sentence.map((word) => word.tokens.flatMap((token) => sounds.get(token) ?? []));
  const length = samples.length / utterance.rate;
  const inside = (seconds: number) => Math.min(Math.max(0, seconds - from / utterance.rate), length);
  const { spans } = timeWords(utterance.phones, expected);
  const moved = spans.map(({ start, end }) => ({ start: inside(start), end: inside(end) }));
  return { samples, rate: utterance.rate, spans: moved };
}

/** Leaves little of the silence that flite puts around each utterance. */
function trim({ phones, samples, rate }: Utterance, speed: number): { from: number; samples: Int16Array } {
  const speech = phones.filter((phone) => phone.name !== PAUSE);
  const start = speech[0]?.start ?? 0;
  const end = speech.at(-1)?.end ?? samples.length / rate;
  const from = Math.max(0, Math.round((start - LEAD_IN / speed) * rate));
  const to = Math.round((end + LEAD_OUT / speed) * rate);
  return { from, samples: cut(samples, from, to, Math.round(FADE * rate)) };
}

function join(pieces: readonly Piece[], words: readonly ScriptWord[], speed: number): Spoken {
  const rate = Math.max(...pieces.map((piece) => piece.rate));
  const silence = new Int16Array(Math.round((BETWEEN_SENTENCES / speed) * rate));
  const parts: Int16Array[] = [];
  const spans: Span[] = [];
  let at = 0;
  let heard = 0;
  for (const { samples, spans: own } of pieces) {
    if (samples.length > 0 && at > 0) {
      parts.push(silence);
      at += silence.length;
    }
    const offset = samples.length > 0 ? at / rate : heard;
    for (const { start, end } of own) spans.push({ start: offset + start, end: offset + end });
    heard = spans.at(-1)?.end ?? heard;
    parts.push(samples);
    at += samples.length;
  }
  const marks = words.map(({ text }, i) => ({
    text,
    start: toMilliseconds(spans[i]!.start),
    end: toMilliseconds(spans[i]!.end),
  }));
  return { audio: writeWav(joinPcm(rate, parts)), words: marks };
}
