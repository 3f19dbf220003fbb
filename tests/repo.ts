/** A content repo in a temporary folder, and the program as a person runs it there: processes of dist/cli.js. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { packageRoot } from "../lib/base/assets.ts";
import type { BuildEvent } from "../lib/model/event.ts";

const CLI = process.env.FACELESS_TEST_CLI ?? join(packageRoot, "dist", "cli.js");

export interface Ended {
  readonly code: number | null;
  /** Durations are told as "N s". */
  readonly out: string;
  readonly err: string;
}

export class Repo {
  readonly #folder = realpathSync(mkdtempSync(join(tmpdir(), "faceless-repo-")));
  readonly root = join(this.#folder, "repo");
  /** For temporary files: a folder of its own, so that a test can see what stays behind. */
  readonly aside = join(this.#folder, "tmp");

  constructor() {
    mkdirSync(this.root);
    mkdirSync(this.aside);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  path(path: string): string {
    return join(this.root, path);
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), content);
  }

  read(path: string): string {
    return readFileSync(this.path(path), "utf8");
  }

  has(path: string): boolean {
    return existsSync(this.path(path));
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

  remove(path: string): void {
    rmSync(this.path(path), { recursive: true });
  }

  /** As a person types it. */
  async run(...words: string[]): Promise<Ended> {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: this.aside };
    const child = spawn(process.execPath, [CLI, ...words], { cwd: this.root, env });
    onTestFinished(() => void child.kill("SIGKILL"));
    const texts = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      texts.out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      texts.err += text;
    });
    const [code] = (await once(child, "close")) as [number | null];
    return { code, out: texts.out.replace(/\b\d+(\.\d)? s\b/g, "N s"), err: texts.err };
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
  for (const [path, content] of Object.entries(files)) made.write(path, content);
  return made;
}
