/** The store under damage: torn and flipped journals, bad blobs, dead owners of locks, clocks that cannot be trusted. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { TargetPath } from "../lib/model/pipeline.ts";
import type { ActionKey, Digest, Trace } from "../lib/model/trace.ts";
import { ActionCache } from "../lib/store/action-cache.ts";
import {
  type ActionColumns,
  ActionPacker,
  type ActionRow,
  ActionTable,
  STANDINGS,
} from "../lib/store/action-table.ts";
import { BlobStore } from "../lib/store/blobs.ts";
import { FileStates, observe } from "../lib/store/file-states.ts";
import { type FileState, FileTable } from "../lib/store/file-table.ts";
import { hashFile, type Stamp, stampOf, syncFile } from "../lib/store/files.ts";
import { Journal, loadJournal, type Traces } from "../lib/store/journal.ts";
import { acquireLock, type Lock } from "../lib/store/lock.ts";
import { loadSnapshot, type SnapshotColumns, saveSnapshot, type Verdict } from "../lib/store/snapshot.ts";

function folder(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), "faceless-store-")));
  onTestFinished(() => rmSync(made, { recursive: true, force: true, maxRetries: 3 }));
  return made;
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex") as Digest;

function trace(id: string, content = id): Trace {
  const outputs = [{ name: "text", path: id as TargetPath, digest: sha256(content) }];
  const key = sha256(`key of ${content}`) as string as ActionKey;
  const manifest = [["with.text", `"${content} ✓"`]] as const;
  return { id: id as TargetPath, target: "said", key, manifest, outputs, how: "ran", because: [], ms: 7 };
}

describe("journal", () => {
  const load = (path: string) => loadJournal(path, "output/demo/.faceless/journal");

  function write(path: string, change: (journal: Journal) => void): void {
    const journal = Journal.open(path, load(path), (id) => expect.fail(`${id} is damaged`));
    try {
      change(journal);
    } finally {
      journal.close();
    }
  }

  function written(...ids: string[]): string {
    const path = join(folder(), "state", "journal");
    write(path, (journal) => {
      for (const id of ids) journal.record(trace(id));
    });
    return path;
  }

  /** As it is told: the traces, how many records there are, and what was dropped. */
  const told = (path: string) => {
    const { traces, ...rest } = load(path);
    return { traces: [...traces.values()], ...rest };
  };
  const live = (path: string) => [...load(path).traces.keys()];

  test("what was recorded is there again, what was forgotten is not, and the last record of an id counts", () => {
    const path = written("a", "b", "c");
    write(path, (journal) => {
      journal.forget("b" as TargetPath);
      journal.forget("never" as TargetPath);
      journal.record(trace("a", "other"));
      expect([...journal.traces.keys()]).toEqual(["a", "c"]);
    });
    expect(told(path)).toEqual({
      traces: [trace("a", "other"), trace("c")],
      records: 5,
      warnings: [],
      damaged: false,
    });
  });

  test("none yet: nothing is known, and reading makes nothing", () => {
    const path = join(folder(), "journal");
    expect(told(path)).toEqual({ traces: [], records: 0, warnings: [], damaged: false });
    expect(existsSync(path)).toBe(false);
  });

  test("cut off at any byte of its last record, it keeps the earlier ones, says so, and takes new ones", () => {
    const path = written("a", "b", "c");
    const whole = readFileSync(path);
    const last = whole.lastIndexOf("\n", whole.length - 2) + 1;
    for (let length = last + 1; length < whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      const loaded = load(path);
      expect([...loaded.traces.keys()]).toEqual(["a", "b"]);
      expect(loaded.warnings).toEqual([
        "the last record of output/demo/.faceless/journal was cut off and is dropped; its output is looked at anew.",
      ]);
      write(path, (journal) => journal.record(trace("d")));
      expect(load(path)).toMatchObject({ warnings: [] });
      expect(live(path)).toEqual(["a", "b", "d"]);
    }
    writeFileSync(path, whole.subarray(0, last));
    expect(load(path)).toMatchObject({ records: 2, warnings: [] });
  });

  test("a flipped bit drops the record that it is in, and no other", () => {
    const path = written("a", "b", "c");
    const whole = readFileSync(path);
    const first = whole.indexOf("\n") + 1;
    const second = whole.indexOf("\n", first) + 1;
    const third = whole.indexOf("\n", second) + 1;
    for (let at = second; at < third - 1; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = damaged[at]! ^ 1;
      if (damaged[at] === 10) continue; // a new line break makes two damaged records of it
      writeFileSync(path, damaged);
      const { traces, warnings } = load(path);
      expect([...traces.keys()]).toEqual(["a", "c"]);
      expect(warnings).toEqual([
        "1 damaged record is dropped from output/demo/.faceless/journal; the outputs are looked at anew.",
      ]);
    }
  });

  test("lines that are no records are counted, and opening for writing cleans them away", () => {
    const path = written("a", "b");
    appendFileSync(path, '00000000 \n00000000\n\n\0\0\0\0\n+{"trace":1}\n');
    expect(load(path).damaged).toBe(true);
    expect(load(path).warnings).toEqual([
      "5 damaged records are dropped from output/demo/.faceless/journal; the outputs are looked at anew.",
    ]);
    write(path, () => {});
    expect(load(path)).toMatchObject({ records: 2, warnings: [] });
    expect(live(path)).toEqual(["a", "b"]);
  });

  test.each([["faceless journal 3\nnewer\n"], ["faceless jou"], [""]])(
    "%j is no journal of this version",
    (text) => {
      const path = join(folder(), "journal");
      writeFileSync(path, text);
      expect(told(path)).toEqual({
        traces: [],
        records: Number.POSITIVE_INFINITY,
        damaged: true,
        warnings: [
          "output/demo/.faceless/journal is no journal of this version and is not used. Outputs are taken over where the cache knows them.",
        ],
      });
      expect(readFileSync(path, "utf8")).toBe(text);
      write(path, (journal) => journal.record(trace("a")));
      expect(live(path)).toEqual(["a"]);
    },
  );

  test("by an index: a damaged record is told of and is none; a file that anybody touched is not taken", () => {
    const path = written("a", "b");
    const { traces } = load(path);
    const damaged: string[] = [];
    const bytes = readFileSync(path);
    bytes[traces.at("b" as TargetPath)! + 20]! ^= 1;
    writeFileSync(path, bytes);
    const stamp = stampOf(statSync(path));
    const at = (id: TargetPath) => traces.at(id);
    const open = () => Journal.openIndexed(path, stamp, at, (id) => damaged.push(id));
    const journal = open()!;
    const get = (id: string) => journal.traces.get(id as TargetPath)?.id;
    expect(["a", "b", "b", "c"].map(get)).toEqual(["a", undefined, undefined, undefined]);
    expect(damaged).toEqual(["b"]);
    journal.record(trace("b"));
    expect(get("b")).toBe("b");
    journal.close();
    expect(open()).toBeUndefined();
  });

  test("a folder in its place is named", () => {
    const path = join(folder(), "journal");
    mkdirSync(path);
    expect(() => load(path)).toThrow(expect.objectContaining({ code: "EISDIR", path }));
  });

  test("it is compacted when it has grown, and holds exactly what is live", () => {
    const path = join(folder(), "journal");
    write(path, (journal) => {
      for (let i = 0; i < 600; i++) {
        journal.record(trace("a", String(i)));
        journal.record(trace("b", String(i)));
      }
      journal.forget("b" as TargetPath);
      journal.record(trace("c"));
    });
    expect(load(path).records).toBe(1202);
    write(path, () => {});
    expect(told(path)).toEqual({
      traces: [trace("a", "599"), trace("c")],
      records: 2,
      warnings: [],
      damaged: false,
    });
    const before = statSync(path);
    write(path, () => {});
    expect(statSync(path)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });

  test("any records, cut off anywhere: what is loaded is what was live after some number of whole records", () => {
    const path = join(folder(), "journal");
    const step = fc.record({ id: fc.constantFrom("a", "b", "ü"), content: fc.option(fc.string()) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.nat(), (steps, cut) => {
        rmSync(path, { force: true });
        const states: string[] = [];
        const all = (traces: Traces) => JSON.stringify([...traces.keys()].sort().map((id) => traces.get(id)));
        const note = (traces: Traces) => states.push(all(traces));
        write(path, (journal) => {
          note(journal.traces);
          for (const { id, content } of steps) {
            if (content === null) journal.forget(id as TargetPath);
            else journal.record(trace(id, content));
            note(journal.traces);
          }
        });
        const whole = readFileSync(path);
        const header = whole.indexOf("\n") + 1;
        writeFileSync(path, whole.subarray(0, header + (cut % (whole.length - header + 1))));
        expect(states).toContain(all(load(path).traces));
      }),
      { numRuns: 60 },
    );
  });
});

