/** `faceless validate [PATH…]`: looks at all that a build rests on, and says of each thing whether it is well. */
import { hideSecrets } from "../base/secrets.ts";
import { loadEnvironment } from "../config/root.ts";
import { type Finding, sayFinding, sayFindings } from "../report/findings.ts";
import type { Options } from "./args.ts";
import { checkProviders, USES } from "./check-connections.ts";
import { checkConfig, checkNiche, checkPipelines, nichesAt } from "./check-content.ts";
import { checkDisk, checkFfmpeg, checkFonts, checkPrices, PRICES } from "./check-machine.ts";
import { rootOf } from "./projects.ts";
import type { World } from "./terminal.ts";

/** 2 where there is an error, 130 where it was interrupted. */
export async function validateCommand(
  options: Options,
  { terminal, cwd, env: given, stop }: World,
): Promise<number> {
  const root = rootOf(options.paths, cwd);
  const env = loadEnvironment(root, given);
  const hide = hideSecrets(env);
  const findings: Finding[] = [];
  const tell = (finding: Finding) => {
    findings.push(finding);
    terminal.out(hide(options.json ? `${JSON.stringify(finding)}\n` : sayFinding(finding)));
  };
  const config = await checkConfig(root, tell);
  if (config !== undefined) {
    const { niches, absolute, strangers } = nichesAt(root, config, options.paths, cwd);
    for (const path of strangers) tell(notOurs(path));
    const used = await checkPipelines(root, config, niches, tell);
    for (const niche of niches) await checkNiche(root, config, niche, absolute, tell);
    const asking = { config, env, test: options.testConnections, stop, now: Date.now() };
    // What writes is used by `generate`, whatever the pipeline does.
    const uses = new Set(USES.filter((use) => used.has(use) || use === "text"));
    await checkProviders(uses, asking, tell);
    if (used.has("ffmpeg")) await checkFfmpeg(env, tell);
    if (used.has("fonts")) await checkFonts(root, env, tell);
  }
  checkDisk(root, env, tell);
  checkPrices(PRICES, Date.now(), tell);
  if (!options.json) terminal.out(`\n${sayFindings(findings)}`);
  if (stop.aborted) return 130;
  return findings.some(({ level }) => level === "error") ? 2 : 0;
}

function notOurs(path: string): Finding {
  return {
    level: "error",
    subject: path,
    message: "it is in no project of this content repo.",
    help: "Give a project, such as output/finance, or a script in it; or no path for all.",
    code: "usage.invalid",
  };
}
