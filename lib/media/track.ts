/** Writes a film's narration as one continuous track of raw samples, each scene exactly as long as its frames. */
import { open } from "node:fs/promises";
import { decodeAudio, type FfmpegLocation } from "./ffmpeg.ts";
import { layScenes, type Pause, pauseSamples, SAMPLE_RATE, type ScenePlace } from "./timeline.ts";

/** Interleaved little-endian 16-bit, two channels, at SAMPLE_RATE: what ffmpeg calls s16le. */
export const TRACK_CHANNELS = 2;
export const TRACK_INPUT = [
  "-f",
  "s16le",
  "-ar",
  String(SAMPLE_RATE),
  "-ac",
  String(TRACK_CHANNELS),
] as const;

export interface TrackRequest {
  readonly ffmpeg: FfmpegLocation;
  readonly narrations: readonly { readonly path: string }[];
  readonly pause: Pause;
  readonly fps: number;
  readonly output: string;
  readonly signal: AbortSignal;
  readonly onScene?: (done: number) => void;
}

/** Decoders that run at once: most of such a short run is the start of the process. */
const AT_ONCE = 4;

/** Gives the scenes' places. A few narrations at a time are in memory, however long the film is. */
export async function writeNarrationTrack(request: TrackRequest): Promise<ScenePlace[]> {
  const { ffmpeg, narrations, pause, fps, signal } = request;
  const counts: number[] = [];
  const file = await open(request.output, "w");
  try {
    const format = { rate: SAMPLE_RATE, channels: TRACK_CHANNELS };
    for (let from = 0; from < narrations.length; from += AT_ONCE) {
      const some = narrations.slice(from, from + AT_ONCE);
      for (const voice of await Promise.all(
        some.map(({ path }) => decodeAudio(ffmpeg, path, format, signal)),
      )) {
        counts.push(voice.length / TRACK_CHANNELS);
        const [place] = layScenes(counts.slice(-1), pause, fps) as [ScenePlace];
        const scene = new Int16Array(place.samples * TRACK_CHANNELS);
        scene.set(voice, pauseSamples(pause.before) * TRACK_CHANNELS);
        await file.writeFile(new Uint8Array(scene.buffer));
        request.onScene?.(counts.length);
      }
    }
  } finally {
    await file.close();
  }
  return layScenes(counts, pause, fps);
}