describe("snapshot", () => {
  const NAME = "output/demo/.faceless/snapshot";
  const SEEN: ReadonlyMap<string, FileState | undefined> = new Map([
    ["/p/é", { kind: "folder", stamp: stamp(5), digest: sha256("b"), settled: false }],
    ["/p/gone", undefined],
    ["/p/a\n.txt", { kind: "file", stamp: stamp(4), digest: sha256("a"), settled: true }],
  ]);
  const VERDICT: Verdict = {
    signature: "s",
    ok: true,
    actions: 3,
    edited: [{ action: "a" as TargetPath, target: "said" }],
    pinned: 1,
  };

  function stamp(ino: number): Stamp {
    return { size: 1, mtimeMs: 1_700_000_000_000.25, ctimeMs: 1_700_000_000_001, ino };
  }

  function table(): FileTable {
    const made = new FileTable();
    for (const [path, state] of SEEN) made.set(made.add(path), state);
    return made;
  }

  /** Two actions: the files are told by their paths, since their rows move when they are sorted. */
  function roster(files: FileTable, placeOf: (id: number) => number): SnapshotColumns["roster"] {
    const packer = new ActionPacker();
    const [a, e] = [files.add("/p/a\n.txt"), files.add("/p/é")];
    packer.add({
      target: "said",
      keys: ["x", "1"],
      standing: "fresh",
      outputs: [a],
      reads: [e],
      traceAt: 19,
    });
    packer.add({ target: "all", keys: [], standing: "stale", outputs: [e], reads: [], traceAt: undefined });
    const journal = stamp(7);
    return { actions: packer.columns(placeOf), journal, description: "é\n", pastMs: { said: 3 } };
  }

  function save(path: string, verdict: Verdict | undefined = VERDICT): void {
    const files = table();
    const { columns, placeOf } = files.columns();
    saveSnapshot(path, { verdict, files: columns, roster: roster(files, placeOf) });
  }

  const seen = (files: FileTable) => [...SEEN.keys()].map((path) => [path, files.get(files.find(path)!)]);

  test("what is saved is loaded, with a verdict and without", () => {
    const path = join(folder(), "state", "snapshot");
    expect(loadSnapshot(path, NAME)).toEqual({ snapshot: undefined });
    save(path);
    const { snapshot } = loadSnapshot(path, NAME);
    expect(snapshot?.verdict).toEqual(VERDICT);
    expect(seen(snapshot!.files)).toEqual([...SEEN]);
    const { actions, ...rest } = snapshot!.roster!;
    expect(rest).toEqual({ journal: stamp(7), description: "é\n", pastMs: { said: 3 } });
    const names = (files: Uint32Array) => [...files].map((id) => snapshot!.files.path(id));
    const rows = [0, 1].map((row) => [
      actions.target(row),
      actions.keys(row),
      actions.standing(row),
      names(actions.outputs(row)),
      names(actions.reads(row)),
      actions.traceAt(row),
    ]);
    expect(rows).toEqual([
      ["said", ["x", "1"], "fresh", ["/p/a\n.txt"], ["/p/é"], 19],
      ["all", [], "stale", ["/p/é"], [], undefined],
    ]);
    const nothing = { actions: new ActionPacker().columns((id) => id), journal: stamp(1) };
    const empty = { ...nothing, description: "", pastMs: {} };
    saveSnapshot(path, { verdict: VERDICT, files: new FileTable().columns().columns, roster: empty });
    expect(loadSnapshot(path, NAME).snapshot).toMatchObject({ verdict: VERDICT, files: { size: 0 } });
    saveSnapshot(path, { verdict: undefined, files: table().columns().columns, roster: undefined });
    expect(loadSnapshot(path, NAME)).toMatchObject({ snapshot: { verdict: undefined, roster: undefined } });
    expect(readdirSync(dirname(path))).toEqual(["snapshot"]);
  });

  test("more paths than are encoded at once come back as they were", () => {
    const path = join(folder(), "snapshot");
    const paths = Array.from({ length: 10_000 }, (_, i) => `/p/é${String(i).padStart(5, "0")}`);
    const files = new FileTable();
    for (const one of paths) files.add(one);
    saveSnapshot(path, { verdict: VERDICT, files: files.columns().columns, roster: undefined });
    const loaded = loadSnapshot(path, NAME).snapshot!.files;
    expect(paths.map((_, id) => loaded.path(id))).toEqual(paths);
    expect(loaded.size).toBe(paths.length);
  });

  test("rows that are not kept leave the others in order", () => {
    const files = table();
    const gone = files.find("/p/gone")!;
    const { columns, placeOf } = files.columns((id) => id !== gone);
    expect(columns.paths).toEqual(["/p/a\n.txt", "/p/é"]);
    const kept = new FileTable(columns);
    expect(kept.path(placeOf(files.find("/p/é")!))).toBe("/p/é");
    expect(kept.get(0)).toEqual(SEEN.get("/p/a\n.txt"));
    expect(kept.find("/p/gone")).toBeUndefined();
  });

  test("of any actions, those that are left without some are what they were", () => {
    const ids = fc.array(fc.nat(99), { maxLength: 3 });
    const row = fc.record({
      target: fc.constantFrom("said", "all"),
      keys: fc.array(fc.stringMatching(/^[a-zé\n 1]{1,3}$/), { maxLength: 2 }),
      standing: fc.constantFrom(...STANDINGS),
      outputs: ids,
      reads: ids,
      traceAt: fc.option(fc.nat(), { nil: undefined }),
    });
    const tableOf = (rows: readonly ActionRow[], begin?: ActionColumns) => {
      const packer = new ActionPacker(begin);
      for (const one of rows) packer.add(one);
      return new ActionTable(packer.columns((id) => id));
    };
    const rowsOf = (table: ActionTable): ActionRow[] =>
      Array.from({ length: table.size }, (_, row) => ({
        target: table.target(row),
        keys: table.keys(row),
        standing: table.standing(row),
        outputs: [...table.outputs(row)],
        reads: [...table.reads(row)],
        traceAt: table.traceAt(row),
      }));
    fc.assert(
      fc.property(fc.array(row), fc.array(fc.nat(12)), fc.array(row), (rows, gone, more) => {
        const dropped = new Set(gone.filter((one) => one < rows.length));
        const left = rows.filter((_, i) => !dropped.has(i));
        const table = tableOf(rows);
        expect(rowsOf(table)).toEqual(rows);
        expect(rowsOf(tableOf(more, table.without(dropped)))).toEqual([...left, ...more]);
      }),
    );
  });

  test("cut off or changed at any byte, it is not used, and that is said", () => {
    const path = join(folder(), "snapshot");
    save(path);
    const whole = readFileSync(path);
    const warning = `${NAME} is damaged and is not used: every file is read again.`;
    for (let at = 0; at < whole.length; at++) {
      writeFileSync(path, whole.subarray(0, at));
      expect(loadSnapshot(path, NAME)).toEqual({ snapshot: undefined, warning });
      const damaged = Buffer.from(whole);
      damaged[at] = damaged[at]! ^ 1;
      writeFileSync(path, damaged);
      expect(loadSnapshot(path, NAME)).toEqual({ snapshot: undefined, warning });
    }
  });
});

