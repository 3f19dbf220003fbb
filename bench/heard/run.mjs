/** Runs bench.ts from its sources: `node bench/heard/run.mjs <content repo> <project>…`, after a build of them. */
import { launch } from "../launch.mjs";

await launch("heard");
