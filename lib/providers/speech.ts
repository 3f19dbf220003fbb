/** What every speech provider does: a text in, spoken audio and the times that the engine knows out. */
import type { WordMark } from "../model/word-mark.ts";
import type { CallContext, Estimate } from "./call.ts";

export interface SpeechRequest {
  readonly text: string;
  /** A voice name of the config ("onyx"); the provider maps it to one of its own. */
  readonly voice: string;
  /** 1 is the voice's own pace, 0.25 to 4. */
  readonly speed: number;
}

export interface Speech {
  readonly audio: Uint8Array;
  /** The container of `audio`. */
  readonly format: "wav" | "mp3";
  /** One mark for each white-space separated word of the text, in order, where the engine knows them. */
  readonly words: readonly WordMark[] | undefined;
}

export interface SpeechProvider {
  /** All that can change the bytes besides the request: engine, version, voice mapping. Never a secret. */
  readonly identity: string;
  estimate(request: SpeechRequest): Estimate;
  /** Rejects with a Failure whose help says what to change. */
  synthesize(request: SpeechRequest, context: CallContext): Promise<Speech>;
  /** The row of `prices:` in the configuration by which a price would be known; none for what is free. */
  readonly priceRow?: string;
}
