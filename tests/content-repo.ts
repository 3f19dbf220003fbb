/** A content repo in a temporary folder: its files, and the built program that is run on it. */
import {
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

/** What `npm run build` makes; another bundle of it while somebody else rebuilds that one. */
export const CLI = process.env.FACELESS_TEST_CLI ?? join(import.meta.dirname, "..", "dist", "cli.js");

export const CONFIG = `pipeline: p
platforms:
  wide: { image_size: 640x360, video: { width: 640, height: 360 } }
defaults: { platforms: [wide], voice: slt }
niches: { demo: {}, other: {} }
`;

export interface RepoForm {
  /** Where the temporary folder is made. */
  readonly within?: string;
  /** What a path that does not begin with `/` is in, relative to the root. */
  readonly project?: string;
}

export class ContentRepo {
  readonly root: string;
  readonly #project: string;

  /** Whoever makes it calls `close`. */
  constructor({ within = tmpdir(), project = "" }: RepoForm = {}) {
    this.root = realpathSync(mkdtempSync(join(within, "faceless-repo-")));
    this.#project = project;
    mkdirSync(join(this.root, project), { recursive: true });
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Absolute; a leading `/` is the content repo's root. */
  path(path: string): string {
    return path.startsWith("/") ? join(this.root, path) : join(this.root, this.#project, path);
  }

  write(path: string, content: string | Uint8Array): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), content);
  }

  writeAll(files: Readonly<Record<string, string>>): void {
    for (const [path, content] of Object.entries(files)) this.write(path, content);
  }

  read(path: string): string {
    return readFileSync(this.path(path), "utf8");
  }

  bytes(path: string): Buffer {
    return readFileSync(this.path(path));
  }

  has(path: string): boolean {
    return existsSync(this.path(path));
  }

  remove(path: string): void {
    rmSync(this.path(path), { recursive: true });
  }
}
