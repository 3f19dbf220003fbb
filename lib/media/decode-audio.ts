/** The sound of a media file as samples. */
import { Writable } from "node:stream";
import { type FfmpegLocation, runFfmpeg } from "./ffmpeg.ts";

/**
 * Decodes a file's first audio stream to interleaved 16-bit samples. Their number is what a duration is made of:
 * the one that a container claims is up to 50 ms off for an mp3 (measured with LAME's). One
 * channel asked for as two is put into each at 0.707, as ffmpeg does.
 */
export async function decodeAudio(
  ffmpeg: FfmpegLocation,
  path: string,
  format: { readonly rate: number; readonly channels: number },
  signal?: AbortSignal,
): Promise<Int16Array> {
  const chunks: Uint8Array[] = [];
  // fluent-ffmpeg takes the "close" of its output for a failure if ffmpeg's exit is 20 ms late: it gets none.
  const sink = new Writable({
    autoDestroy: false,
    emitClose: false,
    write(chunk: Uint8Array, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  await runFfmpeg(ffmpeg, { what: `decoding the audio of ${path}`, signal }, (command) =>
    command
      .input(path)
      .outputOptions(
        "-map",
        "0:a:0",
        "-ac",
        String(format.channels),
        "-ar",
        String(format.rate),
        "-f",
        "s16le",
      )
      .output(sink),
  );
  const bytes = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return new Int16Array(bytes.buffer);
}
