/** What somebody does to a project between two builds: edits of every kind, and damage to what is remembered. */
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { type Kind, listsOf, pipelineFile, type Spec } from "./oracle-pipeline.ts";
import type { Workshop } from "./workshop.ts";

const EDITS = {
  writeSource: 12,
  removeSource: 2,
  renameScript: 2,
  touch: 4,
  editSourceUnderSameStat: 2,
  editOutput: 5,
  copyOutput: 1,
  revertOutput: 2,
  rewriteOutput: 2,
  deleteOutput: 4,
  deleteFolder: 1,
  pin: 3,
  unpin: 2,
  spoilBlob: 2,
  deleteBlob: 2,
  spoilAction: 1,
  deleteAction: 1,
  deleteCache: 1,
  cutJournal: 1,
  flipJournal: 1,
  deleteJournal: 1,
  spoilSnapshot: 1,
  deleteSnapshot: 1,
  deleteState: 1,
  option: 2,
  values: 2,
  version: 2,
  salt: 3,
  folder: 1,
  clock: 2,
} as const;

/** `at` says where and `n` what, each modulo the choices there are. */
export interface Edit {
  readonly what: keyof typeof EDITS;
  readonly at: number;
  readonly n: number;
}

export const EDIT: fc.Arbitrary<Edit> = fc.record({
  what: fc.constantFrom(
    ...Object.entries(EDITS).flatMap(([what, weight]) =>
      Array<keyof typeof EDITS>(weight).fill(what as keyof typeof EDITS),
    ),
  ),
  at: fc.nat(999),
  n: fc.nat(999),
});

const SCRIPTS = ["scripts/a.txt", "scripts/b.txt", "scripts/c.txt"];
const SOURCES = [...SCRIPTS, "s0.txt", "s1.txt", "extra/x.txt", "extra/y.txt"];
const CAS = "/.faceless/cache/cas";
const AC = "/.faceless/cache/ac";
const JOURNAL = ".faceless/journal";
const SNAPSHOT = ".faceless/snapshot";
const HOUR_MS = 3_600_000;

