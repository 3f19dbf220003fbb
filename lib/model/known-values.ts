/** Values that the configuration may name and that another room gives their meaning. */

/** Sound is 48 kHz throughout; a frame of each of these rates is a whole number of samples. Frames per second. */
export const FRAME_RATES = [24, 25, 30, 50, 60] as const;

/** The voices that the offline narrator has built in: kal speaks at 8 kHz, the others at 16 kHz; American or Scottish. */
export const FLITE_VOICES = ["awb", "kal", "kal16", "rms", "slt"] as const;
export type FliteVoice = (typeof FLITE_VOICES)[number];

/** The usual names of online voices: the low ones are rms, the British one is awb (Scottish), the others slt. */
export const USUAL_VOICES: Readonly<Record<string, FliteVoice>> = {
  alloy: "slt",
  ash: "rms",
  ballad: "awb",
  coral: "slt",
  default: "slt",
  echo: "rms",
  fable: "awb",
  nova: "slt",
  onyx: "rms",
  sage: "slt",
  shimmer: "slt",
  verse: "rms",
};

/** Variables of the environment that name what makes pictures, speech and text in Azure: another one gives other bytes. */
export const AZURE_DEPLOYMENTS = {
  text: "AZURE_OPENAI_CHAT_DEPLOYMENT",
  image: "AZURE_OPENAI_IMAGE_DEPLOYMENT",
  speech: "AZURE_OPENAI_TTS_DEPLOYMENT",
} as const;

/** Characters of a topic that a script is written about. */
export const LONGEST_TOPIC = 300;
