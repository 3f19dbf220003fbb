/** A content repo in a temporary folder, and the program as a person runs it there: processes of dist/cli.js. */

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { packageRoot } from "../lib/base/assets.ts";
import type { BuildEvent } from "../lib/model/event.ts";
import { CLI, ContentRepo } from "./content-repo.ts";
import { type Ended, ended } from "./small-repo.ts";

export class Repo extends ContentRepo {
  /** For temporary files: a folder of its own, so that a test can see what stays behind. */
  readonly aside = `${this.root}-tmp`;

  constructor() {
    super();
    mkdirSync(this.aside);
  }

  override close(): void {
    super.close();
    rmSync(this.aside, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Replaces text that must be there. */
  edit(path: string, before: string, after: string): void {
    const text = this.read(path);
    if (!text.includes(before)) throw new Error(`${path} has no ${JSON.stringify(before)}`);
    this.write(
      path,
      text.replace(before, () => after),
    );
  }

  /** As a person types it. */
  async run(...words: string[]): Promise<Ended> {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: this.aside };
    const child = spawn(process.execPath, [CLI, ...words], { cwd: this.root, env });
    onTestFinished(() => void child.kill("SIGKILL"));
    return await ended(child);
  }

  /** Outcome of each action by the path of its first output, what was removed, and messages of what failed. */
  async build(...options: string[]): Promise<Record<string, string>> {
    const { out, err, code } = await this.run("build", "--json", ...options);
    if (err !== "" || code === 2) throw new Error(err);
    const events = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as BuildEvent);
    return Object.fromEntries(
      events.flatMap((event) => {
        if (event.type === "removed" || event.type === "kept") return [[event.output, event.type]];
        return event.type === "finished" ? [[event.action, event.problem?.message ?? event.outcome]] : [];
      }),
    );
  }
}

/** With these files, and a copy of a folder of the package below them; removed when the test ends. */
export function repo(files: Readonly<Record<string, string>>, folder?: string): Repo {
  const made = new Repo();
  onTestFinished(() => made.close());
  if (folder !== undefined) cpSync(join(packageRoot, folder), made.root, { recursive: true });
  made.writeAll(files);
  return made;
}