export function digestOf(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

const valueEntry = (id: string, word: string) => ({ id, word, ...listsOf(word) });

function lines(n: number): string {
  const words = ["one", "two", "three", "four", "five"];
  const picked = [n % 5, Math.floor(n / 5) % 5, Math.floor(n / 25) % 5].map((at) => words[at]!);
  return `${[...picked.slice(0, 1 + (n % 3)), ...(n % 19 === 7 ? ["BOOM"] : [])].join("\n")}\n`;
}

/** A project as its user sees it, and what the user knows to have done to it. */
export class Project {
  readonly shop: Workshop;
  readonly spec: Spec;
  readonly salt = new Map<string, number>();
  readonly folder = new Map<string, number>();
  readonly versions = new Map<Kind, number>();
  option = "plain";
  values = [valueEntry("p", "pear")];
  /** What the last build left in an output and remembers as its own. */
  readonly ours = new Map<string, string>();
  /** Outputs whose record is lost, or may be since the journal was harmed: then an older one may count again. */
  readonly loose = new Map<string, "lost" | "harmed">();
  /** Outputs that the last build told of as edited by hand. */
  readonly toldEdited = new Set<string>();
  /** Action key to the contents that it made, as far as the store has them still. */
  readonly made = new Map<string, readonly string[]>();
  /** Actions that were up to date and whose record nobody harmed, with their key. */
  readonly settled = new Map<string, string>();
  #serial = 0;
  #known: readonly string[] = [];

  constructor(shop: Workshop, spec: Spec) {
    this.shop = shop;
    this.spec = spec;
    for (const [i, path] of SOURCES.entries()) if (i !== 2) shop.write(path, lines(i * 7));
    this.writePipeline();
  }

  writePipeline(): void {
    this.shop.write("/pipelines/p.yaml", pipelineFile(this.spec, this));
  }

  sources(): Map<string, string> {
    return new Map(this.#there(SOURCES).map((path) => [path, this.shop.read(path)]));
  }

  /** What is in pinned/, by the path of the output. */
  pins(): Map<string, string> {
    return new Map(this.#below("pinned").map((path) => [path.slice("pinned/".length), this.shop.read(path)]));
  }

  /** Every file in the folders where outputs are. */
  outputs(): string[] {
    const folders = readdirSync(this.shop.places.folder).filter((name) => /^t\d/.test(name));
    return folders.flatMap((folder) => this.#below(folder)).sort();
  }

  /** Digests in the store: what it has by name, and what of that is undamaged. */
  blobs(): { readonly named: ReadonlySet<string>; readonly intact: ReadonlySet<string> } {
    const files = this.#below(CAS);
    const named = files.map((path) => path.split("/").at(-1)!);
    const intact = named.filter(
      (name, i) =>
        createHash("sha256")
          .update(readFileSync(this.shop.path(files[i]!)))
          .digest("hex") === name,
    );
    return { named: new Set(named), intact: new Set(intact) };
  }

  apply({ what, at, n }: Edit, known: readonly string[]): void {
    this.#known = known;
    this.#edits[what](at, n);
  }

  readonly #edits: Readonly<Record<Edit["what"], (at: number, n: number) => void>> = {
    writeSource: (at, n) => this.shop.write(pick(SOURCES, at)!, lines(n)),
    removeSource: (at) => this.#remove(pick(this.#there(SOURCES), at)),
    renameScript: (at, n) => this.#renameScript(pick(this.#there(SCRIPTS), at), pick(SCRIPTS, n)!),
    touch: (at, n) => this.#touch(pick([...this.outputs(), ...this.#there(SOURCES)], at), n),
    editSourceUnderSameStat: (at, n) => this.#editSourceUnderSameStat(pick(this.#there(SOURCES), at), n),
    editOutput: (at, n) => this.#editOutput(pick(this.outputs(), at), n),
    copyOutput: (at, n) => this.#copyOutput(pick(this.outputs(), at), pick(this.outputs(), n)),
    revertOutput: (at) => this.#revertOutput(pick(this.outputs(), at)),
    rewriteOutput: (at) => this.#rewriteOutput(pick(this.outputs(), at)),
    deleteOutput: (at) => this.#remove(pick(this.outputs(), at)),
    deleteFolder: (at) => this.#remove(pick(this.outputs(), at)?.split("/")[0]),
    pin: (at, n) => this.#pin(pick(this.#known, at), n),
    unpin: (at) => this.#remove(pick(this.#below("pinned"), at)),
    spoilBlob: (at) => this.#overwrite(pick(this.#below(CAS), at), "spoilt"),
    deleteBlob: (at) => this.#remove(pick(this.#below(CAS), at)),
    spoilAction: (at) => this.#harmAction(pick(this.#below(AC), at), (path) => this.#overwrite(path, "{")),
    deleteAction: (at) => this.#harmAction(pick(this.#below(AC), at), (path) => this.#remove(path)),
    deleteCache: () => this.#deleteCache(),
    cutJournal: (_, n) => this.#lose("harmed", () => this.#cut(JOURNAL, n)),
    flipJournal: (_, n) => this.#lose("harmed", () => this.#flip(JOURNAL, n)),
    deleteJournal: () => this.#lose("lost", () => this.#remove(JOURNAL)),
    spoilSnapshot: (_, n) => this.#flip(SNAPSHOT, n),
    deleteSnapshot: () => this.#remove(SNAPSHOT),
    deleteState: () => this.#lose("lost", () => this.#remove(".faceless")),
    option: (_, n) => {
      this.option = pick(["plain", "fancy", "odd"], n)!;
    },
    values: (_, n) => {
      const second = n % 3 === 0 ? [valueEntry("q", "quince")] : [];
      this.values = [valueEntry("p", pick(["pear", "plum"], n)!), ...second];
    },
    version: (at, n) => this.versions.set(pick(this.spec.targets, at)!.kind, 1 + (n % 3)),
    salt: (at, n) => this.#editPipeline(this.salt, at, n),
    folder: (at, n) => this.#editPipeline(this.folder, at, n),
    clock: (_, n) => {
      this.shop.clock = pick([0, HOUR_MS, -HOUR_MS, 2 * HOUR_MS], n)!;
    },
  };

  #lose(how: "lost" | "harmed", harm: () => void): void {
    harm();
    for (const path of this.outputs()) if (this.loose.get(path) !== "lost") this.loose.set(path, how);
    this.settled.clear();
  }

  #deleteCache(): void {
    this.made.clear();
    this.#remove("/.faceless");
  }

  #harmAction(path: string | undefined, harm: (path: string) => void): void {
    if (path === undefined) return;
    const digests = JSON.stringify(Object.values(readAction(this.shop.read(path)).outputs).sort());
    for (const [key, contents] of this.made)
      if (JSON.stringify(contents.map(digestOf).sort()) === digests) this.made.delete(key);
    harm(path);
  }

  #cut(path: string, n: number): void {
    if (this.#there([path]).length === 0) return;
    truncateSync(this.shop.path(path), Math.floor((statSync(this.shop.path(path)).size * n) / 1_000));
  }

  #flip(path: string, n: number): void {
    if (this.#there([path]).length === 0) return;
    const bytes = readFileSync(this.shop.path(path));
    const at = Math.floor((bytes.length * n) / 1_000);
    if (at < bytes.length) bytes[at]! ^= 1;
    writeFileSync(this.shop.path(path), bytes);
  }

  #editPipeline(what: Map<string, number>, at: number, n: number): void {
    what.set(pick(this.spec.targets, at)!.name, n % 3);
    this.writePipeline();
  }

  #renameScript(from: string | undefined, to: string): void {
    if (from !== undefined && from !== to) renameSync(this.shop.path(from), this.shop.path(to));
  }

  #touch(path: string | undefined, n: number): void {
    const time = pick([new Date(), new Date("2001-01-01"), new Date("2101-01-01")], n)!;
    if (path !== undefined) utimesSync(this.shop.path(path), time, time);
  }

  #editSourceUnderSameStat(path: string | undefined, n: number): void {
    if (path !== undefined) this.#underSameStat(path, this.shop.read(path).replace(/^./, String(n % 10)));
  }

  /** Of the same size, with the time of modification set back: what `cp -p` and some editors do. */
  #underSameStat(path: string, content: string): void {
    const { atime, mtime } = lstatSync(this.shop.path(path));
    this.shop.write(path, content);
    utimesSync(this.shop.path(path), atime, mtime);
  }

  #editOutput(path: string | undefined, n: number): void {
    if (path === undefined) return;
    const hand = this.#byHand(path, "hand", n);
    if (n % 3 === 0) this.shop.write(path, hand);
    else if (n % 3 === 1) this.#replace(path, hand);
    else if (path.endsWith(".json")) this.#underSameStat(path, hand);
    else this.#underSameStat(path, hand.trimEnd().padEnd(this.shop.read(path).length, "!"));
  }

  /** Unlike anything that is ever made; of a list, one that can be used. */
  #byHand(path: string, who: string, n: number): string {
    const mark = `${who} ${++this.#serial}`;
    if (!path.endsWith(".json")) return `${mark}\n`;
    const items = lines(n)
      .trim()
      .split("\n")
      .map((text, i) => ({ number: i + 1, name: `${text}${i}`, text, ...listsOf(text) }));
    return JSON.stringify({ title: mark, items });
  }

  #copyOutput(path: string | undefined, from: string | undefined): void {
    if (path === undefined || from === undefined) return;
    if (path.endsWith(".json") === from.endsWith(".json")) this.shop.write(path, this.shop.read(from));
  }

  #revertOutput(path: string | undefined): void {
    if (path !== undefined && this.ours.has(path)) this.shop.write(path, this.ours.get(path)!);
  }

  #rewriteOutput(path: string | undefined): void {
    if (path !== undefined) this.#replace(path, this.shop.read(path));
  }

  #pin(path: string | undefined, n: number): void {
    if (path === undefined) return;
    const there = existsSync(this.shop.path(path));
    const pin = n % 4 === 0 && there ? this.shop.read(path) : this.#byHand(path, "pin", n);
    this.shop.write(`pinned/${path}`, pin);
  }

  #overwrite(path: string | undefined, content: string): void {
    if (path !== undefined) this.shop.write(path, content);
  }

  #replace(path: string, content: string): void {
    this.shop.write("/aside", content);
    renameSync(this.shop.path("/aside"), this.shop.path(path));
  }

  #remove(path: string | undefined): void {
    if (path !== undefined) rmSync(this.shop.path(path), { recursive: true, force: true });
  }

  #there(paths: readonly string[]): string[] {
    return paths.filter((path) => existsSync(this.shop.path(path)));
  }

  #below(folder: string): string[] {
    const absolute = this.shop.path(folder);
    if (!existsSync(absolute)) return [];
    return readdirSync(absolute, { recursive: true, encoding: "utf8" })
      .filter((name) => lstatSync(join(absolute, name)).isFile())
      .map((name) => `${folder}/${name}`)
      .sort();
  }
}

function pick<Item>(items: readonly Item[], number: number): Item | undefined {
  return items[number % Math.max(1, items.length)];
}

function readAction(text: string): { outputs: Record<string, string> } {
  try {
    return JSON.parse(text);
  } catch {
    return { outputs: {} }; // spoilt before
  }
}
