/** Speaks one narration: text in, an mp3 and the word times that the engine knows out. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Ffmpeg, runFfmpeg } from "../lib/media/ffmpeg.ts";
import { defineTask, z } from "../lib/task.ts";

export default defineTask({
  type: "speech",
  version: 1,
  params: z.strictObject({
    text: z.string().trim().min(1),
    voice: z.string(),
    speed: z.number().min(0.25).max(4).default(1),
  }),
  outputs: { audio: "mp3", marks: "json" },
  tools: ["speech", "ffmpeg"],
  pool: "speech",
  estimate: ({ params, tools }) => tools.speech.estimate(params),
  async run({ params, outputs, tools, scratch, signal, stop, till, notice }) {
    const { audio, format, words } = await tools.speech.synthesize(params, { signal, stop, till, notice });
    if (format === "mp3") {
      await outputs.audio.write(audio);
    } else {
      const wav = join(scratch, "speech.wav");
      await writeFile(wav, audio);
      await encodeMp3(tools.ffmpeg, wav, outputs.audio.path, signal);
    }
    await outputs.marks.write(`${JSON.stringify({ words: words ?? null }, null, 2)}\n`);
  },
});

/** MP3, 48 kHz mono, 128 kbit/s, without anything that names an encoder's version or a time. */
function encodeMp3(ffmpeg: Ffmpeg, from: string, to: string, signal: AbortSignal): Promise<void> {
  return runFfmpeg(ffmpeg, { what: "encoding the narration", signal }, (command) => {
    command
      .input(from)
      .outputOptions("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")
      .outputOptions("-ar", "48000", "-ac", "1", "-c:a", "libmp3lame", "-b:a", "128k", "-threads", "1")
      // The Xing header stays: it holds the encoder's delay, without which all words would come 50 ms late.
      .outputOptions("-id3v2_version", "0", "-write_id3v1", "0", "-write_xing", "1", "-f", "mp3", "-y")
      .output(to);
  });
}
