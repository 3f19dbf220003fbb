/** What a draft sounds like. */
import { SAMPLE_RATE } from "../timeline.ts";
import type { Format } from "./pcm.ts";

/** To hear whether a film is right: a sixth of the samples, which is as clear as a good telephone. */
export const DRAFT_FORMAT: Format = { rate: SAMPLE_RATE / 3, channels: 1 };
