/** What sets type and draws on pictures: the canvas and the font that ship with the program, as one tool. */
import { createRequire } from "node:module";

export interface Canvas {
  /** Part of every key that it can change: the platform too, for its floating-point code may round otherwise. */
  readonly identity: string;
}

/** The canvas itself is loaded by the worker thread alone: it is native code, and no command but `build` needs it. */
export function canvasTool(): Canvas {
  const own = createRequire(import.meta.url);
  const version = (name: string): string => own(`${name}/package.json`).version;
  return {
    identity: [
      `@napi-rs/canvas ${version("@napi-rs/canvas")}`,
      `@expo-google-fonts/inter ${version("@expo-google-fonts/inter")}`,
      `${process.platform}-${process.arch}`,
    ].join(" "),
  };
}
