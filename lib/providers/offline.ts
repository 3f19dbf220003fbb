/** Draws, speaks and writes on this machine: no account, no network, no cost. */
import { z } from "zod";
import { FLITE_VOICES, USUAL_VOICES } from "../model/known-values.ts";
import { offlineImages } from "./offline/image.ts";
import { offlineSpeech } from "./offline/speech.ts";
import { offlineText } from "./offline/text.ts";
import { defineProvider } from "./provider.ts";

export const offline = defineProvider({
  settings: z
    .strictObject({
      type: z.literal("offline").describe("What kind of provider it is; the other keys depend on it."),
      look: z
        .enum(["auto", "landscape", "papercut", "flow"])
        .default("auto")
        .describe("How pictures are drawn; with auto the script's visual style decides."),
      voices: z
        .record(z.string().min(1), z.enum(FLITE_VOICES))
        .default({})
        .describe("A voice name of yours, and the engine's voice that speaks for it."),
    })
    .describe("Draws, speaks and writes on this machine: no account, no network, no cost."),
  cannot: () => undefined,
  voices: ({ voices }) => [
    ...new Set([...Object.keys(voices), ...Object.keys(USUAL_VOICES), ...FLITE_VOICES]),
  ],
  open: ({ look, voices }) => ({
    paid: false,
    make: {
      image: () => offlineImages({ look }),
      speech: () => offlineSpeech({ voices }),
      text: offlineText,
    },
  }),
});
