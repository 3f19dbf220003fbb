/** Runs bench.ts from its sources: `npm run build && node bench/film/run.mjs [--scenes 60] [--skip-others]`. */
import { launch } from "../launch.mjs";

await launch("film");
