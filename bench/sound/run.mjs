/** Runs bench.ts from its sources: `node bench/sound/run.mjs`. */
import { launch } from "../launch.mjs";

await launch("sound");
