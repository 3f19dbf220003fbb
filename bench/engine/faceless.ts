/** One build of a bench project as a process of its own: `node bench-faceless.mjs <content repo>`. */
import { parseArgs } from "node:util";
import { canonicalJson } from "../../lib/base/json.ts";
import { openReport } from "../../lib/cli/report.ts";
import { Places } from "../../lib/engine/place.ts";
import { stillUpToDate } from "../../lib/engine/up-to-date.ts";
import { snapshotPath } from "../../lib/store/snapshot.ts";

// The same steps as in lib/cli/build.ts, which reads its pipeline's tasks from tasks/ and so cannot be used itself.
const { positionals } = parseArgs({ allowPositionals: true });
const root = positionals[0]!;
const places = new Places(root, "output/bench");
const signature = canonicalJson({ root, goals: [], path: process.env.PATH ?? null, node: process.version });
const { out, stdout } = {
  out: (text: string) => process.stdout.write(text),
  stdout: process.stdout,
};
const report = openReport(
  {
    json: false,
    verbose: false,
    profile: undefined,
    paths: [],
    jobs: undefined,
    keepGoing: false,
    dryRun: false,
    force: [],
    discardEdits: false,
    set: {},
  },
  { out, error: out, stdout, interactive: false, color: false },
);
const began = Date.now();
const verdict = stillUpToDate(snapshotPath(places.state), signature, Date.now);
if (verdict === undefined) {
  const { fullBuild } = await import("./full-build.ts");
  process.exitCode = (await fullBuild(places, signature, report.onEvent)) ? 0 : 1;
} else {
  const { actions } = verdict;
  const counts = { fresh: actions, restored: 0, ran: 0, failed: 0, blocked: 0, edited: 0, pinned: 0 };
  report.onEvent({ type: "build-started", project: places.project, goals: [], at: began });
  report.onEvent({ type: "planned", actions, atLeast: false, targets: {} });
  const ms = Date.now() - began;
  report.onEvent({ type: "build-finished", ok: true, interrupted: false, counts, results: [], ms });
}
report.dispose();
