/** Reads what a film's container says, and every packet's times, with one run of ffprobe. Nothing is decoded. */
import { Failure } from "../../base/failure.ts";
import type { FfmpegLocation } from "../ffmpeg.ts";

/** As ffprobe names things: "codec_name", "pix_fmt". What it does not know is absent. */
export type Facts = Readonly<Record<string, string>>;

export interface Packets {
  /** In the units of the stream's own clock, in the order of the file. */
  readonly pts: readonly number[];
  readonly dts: readonly number[];
  /** Which of them are key frames. */
  readonly keys: readonly number[];
}

export interface Stream {
  readonly facts: Facts;
  /** Seconds that one unit of the packets' times lasts. */
  readonly unit: number;
  readonly packets: Packets;
}

export interface Demuxed {
  readonly video: readonly Stream[];
  readonly audio: readonly Stream[];
  /** What else there is: "subtitle", "data". */
  readonly others: readonly string[];
  readonly format: Facts;
}

const STREAM =
  "index,codec_type,codec_name,profile,width,height,pix_fmt,sample_aspect_ratio,field_order,color_range," +
  "color_space,color_transfer,color_primaries,r_frame_rate,sample_rate,channels,time_base,duration";

/** @throws Failure for a file that ffprobe cannot read */
export async function demux(
  ffmpeg: FfmpegLocation,
  file: { readonly path: string; readonly name: string },
  signal: AbortSignal,
): Promise<Demuxed> {
  const { $ } = await import("zx/core");
  const entries = `packet=stream_index,pts,dts,flags:stream=${STREAM}:format=format_name,duration`;
  const run = await $({
    quiet: true,
    nothrow: true,
    signal,
  })`${ffmpeg.probePath} -v error -show_entries ${entries} -of compact=escape=none ${file.path}`;
  signal.throwIfAborted();
  const read = sort(run.stdout);
  if (run.exitCode === 0 && read.streams.length > 0) return grouped(read);
  throw new Failure(`ffprobe cannot read ${file.name}: ${run.stderr.trim() || `exit code ${run.exitCode}`}`, {
    code: "media.ffmpeg",
    help: "The file is damaged, or is no film. Delete it, and it is made again.",
  });
}

interface Read {
  readonly packets: Map<string, { pts: number[]; dts: number[]; keys: number[] }>;
  readonly streams: Facts[];
  format: Facts;
}

const PACKET = /^packet\|stream_index=(\d+)\|pts=([^|]*)\|dts=([^|]*)\|flags=(.)/;

/** One line for each thing: "packet|stream_index=0|pts=0|dts=-1000|flags=K_", tens of thousands of them. */
function sort(text: string): Read {
  const read: Read = { packets: new Map(), streams: [], format: {} };
  for (const line of text.split("\n")) {
    const packet = PACKET.exec(line);
    if (packet !== null) addPacket(read.packets, packet);
    else if (line.startsWith("stream|")) read.streams.push(factsOf(line));
    else if (line.startsWith("format|")) read.format = factsOf(line);
  }
  return read;
}

function addPacket(all: Read["packets"], [, index = "", pts, dts, flag]: RegExpExecArray): void {
  const packets = all.get(index) ?? { pts: [], dts: [], keys: [] };
  all.set(index, packets);
  if (flag === "K") packets.keys.push(packets.pts.length);
  packets.pts.push(Number(pts));
  packets.dts.push(Number(dts));
}

/** "stream|index=0|codec_name=h264" without its first word. */
function factsOf(line: string): Facts {
  const fields = line.trim().split("|").slice(1);
  return Object.fromEntries(fields.map((field) => field.split("=") as [string, string]));
}

function grouped({ packets, streams, format }: Read): Demuxed {
  const of = (type: string) =>
    streams
      .filter(({ codec_type }) => codec_type === type)
      .map((facts) => ({
        facts,
        unit: ratio(facts.time_base),
        packets: packets.get(facts.index ?? "") ?? { pts: [], dts: [], keys: [] },
      }));
  const others = streams
    .map(({ codec_type = "unknown" }) => codec_type)
    .filter((type) => type !== "video" && type !== "audio");
  return { video: of("video"), audio: of("audio"), others, format };
}

/** "1/30000" as a number; "30/1" too. NaN for none. */
export function ratio(text: string | undefined): number {
  const [above, below] = (text ?? "").split("/").map(Number);
  return (above ?? Number.NaN) / (below ?? Number.NaN);
}
