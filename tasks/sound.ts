/** Makes the whole sound of a film or of one of its parts: narrations, music under them, one loudness, AAC. */
import { readJsonFile } from "../lib/base/json-file.ts";
import { offload } from "../lib/base/offload.ts";
import { checkScenes, reelShape } from "../lib/media/reel.ts";
import type { SoundFile } from "../lib/media/sound/decode.ts";
import type { SoundReport, SoundRequest } from "../lib/media/sound/render.ts";
import { soundReel } from "../lib/media/sound/voices.ts";
import { defineTask, Failure, type InputFile, z } from "../lib/task.ts";

/** What `bed` writes beside the sound. */
const bedInfo = z.object({ loudness: z.number(), samples: z.int().min(1), loop_start: z.int().min(0) });

const NO_DRAFT = "'voice' is what a draft is made of, and this is none.";

/** How far the film may be from the loudness that was asked for before it is told. LU. */
const NOTABLE = 0.5;

export default defineTask({
  type: "sound",
  version: 3,
  params: z.strictObject({
    reel: reelShape,
    /** Integrated (EBU R 128). YouTube and others play at about -14 and turn down what is louder. LUFS. */
    loudness: z.number().min(-40).max(-5).default(-14),
    /** What no true peak of the encoded sound exceeds. dBTP. */
    peak: z.number().min(-20).max(0).default(-1),
    /** The music's loudness to the narration's where nobody speaks. dB. */
    music_gain_db: z.number().min(-60).max(0).default(-12),
    /** By how much the music is lower still where somebody does. dB. */
    duck_db: z.number().min(0).max(60).default(10),
    /** How long the music takes to go at the end. Seconds. */
    fade: z.number().min(0).max(30).default(2.5),
    /** Quick, and good enough to see whether the film is right: mono, 16 kHz, its loudness not measured. */
    draft: z.boolean().default(false),
  }),
  /**
   * `narration`: one of each scene of the reel, in order. `voice`: the same as the task `voice` makes them, which a draft
   * can take, so as not to decode them all. `intro` and `outro`: the sound of what the reel has there.
   */
  inputs: {
    narration: "list",
    voice: "list",
    bed: "optional",
    bed_info: "optional",
    intro: "optional",
    outro: "optional",
  },
  outputs: { sound: "m4a", report: "json" },
  tools: ["ffmpeg"],
  keep: "link",
  async run({ params, inputs, outputs, tools, scratch, signal, progress, notice }) {
    const { narration, voice, bed, bed_info: info, intro, outro } = inputs;
    checkScenes(params.reel, "narration", narration);
    if (voice.length > 0) {
      checkScenes(params.reel, "voice", voice);
      if (!params.draft)
        throw new Failure(NO_DRAFT, { help: "Leave out `voice`, or give it to drafts alone." });
    }
    const request: SoundRequest = {
      ffmpeg: { path: tools.ffmpeg.path, probePath: tools.ffmpeg.probePath },
      reel: soundReel(params.reel),
      narrations: narration.map(soundFile),
      decoded: voice.map(soundFile),
      bed: bed && (await readBed(bed, info)),
      intro: intro && soundFile(intro),
      outro: outro && soundFile(outro),
      goal: { loudness: params.loudness, peak: params.peak },
      musicGain: params.music_gain_db,
      duck: params.duck_db,
      fade: params.fade,
      draft: params.draft,
      output: outputs.sound.path,
      scratch,
    };
    const report = await offload<SoundReport>("renderSound", request, { signal, onProgress: progress });
    for (const text of shortcomings(report, params)) notice(text);
    await outputs.report.write(`${JSON.stringify(report, null, 2)}\n`);
  },
});

function soundFile({ path, name }: InputFile): SoundFile {
  return { path, name };
}

async function readBed(bed: InputFile, info: InputFile | undefined): Promise<SoundRequest["bed"]> {
  if (info === undefined) {
    throw new Failure(
      `${bed.name} comes without its bed_info, which says how loud it is and where it loops.`,
      {
        code: "media.assembly",
        help: "Give both outputs of the task bed: `in: { bed: bed.bed, bed_info: bed.info }`.",
      },
    );
  }
  const { loudness, loop_start: loopStart } = await readJsonFile(info, bedInfo);
  return { ...soundFile(bed), loudness, loopStart };
}

/** What the sound could not be brought to: one that is all peaks, or next to silent. */
function shortcomings(
  { loudness, true_peak: peak }: SoundReport,
  goal: { loudness: number; peak: number },
): string[] {
  const told: string[] = [];
  if (loudness !== null && Math.abs(loudness - goal.loudness) > NOTABLE) {
    told.push(
      `The sound has ${loudness} LUFS, not ${goal.loudness}: more would be nothing but the limiter's work.`,
    );
  }
  if (peak !== null && peak > goal.peak)
    told.push(`The sound's true peak is ${peak} dBTP, not ${goal.peak}.`);
  return told;
}
