/** The events of the disk, by chokidar. */
import { watch } from "chokidar";
import { Failure } from "../base/failure.ts";

export interface DiskParts {
  /** Absolute: a folder with all in it that is not ignored, or a file. */
  readonly roots: readonly string[];
  ignores(path: string): boolean;
  /** Something happened at the path; it may be nothing that matters. */
  changed(path: string): void;
  failed(error: Error): void;
  /** From here on nothing is missed. */
  ready(): void;
}

export interface Disk {
  close(): Promise<void>;
}

export function openDisk({ roots, ignores, changed, failed, ready }: DiskParts): Disk {
  const watcher = watch([...roots], {
    ignored: (path) => ignores(path),
    ignoreInitial: true,
    ...PERMISSIONS,
  });
  watcher.on("all", (_, path) => changed(path));
  watcher.on("error", (error) => failed(failureOf(error)));
  watcher.on("ready", ready);
  return {
    close() {
      // Where a file is gone when chokidar 5.0.0 looks at it after its end, it adds the folder, and so comes back to life.
      watcher.add = () => watcher;
      return watcher.close();
    },
  };
}

/** What may not be read is told by the round that needs it. */
const PERMISSIONS = { ignorePermissionErrors: true };

const POLLING = "or set CHOKIDAR_USEPOLLING=1: then every file is looked at several times a second";

/** Missing some changes in silence would be worse than not to watch. */
export function failureOf(error: unknown): Error {
  const { code, path } = error as NodeJS.ErrnoException;
  const at = path === undefined ? "" : `: ${path}`;
  if (code === "ENOSPC") {
    return new Failure(`this system lets you watch no more files (${code})${at}.`, {
      code: "config.environment",
      help: `Raise the limit, \`sudo sysctl fs.inotify.max_user_watches=524288\`, ${POLLING}.`,
    });
  }
  if (code === "EMFILE" || code === "ENFILE") {
    return new Failure(`too many files are open to watch more (${code})${at}.`, {
      code: "config.environment",
      help: `Raise the limit (\`ulimit -n 8192\`; on Linux also \`sudo sysctl fs.inotify.max_user_instances=512\`), ${POLLING}.`,
    });
  }
  return error instanceof Error ? error : new Error(String(error));
}
