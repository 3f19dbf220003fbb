/** What every image provider does: a prompt in, one picture out. */
import type { JsonObject } from "../base/json.ts";
import type { CallContext, Estimate } from "./call.ts";

export interface ImageRequest {
  /** The scene's prompt with the story's style already appended. */
  readonly prompt: string;
  /** The script's visual_style, as written: environment, color_mood, texture, recurring_elements. */
  readonly style: JsonObject;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Another roll of the same prompt; 1 is the first. */
  readonly take: number;
  /** Pictures of what recurs, such as a person, for a provider that takes them: each a PNG, JPEG or WebP. */
  readonly references?: readonly Uint8Array[] | undefined;
}

export interface ImageProvider {
  /** All that can change the bytes besides the request: engine, version, model, settings. Never a secret. */
  readonly identity: string;
  /** Whether a request may have references; not so unless said. */
  readonly takesReferences?: boolean;
  /** `references`: how many it is going to have. */
  estimate(request: Omit<ImageRequest, "references"> & { readonly references: number }): Estimate;
  /**
   * Resolves to the bytes of a PNG, JPEG or WebP of any size: the nearest that the provider makes. Whoever asks cuts and
   * scales it. Rejects with a Failure whose help says what to change.
   */
  generate(request: ImageRequest, context: CallContext): Promise<Uint8Array>;
  /** The row of `prices:` in the configuration by which a price would be known; none for what is free. */
  readonly priceRow?: string;
}
