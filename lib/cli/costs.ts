/** `faceless costs [PATH…]`: what was paid for, what may have been, and what the cache saved. */
import { ledgerFiles } from "../engine/books.ts";
import type { LedgerRecord } from "../model/ledger.ts";
import { isWithin } from "../pipeline/paths.ts";
import { type Costs, sayCosts, sumCosts } from "../report/costs.ts";
import { LedgerReader } from "../store/ledger.ts";
import type { Options } from "./args.ts";
import { projectAt, rootOf, type Wanted, wantedProjects } from "./projects.ts";
import type { World } from "./terminal.ts";

/** With `--json`, one object: all that the text says, in US dollars. */
interface CostsJson {
  readonly format: 1;
  readonly projects: readonly (Costs & { readonly project: string })[];
}

export async function costsCommand(options: Options, { terminal, cwd }: World): Promise<number> {
  const root = rootOf(options.paths, cwd);
  // What all projects cost together is a good question, so that none need be named.
  const paths = options.paths.length > 0 ? options.paths : [projectAt(root, cwd)];
  const projects = wantedProjects(root, { ...options, paths }, cwd).map((wanted) => ({
    project: wanted.project,
    ...sumCosts(recordsOf(wanted, (warning) => terminal.error(`faceless: ${warning}\n`))),
  }));
  if (options.json) terminal.out(`${JSON.stringify({ format: 1, projects } satisfies CostsJson)}\n`);
  else terminal.out(projects.map(({ project, ...costs }) => sayCosts(project, costs)).join("\n"));
  return 0;
}

/** Of drafts their own; of a project also those of its drafts, since a film uses what they have bought. */
function recordsOf({ places, goals }: Wanted, warn: (text: string) => void): readonly LedgerRecord[] {
  const { final, drafts } = ledgerFiles(places);
  const records = (places.isDraft ? [drafts] : [final, drafts]).flatMap(({ path, name }) => {
    const { records, warnings } = new LedgerReader(path, name).readOn();
    for (const text of warnings) warn(text);
    return records;
  });
  if (goals.length === 0) return records;
  const isAbout = (action: string) => goals.some((goal) => isWithin(action, goal));
  const ids = new Set(
    records.flatMap((record) => (record.kind === "intent" && isAbout(record.action) ? [record.id] : [])),
  );
  return records.filter((record) =>
    "action" in record ? isAbout(record.action) : "id" in record && ids.has(record.id),
  );
}
