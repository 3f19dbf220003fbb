/** One build of a bench project as a process of its own: `node bench-faceless.mjs <content repo>`. */
import module from "node:module";
import { parseArgs } from "node:util";
import { canonicalJson } from "../../lib/base/json.ts";
import { sayNothingToDo } from "../../lib/cli/nothing-to-do.ts";
import { openReport } from "../../lib/cli/report.ts";
import { Places } from "../../lib/engine/place.ts";
import { surveyFiles } from "../../lib/engine/up-to-date.ts";
import { snapshotPath } from "../../lib/store/snapshot.ts";

// As lib/cli/main.ts does; since Node 22.8.
(module as { enableCompileCache?: () => void }).enableCompileCache?.();

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
  },
  { out, error: out, stdout, interactive: false, stderrIsTerminal: false, color: false },
);
const survey = surveyFiles(snapshotPath(places.state), signature, Date.now);
if (survey?.moved.length === 0 && survey.snapshot.verdict.ok) {
  sayNothingToDo({ project: places.project, goals: [] }, survey, report.onEvent);
} else {
  const { fullBuild } = await import("./full-build.ts");
  process.exitCode = (await fullBuild(places, signature, survey, report.onEvent)) ? 0 : 1;
}
report.dispose();