describe("blobs", () => {
  function stored(text: string, keep: "copy" | "link") {
    const root = folder();
    const file = join(root, "made");
    writeFileSync(file, text);
    const blobs = new BlobStore(join(root, "cache"));
    const digest = sha256(text);
    blobs.put(file, digest, keep);
    return { root, file, blobs, digest };
  }

  test.each(["copy", "link"] as const)("what was put by %s comes back", (keep) => {
    const { root, blobs, digest } = stored("bytes", keep);
    expect(blobs.has(digest)).toBe(true);
    expect(blobs.get(digest, join(root, "back"))).toBe(true);
    expect(readFileSync(join(root, "back"), "utf8")).toBe("bytes");
    expect(blobs.get(sha256("other"), join(root, "none"))).toBe(false);
    expect(readdirSync(dirname(blobs.path(digest)))).toEqual([digest]);
  });

  test("a copy is safe from an edit of the file in place, and its own file in turn from the restored one", () => {
    const { root, file, blobs, digest } = stored("bytes", "copy");
    appendFileSync(file, "!");
    expect(blobs.get(digest, join(root, "back"))).toBe(true);
    appendFileSync(join(root, "back"), "!");
    expect(blobs.get(digest, join(root, "again"))).toBe(true);
  });

  test("a link shares its bytes with the file: an edit in place is found out, and costs the blob alone", () => {
    const { root, file, blobs, digest } = stored("bytes", "link");
    expect(statSync(file).ino).toBe(statSync(blobs.path(digest)).ino);
    appendFileSync(file, "!");
    expect(blobs.get(digest, join(root, "back"))).toBe(false);
    expect(existsSync(join(root, "back"))).toBe(false);
    expect(blobs.has(digest)).toBe(false);
    expect(readFileSync(file, "utf8")).toBe("bytes!");
  });

  test("a damaged blob is a miss and is removed, so that the next one takes its place", () => {
    const { root, file, blobs, digest } = stored("bytes", "copy");
    for (const damage of ["bytez", "byte", ""]) {
      writeFileSync(blobs.path(digest), damage);
      expect(blobs.get(digest, join(root, "back"))).toBe(false);
      expect(blobs.has(digest)).toBe(false);
      blobs.put(file, digest, "copy");
      expect(blobs.get(digest, join(root, "back"))).toBe(true);
      rmSync(join(root, "back"));
    }
  });

  test.each(["copy", "link"] as const)("what is put by %s takes the place of a damaged blob", (keep) => {
    const { root, blobs, digest } = stored("bytes", keep);
    writeFileSync(blobs.path(digest), "bytez");
    const anew = join(root, "anew");
    writeFileSync(anew, "bytes");
    for (let time = 0; time < 2; time++) blobs.put(anew, digest, keep);
    expect(readdirSync(dirname(blobs.path(digest)))).toEqual([digest]);
    expect(blobs.get(digest, join(root, "back"))).toBe(true);
  });

  test("a folder under a blob's name is no blob", () => {
    const { blobs, digest } = stored("bytes", "copy");
    rmSync(blobs.path(digest));
    mkdirSync(blobs.path(digest));
    expect(blobs.has(digest)).toBe(false);
  });
});

