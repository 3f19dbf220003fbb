/** Whether a film is in the one form that platforms take without harm: streams, codecs, colours, order of its parts. */
import { plural } from "../../base/plural.ts";
import type { Edit, Layout } from "./boxes.ts";
import type { Demuxed, Facts } from "./demux.ts";
import { at, long, several } from "./say.ts";

/** What the film was to be. */
export interface Wanted {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly frames: number;
}

const ENCODE =
  "Encode every piece as segments are encoded; a piece from elsewhere goes through the task 'clip'.";
const JOIN =
  "Join the pieces by the task 'assemble'; a join of one's own needs '-movflags +faststart+negative_cts_offsets'.";

/** All that is wrong with it, a sentence or more each. */
export function formFaults(film: Demuxed, layout: Layout, wanted: Wanted): string[] {
  const [video, audio] = [film.video[0]?.facts, film.audio[0]?.facts];
  const shown = (film.video[0]?.packets.pts.length ?? 0) / wanted.fps;
  return [
    ...streamFaults(film),
    ...(video === undefined ? [] : videoFaults(video, wanted)),
    ...(audio === undefined
      ? []
      : factFaults("sound", audio, SOUND, "Encode the mix as AAC-LC, 48 kHz, stereo.")),
    ...orderFaults(layout),
    ...layout.edits.flatMap(({ track, list }) => editFaults(track, list, shown)),
  ];
}

function streamFaults({ video, audio, others }: Demuxed): string[] {
  const stray = [
    ...video.slice(1).map(() => "video"),
    ...audio.slice(1).map(() => "audio"),
    ...others.filter((type) => type !== "subtitle"),
  ];
  return [
    ...(video.length > 0 ? [] : ["It has no picture. Map the video of the pieces into it."]),
    ...(audio.length > 0 ? [] : ["It has no sound. Map the mix into it, silent or not."]),
    ...(stray.length === 0
      ? []
      : [
          `It has ${plural(stray.length, "stream")} too many: ${several(stray)}. Map one video and one audio only.`,
        ]),
  ];
}

/** What ffprobe has to say: each fact with what it may be. "" is for a fact that it does not know. */
type Rules = Readonly<Record<string, readonly string[]>>;

const SOUND: Rules = { codec_name: ["aac"], profile: ["LC"], sample_rate: ["48000"], channels: ["2"] };

/** Untagged colours are taken for BT.601 by some players, and for the full range by none that shows them right. */
const COLOURS: Rules = {
  color_range: ["tv"],
  color_space: ["bt709"],
  color_transfer: ["bt709"],
  color_primaries: ["bt709"],
};

function videoFaults(facts: Facts, { width, height, fps }: Wanted): string[] {
  const picture: Rules = {
    codec_name: ["h264"],
    profile: ["High"],
    pix_fmt: ["yuv420p"],
    field_order: ["progressive", "unknown", ""],
    width: [String(width)],
    height: [String(height)],
    sample_aspect_ratio: ["1:1", ""],
    r_frame_rate: [`${fps}/1`],
  };
  const tags = "Tag every piece: -color_range tv -colorspace bt709 -color_trc bt709 -color_primaries bt709.";
  return [
    ...factFaults("picture", facts, picture, ENCODE),
    ...factFaults("picture's colour tags", facts, COLOURS, tags),
  ];
}

function factFaults(what: string, facts: Facts, rules: Rules, remedy: string): string[] {
  const wrong = Object.entries(rules).flatMap(([name, accepted]) => {
    const found = facts[name] === "N/A" ? "" : (facts[name] ?? "");
    return accepted.includes(found) ? [] : [`${name} is ${found || "not known"} and not ${accepted[0]}`];
  });
  return wrong.length === 0 ? [] : [`The ${what}: ${wrong.join(", ")}. ${remedy}`];
}

function orderFaults({ parts }: Layout): string[] {
  const [index, data] = [parts.indexOf("moov"), parts.indexOf("mdat")];
  if (index >= 0 && data >= 0 && index < data && !parts.includes("moof")) return [];
  return [
    `Its index does not come first (it has ${parts.join(", ") || "no parts of an mp4"}): nobody can play it before all of it is there. ${JOIN}`,
  ];
}

/** An AAC encoder's delay, which an edit list takes off: 1024 samples of ffmpeg's, 2112 of Apple's. */
const LONGEST_DELAY = 2112;

/** A list counts in the movie's clock, which may be of milliseconds. Seconds. */
const ROUNDING = 0.002;

/** `shown`: the seconds of all frames. A list that shows the whole track once, from its start, is what every mp4 may have. */
function editFaults(track: string, list: readonly Edit[], shown: number): string[] {
  const what = track === "vide" ? "picture" : track === "soun" ? "sound" : "other track";
  const most = track === "soun" ? LONGEST_DELAY : 0;
  const odd = list.flatMap(({ duration, mediaTime, rate }, index) => {
    if (mediaTime < 0) return [`begins with ${long(duration)} of nothing`];
    if (rate !== 1) return [`plays at ${rate} times its pace`];
    if (index > 0) return [`goes on elsewhere after ${at(list[index - 1]!.duration)}`];
    if (mediaTime > most) return [`leaves out its first ${mediaTime} units`];
    if (track === "vide" && Math.abs(duration - shown) > ROUNDING)
      return [`shows ${long(duration)} of its ${long(shown)}`];
    return [];
  });
  return odd.length === 0
    ? []
    : [
        `The ${what} has an edit list that ${odd.join(", and ")}: players differ in what they do with it. ${JOIN}`,
      ];
}
