/** Draws scene pictures without a network or a model: stylised scenery from the words of the prompt. */
import { createRequire } from "node:module";
import { offload } from "../../base/offload.ts";
import type { ImageProvider } from "../image.ts";
import { artVersion, type DrawRequest, type Look } from "./art/request.ts";

// The canvas itself is loaded by the worker thread alone: it is native code, and no command but `build` needs it.
const canvasVersion: string = createRequire(import.meta.url)("@napi-rs/canvas/package.json").version;

export function offlineImages({ look }: { readonly look: Look }): ImageProvider {
  return {
    // The platform too: its floating-point and zlib code may round and pack otherwise than another's.
    identity: [
      `offline-art ${artVersion}`,
      `@napi-rs/canvas ${canvasVersion}`,
      `zlib ${process.versions.zlib}`,
      `${process.platform}-${process.arch}`,
      `look ${look}`,
    ].join(" "),
    estimate: () => 0,
    async generate({ prompt, style, width, height, take }, { signal }) {
      const request: DrawRequest = { prompt, style, width, height, take, look };
      return await offload<Uint8Array>("draw", request, { signal });
    },
  };
}
