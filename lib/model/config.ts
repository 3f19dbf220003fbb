/** The settings of a content repo as everything else uses them: checked, with defaults filled in. Holds no secret. */
import type { JsonObject } from "../base/json.ts";
import type { PriceTable } from "./prices.ts";

/** By which its type's settings are told apart; each type knows its own. */
export type ProviderConfig = JsonObject & { readonly type: string };

/** The name of a provider for each use. */
export interface Use {
  readonly image: string;
  readonly speech: string;
  readonly text: string;
}

export interface Platform {
  /** "<width>x<height>" in pixels: what an image is asked for at. */
  readonly image_size: string;
  /** The finished film: pixels (even), frames per second, "#rrggbb". */
  readonly video: {
    readonly width: number;
    readonly height: number;
    readonly fps: number;
    readonly background: string;
  };
  /** The name of a shipped template, or the path of one of one's own; both null for none. */
  readonly captions: { readonly template: string | null; readonly style: string | null };
  /** LUFS and dBTP. */
  readonly loudness: number;
  readonly peak: number;
  /** Seconds; null where a film is not cut. */
  readonly max_part: number | null;
  /** Pixels. */
  readonly thumbnail: { readonly width: number; readonly height: number };
}

export interface Niche {
  /** Names of platforms, in the order given. */
  readonly platforms: readonly string[];
  readonly voice: string;
  /** 1 is the voice's own pace. */
  readonly speed: number;
  /** A path; with a leading `/` it starts at the content repo's root. */
  readonly music: string | null;
  /** Paths like it. */
  readonly intro: string | null;
  readonly outro: string | null;
  /** Silence around each narration, seconds. */
  readonly pause: { readonly before: number; readonly after: number };
  /** What scripts are written about, where nobody says. */
  readonly topics: readonly string[];
  /** Values for the pipeline's options. */
  readonly options: JsonObject;
}

export interface Config {
  /** The content repo's folder, absolute. */
  readonly root: string;
  /** The name of a file in `pipelines/`, without its ending; the content repo's own or a shipped one. */
  readonly pipeline: string;
  readonly providers: Readonly<Record<string, ProviderConfig>>;
  /** Which provider does what. */
  readonly use: Use;
  /** Whether the provider of pictures takes reference pictures beside a prompt. */
  readonly takesReferences: boolean;
  readonly prices: PriceTable;
  /** How many of each pool may run at once, where that is said. */
  readonly pools: Readonly<Record<string, number>>;
  /** What the shared cache is trimmed to: bytes, and milliseconds since the last use; null for no bound. */
  readonly cache: { readonly maxBytes: number | null; readonly maxAgeMs: number | null };
  readonly platforms: Readonly<Record<string, Platform>>;
  /** Each with the defaults filled in. */
  readonly niches: Readonly<Record<string, Niche>>;
}