describe("action cache", () => {
  const KEY = sha256("key") as string as ActionKey;
  const RESULT = { outputs: { audio: sha256("a"), marks: sha256("b") }, ms: 12 };

  test("a result is found by its key; the last one put counts", () => {
    const cache = new ActionCache(folder());
    expect(cache.get(KEY)).toBeUndefined();
    cache.put(KEY, { outputs: { audio: sha256("c") }, ms: 1 });
    cache.put(KEY, RESULT);
    expect(cache.get(KEY)).toEqual(RESULT);
  });

  test("a damaged record is not known", () => {
    const root = folder();
    const cache = new ActionCache(root);
    cache.put(KEY, RESULT);
    const path = join(root, "ac", KEY.slice(0, 2), KEY);
    const whole = readFileSync(path, "utf8");
    const shapes = ["null", "[]", "{}", '{"outputs":null}', '{"outputs":{}}', '{"outputs":{"a":5}}'];
    const traversal = '{"outputs":{"audio":"../../../../etc/passwd"},"ms":1}';
    for (const text of [...shapes, traversal, ...Array.from(whole, (_, length) => whole.slice(0, length))]) {
      writeFileSync(path, text);
      expect(cache.get(KEY)).toBeUndefined();
    }
  });
});

describe("lock", () => {
  const never = new AbortController().signal;
  let program: string;

  /** What a child process runs: takes the lock, says so, and holds it, or takes it again and again. */
  beforeAll(async () => {
    program = join(realpathSync(mkdtempSync(join(tmpdir(), "faceless-lock-"))), "holder.mjs");
    await build({
      stdin: {
        contents: `
          import { appendFileSync } from "node:fs";
          import { setImmediate as turn } from "node:timers/promises";
          import { acquireLock } from "./lib/store/lock.ts";
          const [path, log, rounds] = process.argv.slice(2);
          const never = new AbortController().signal;
          for (let i = 0; i < Number(rounds ?? 1); i++) {
            const lock = await acquireLock(path, "faceless build output/child", () => {}, never);
            if (log === undefined) {
              console.log("held");
              setInterval(() => {}, 1e9);
              await new Promise(() => {});
            }
            appendFileSync(log, "enter " + process.pid + "\\n");
            for (let n = 0; n < 20; n++) await turn();
            appendFileSync(log, "leave " + process.pid + "\\n");
            lock.release();
          }`,
        resolveDir: join(import.meta.dirname, ".."),
      },
      outfile: program,
      bundle: true,
      format: "esm",
      platform: "node",
    });
  });
  afterAll(() => rmSync(dirname(program), { recursive: true, force: true }));

  function run(...args: string[]): ChildProcess {
    const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    return child;
  }

  /** A process that holds the lock. */
  async function holder(path: string): Promise<ChildProcess> {
    const child = run(path);
    await once(createInterface({ input: child.stdout! }), "line");
    return child;
  }

  async function killed(child: ChildProcess): Promise<void> {
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  }

  const lockPath = () => join(folder(), "state", "lock");
  const take = (path: string, onWait = (_: string) => {}): Promise<Lock | undefined> =>
    acquireLock(path, "faceless build output/demo", onWait, never);

  test("the second waits, is told once for whom, and has it when the first lets go", async () => {
    const path = lockPath();
    const first = (await take(path))!;
    const told: string[] = [];
    let second: Lock | undefined;
    const waiting = new Promise<void>((resolve) => {
      void take(path, (owner) => {
        told.push(owner);
        resolve();
      }).then((lock) => {
        second = lock;
      });
    });
    await waiting;
    expect(second).toBeUndefined();
    first.release();
    await vi.waitFor(() => expect(second).toBeDefined());
    expect(told).toEqual([`faceless build output/demo (process ${process.pid} on ${hostname()})`]);
    first.release(); // once more: it is the second's by now
    expect(existsSync(path)).toBe(true);
    second!.release();
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test("who waits can give up", async () => {
    const path = lockPath();
    const first = (await take(path))!;
    const stop = new AbortController();
    const lock = await acquireLock(path, "second", () => stop.abort(), stop.signal);
    expect(lock).toBeUndefined();
    first.release();
    expect(existsSync(path)).toBe(false);
  });

  test("another process holds it: its name is told; killed, it holds nothing any more", async () => {
    const path = lockPath();
    const child = await holder(path);
    const told: string[] = [];
    const stop = new AbortController();
    const onWait = (owner: string) => {
      told.push(owner);
      stop.abort();
    };
    expect(await acquireLock(path, "me", onWait, stop.signal)).toBeUndefined();
    expect(told).toEqual([`faceless build output/child (process ${child.pid} on ${hostname()})`]);
    await killed(child);
    expect(existsSync(path)).toBe(true);
    (await take(path, (owner) => told.push(owner)))!.release();
    expect(told).toHaveLength(1);
    expect(existsSync(path)).toBe(false);
  });

  test("a pid that now is another process's holds nothing", async () => {
    const path = lockPath();
    (await take(path))!.release();
    const owner = { pid: process.pid, host: hostname(), born: "1", token: "t", command: "old" };
    const lock = await take(path);
    const own = JSON.parse(readFileSync(path, "utf8"));
    lock!.release();
    for (const change of [{}, { pid: 2 ** 40 }, { pid: 1 }]) {
      writeFileSync(path, JSON.stringify({ ...own, ...owner, ...change }));
      (await take(path, (holder) => expect(holder).toBe("nobody")))!.release();
    }
  });

  test("an owner on another host, or in another container, is believed while its heart beats", async () => {
    for (const change of [{ host: "elsewhere" }, { space: "another" }]) {
      const path = lockPath();
      const lock = (await take(path))!;
      const own = JSON.parse(readFileSync(path, "utf8"));
      lock.release();
      writeFileSync(path, JSON.stringify({ ...own, ...change, pid: 2 ** 30, command: "theirs" }));
      const stop = new AbortController();
      expect(await acquireLock(path, "me", () => stop.abort(), stop.signal)).toBeUndefined();
      const old = new Date(Date.now() - 61_000);
      utimesSync(path, old, old);
      (await take(path))!.release();
    }
  });

  test.each([
    [""],
    ["{"],
    ["null"],
    ['{"pid":0}'],
    ['{"pid":-1,"host":"h","token":"t","command":"c"}'],
    ["\0\0"],
  ])("%j names no owner: it is waited for while it is new, and broken when it is old", async (text) => {
    const path = lockPath();
    mkdirSync(dirname(path));
    writeFileSync(path, text);
    const stop = new AbortController();
    const told: string[] = [];
    const onWait = (owner: string) => {
      told.push(owner);
      stop.abort();
    };
    expect(await acquireLock(path, "me", onWait, stop.signal)).toBeUndefined();
    expect(told).toEqual(["another build"]);
    const old = new Date(Date.now() - 11_000);
    utimesSync(path, old, old);
    (await take(path))!.release();
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test("a folder in its place goes the same way", async () => {
    const path = lockPath();
    mkdirSync(path, { recursive: true });
    const old = new Date(Date.now() - 11_000);
    utimesSync(path, old, old);
    (await take(path))!.release();
    expect(existsSync(path)).toBe(false);
  });

  test("many processes after one dead owner: no two are ever in at once", async () => {
    const path = lockPath();
    await killed(await holder(path));
    // Who breaks the lock may be killed too.
    writeFileSync(`${path}.break`, "1");
    const old = new Date(Date.now() - 11_000);
    utimesSync(`${path}.break`, old, old);
    const log = join(dirname(path), "log");
    const contenders = [1, 2, 3, 4].map(() => run(path, log, "6"));
    const codes = await Promise.all(contenders.map(async (child) => (await once(child, "exit"))[0]));
    expect(codes).toEqual([0, 0, 0, 0]);
    const lines = readFileSync(log, "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(4 * 6 * 2);
    for (let i = 0; i < lines.length; i += 2) {
      expect(lines[i]).toMatch(/^enter/);
      expect(lines[i + 1]).toBe(lines[i]!.replace("enter", "leave"));
    }
    expect(readdirSync(dirname(path))).toEqual(["log"]);
  });

  test("who may remove a dead owner's lock is waited for, however long it takes; when it dies, another may", async () => {
    const path = lockPath();
    await killed(await holder(path));
    const dead = readFileSync(path, "utf8");
    // As a waiter leaves it that was suspended for a minute between its last look and the removal.
    const suspended = await holder(join(dirname(path), "other"));
    const right = `${path}.${sha256(JSON.parse(dead).token).slice(0, 32)}`;
    renameSync(join(dirname(path), "other"), right);
    const old = new Date(Date.now() - 61_000);
    utimesSync(right, old, old);
    const told: string[] = [];
    let taken: Lock | undefined;
    const waiting = new Promise<void>((resolve) => {
      void take(path, (owner) => {
        told.push(owner);
        resolve();
      }).then((lock) => {
        taken = lock;
      });
    });
    await waiting;
    expect([taken, readFileSync(path, "utf8")]).toEqual([undefined, dead]);
    expect(told).toEqual([`faceless build output/child (process ${suspended.pid} on ${hostname()})`]);
    await killed(suspended);
    await vi.waitFor(() => expect(taken).toBeDefined());
    expect(readdirSync(dirname(path))).toEqual(["lock"]);
    taken!.release();
    expect(readdirSync(dirname(path))).toEqual([]);
  });
});

describe("file states", () => {
  const NOW = Date.now();
  const at = (path: string, ms: number) => utimesSync(path, new Date(ms), new Date(ms));
  /** A clock so far ahead that what is touched now counts as old. */
  const later = () => Date.now() + 60_000;

  function file(text = "hello"): string {
    const path = join(folder(), "file");
    writeFileSync(path, text);
    return path;
  }

  test("an old file is read once: its stamp vouches for it", () => {
    const path = file();
    const first = observe(path, undefined, later)!;
    expect(first).toMatchObject({ kind: "file", digest: sha256("hello"), settled: true });
    expect(observe(path, first, later)).toBe(first);
  });

  test("touched, it is read again and is the same", () => {
    const path = file();
    const first = observe(path, undefined, later)!;
    at(path, NOW - 5_000);
    const second = observe(path, first, later)!;
    expect(second).not.toBe(first);
    expect(second.digest).toBe(first.digest);
  });

  test("an edit within the tick of the clock, of the same size, under the same stamp, is seen", () => {
    const path = file();
    const first = observe(path, undefined, () => NOW + 1_000)!;
    expect(first.settled).toBe(false);
    writeFileSync(path, "jello");
    // As on a file system whose clock ticks every 2 s: the stamp is what it was.
    const second = observe(path, first, () => NOW + 1_000)!;
    expect(second.digest).toBe(sha256("jello"));
    const lying: FileState = { ...first, stamp: second.stamp };
    expect(observe(path, lying, () => NOW + 1_000)!.digest).toBe(sha256("jello"));
  });

  test("a time of change in the future is never trusted", () => {
    const path = file();
    at(path, NOW + 3_600_000);
    const state = observe(path, undefined, later)!;
    expect(state.settled).toBe(false);
    expect(observe(path, state, later)).not.toBe(state);
  });

  test("a file that keeps its size and time of modification, as after cp -p, is seen by its other times", () => {
    const path = file();
    at(path, NOW - 60_000);
    const first = observe(path, undefined, later)!;
    expect(first.settled).toBe(true);
    const copy = `${path}.new`;
    writeFileSync(copy, "jello");
    at(copy, NOW - 60_000);
    renameSync(copy, path);
    expect(observe(path, first, later)!.digest).toBe(sha256("jello"));
  });

  test("a file, then a folder, then nothing", () => {
    const path = file();
    const first = observe(path, undefined, later);
    rmSync(path);
    mkdirSync(path);
    const second = observe(path, first, later)!;
    expect(second.kind).toBe("folder");
    writeFileSync(join(path, "a"), "");
    const third = observe(path, second, later)!;
    expect(third.digest).not.toBe(second.digest);
    rmSync(path, { recursive: true });
    expect(observe(path, third, later)).toBeUndefined();
    expect(observe(join(file(), "below a file"), undefined, later)).toBeUndefined();
  });

  test("a pipe is never opened: nobody may ever write to it", () => {
    const path = join(folder(), "pipe");
    execFileSync("mkfifo", [path]);
    const state = observe(path, undefined, later)!;
    expect(state).toMatchObject({ kind: "special", settled: false });
    expect(observe(path, state, later)).toEqual(state);
  });

  test("one build looks once, unless it is asked to look again", () => {
    const path = file();
    const states = new FileStates(new FileTable(), later);
    const first = states.look(path);
    writeFileSync(path, "other");
    expect(states.look(path)).toEqual(first);
    expect(states.lookAgain(path)!.digest).toBe(sha256("other"));
    expect(states.look(path)!.digest).toBe(sha256("other"));
    states.removed(path);
    expect(states.look(path)).toBeUndefined();
  });

  test("settling reads what has become old enough, and tells of what is not the same", () => {
    const [path, other, gone] = [file(), file(), file()];
    let now = NOW;
    const states = new FileStates(new FileTable(), () => now);
    for (const one of [path, other, gone]) expect(states.look(one)!.settled).toBe(false);
    states.settle();
    expect(states.look(path)!.settled).toBe(false);
    now = NOW + 60_000;
    states.settle();
    expect([states.look(path)!.settled, states.changed]).toEqual([true, false]);
    const again = new FileStates(new FileTable(), () => now - 60_000);
    for (const one of [path, other, gone]) again.look(one);
    writeFileSync(other, "by hand");
    now += 60_000;
    again.settle();
    expect(again.changed).toBe(true);
  });

  test("a file that changes each time it is read is a failure that names it", () => {
    const path = file("x".repeat(10));
    // Each reading itself moves the file on: the stat before and after never agree.
    const error = whileWriting(path, () => hashFile(path));
    expect(error).toMatchObject({
      message: `${path} changed each time it was read.`,
      help: "Build again when nothing writes to it any more.",
    });
  });

  test("a file that nobody may write can be synced all the same", async () => {
    const path = file();
    execFileSync("chmod", ["0444", path]);
    await syncFile(path);
    expect(readFileSync(path, "utf8")).toBe("hello");
  });
});

/** Calls `read` while another process writes to the file without a pause, and returns what it throws. */
function whileWriting(path: string, read: () => unknown): unknown {
  const writer = spawn("sh", ["-c", `while :; do printf x >> "$1"; done`, "sh", path], { stdio: "ignore" });
  try {
    const deadline = Date.now() + 60_000;
    while (Date.now() < deadline) {
      try {
        read();
      } catch (error) {
        return error;
      }
    }
    return undefined;
  } finally {
    writer.kill("SIGKILL");
  }
}
