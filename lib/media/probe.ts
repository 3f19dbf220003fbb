/** Looks into media files with ffprobe. */
import { Failure } from "../base/failure.ts";
import type { FfmpegLocation } from "./ffmpeg.ts";

/** What ffprobe says of one stream, as far as somebody here asks for it. Times are in seconds. */
export interface ProbedStream {
  readonly codec_type: "video" | "audio" | "subtitle" | "data" | "attachment";
  readonly codec_name?: string;
  readonly width?: number;
  readonly height?: number;
  readonly pix_fmt?: string;
  readonly color_range?: string;
  readonly color_space?: string;
  readonly color_transfer?: string;
  readonly color_primaries?: string;
  readonly sample_rate?: string;
  readonly channels?: number;
  readonly r_frame_rate?: string;
  readonly time_base?: string;
  readonly start_time?: string;
  readonly duration?: string;
  /** Counted, not read from a header. */
  readonly nb_read_packets: string;
}

export interface Probe {
  /** Pixels of the first picture or video stream; 0 if there is none. */
  readonly width: number;
  readonly height: number;
  /** Packets of the first video stream, counted: its frames. */
  readonly frames: number;
  readonly streams: readonly ProbedStream[];
}

/** Looks into a media file. A file that ffprobe cannot read is a Failure. */
export async function probe(ffmpeg: FfmpegLocation, path: string, signal?: AbortSignal): Promise<Probe> {
  const { $ } = await import("zx/core");
  const options = { quiet: true, nothrow: true, ...(signal === undefined ? {} : { signal }) };
  const run = await $(options)`${ffmpeg.probePath} -v error -count_packets -show_streams -of json ${path}`;
  signal?.throwIfAborted();
  const { streams = [] } = (run.exitCode === 0 ? JSON.parse(run.stdout) : {}) as { streams?: ProbedStream[] };
  const video = streams.find((stream) => stream.codec_type === "video");
  // A name ending in .png is enough for ffprobe to report a picture: of no size, if it could not read it.
  if (streams.length === 0 || video?.width === 0) {
    throw new Failure(`ffprobe cannot read ${path}: ${run.stderr.trim() || `exit code ${run.exitCode}`}`, {
      code: "media.ffmpeg",
      help: "The file is damaged, or is no picture, audio or video file.",
    });
  }
  return {
    width: video?.width ?? 0,
    height: video?.height ?? 0,
    frames: Number(video?.nb_read_packets ?? 0),
    streams,
  };
}
