/** Whether every frame is there, at its own time, and the sound as long as the picture. */
import { plural } from "../../base/plural.ts";
import type { Demuxed, Stream } from "./demux.ts";
import type { Wanted } from "./form.ts";
import { at, long, several } from "./say.ts";

const REJOIN = "Join the pieces again; said durations must be whole frames.";

/** Seconds in `unit`s may be rounded to the millisecond, as an mp4's header is. */
const MILLISECOND = 0.0011;

/** All that is wrong, a sentence or more each. */
export function timeFaults({ video: [video], audio: [audio] }: Demuxed, wanted: Wanted): string[] {
  return [
    ...(video === undefined ? [] : frameFaults(video, wanted)),
    ...(video === undefined ? [] : gapFaults("picture", video, 1 / wanted.fps)),
    ...(audio === undefined ? [] : gapFaults("sound", audio, AAC_FRAME / Number(audio.facts.sample_rate))),
    ...(video === undefined || audio === undefined ? [] : lengthFaults(video, audio, wanted)),
  ];
}

/** Samples of AAC-LC in one packet (ISO/IEC 14496-3). */
const AAC_FRAME = 1024;

function frameFaults({ packets, unit }: Stream, { frames, fps }: Wanted): string[] {
  const found = packets.pts.length;
  const first = packets.pts.reduce((least, pts) => Math.min(least, pts), Number.POSITIVE_INFINITY) * unit;
  const differ = Math.abs(frames - found);
  return [
    ...(found === frames
      ? []
      : [
          `It has ${plural(found, "frame")} and its timeline ${frames}: ${long(differ / fps)} too ${found < frames ? "short" : "long"}. Make the pieces and the film again for this timeline.`,
        ]),
    ...(found === 0 || Math.abs(first) < MILLISECOND
      ? []
      : [`Its first frame is shown at ${long(first)} and not at 0. ${REJOIN}`]),
  ];
}

/** Times of packets in the order in which they are shown must be a whole packet apart, those of decoding must rise. */
function gapFaults(what: string, { packets, unit }: Stream, step: number): string[] {
  const shown = Float64Array.from(packets.pts).sort();
  const gaps: string[] = [];
  for (let index = 1; index < shown.length; index++) {
    const gap = (shown[index]! - shown[index - 1]!) * unit;
    // The last packet of a sound may be cut short, and that is its duration, not a gap before it.
    if (Math.abs(gap - step) > unit / 2) gaps.push(`${long(gap)} at ${at(shown[index - 1]! * unit)}`);
  }
  const back = packets.dts.flatMap((dts, index) =>
    index > 0 && !(dts > packets.dts[index - 1]!) ? [at(dts * unit)] : [],
  );
  return [
    ...(gaps.length === 0
      ? []
      : [
          `The ${what} is not even: from one packet to the next it takes ${several(gaps)} where ${long(step)} is right. ${REJOIN}`,
        ]),
    ...(back.length === 0
      ? []
      : [
          `The ${what}'s packets do not follow each other: decoding times step back at ${several(back)}. ${REJOIN}`,
        ]),
  ];
}

function lengthFaults(video: Stream, audio: Stream, { fps }: Wanted): string[] {
  const [picture, sound] = [Number(video.facts.duration), Number(audio.facts.duration)];
  const frames = video.packets.pts.length;
  const start = firstHeard(audio);
  return [
    ...(Math.abs(picture - frames / fps) <= MILLISECOND
      ? []
      : [
          `The picture says it lasts ${long(picture)}; ${plural(frames, "frame")} last ${long(frames / fps)}. ${REJOIN}`,
        ]),
    ...(Math.abs(sound - frames / fps) <= 1 / fps + MILLISECOND
      ? []
      : [
          `The sound lasts ${long(sound)} and its frames ${long(frames / fps)}: it is ${long(Math.abs(sound - frames / fps))} too ${sound > frames / fps ? "long" : "short"}. Make the mix exactly as long as its frames.`,
        ]),
    ...(start <= MILLISECOND ? [] : [`The sound begins at ${long(start)} and not at 0. ${REJOIN}`]),
  ];
}

/** Seconds; an encoder's delay lies before 0 and is not heard. */
function firstHeard({ packets, unit }: Stream): number {
  return Math.max(0, (packets.pts[0] ?? 0) * unit);
}
