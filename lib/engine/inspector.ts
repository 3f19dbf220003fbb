/** Looks at one action: what it would be run with, what is on disk, and what follows from that. Changes nothing. */
import { sep } from "node:path";
import { Failure } from "../base/failure.ts";
import type { Json } from "../base/json.ts";
import type { Action, TargetPath } from "../model/pipeline.ts";
import type { Task, Tool } from "../model/task.ts";
import type { Digest, Trace, TracedOutput } from "../model/trace.ts";
import type { Graph } from "../pipeline/graph.ts";
import type { MatchFiles } from "../pipeline/patterns.ts";
import type { ActionCache } from "../store/action-cache.ts";
import type { BlobStore } from "../store/blobs.ts";
import type { FileStates } from "../store/file-states.ts";
import type { FileId, FileState } from "../store/file-table.ts";
import type { Traces } from "../store/journal.ts";
import type { Readings } from "../store/readings.ts";
import { isOurs } from "./by-hand.ts";
import { type Decision, decide, type OutputOnDisk, type Situation } from "./decide.ts";
import { Unresolved } from "./evaluate.ts";
import { type JsonFiles, NoJson } from "./json-files.ts";
import type { Places } from "./place.ts";
import { chooseReading } from "./reading.ts";
import { Reads } from "./reads.ts";
import { namingValues } from "./reasons.ts";
import { type ResolveContext, type Resolved, resolveAction } from "./resolve.ts";
import { dropped } from "./vanished.ts";
import type { Way } from "./way.ts";

export interface InspectorParts {
  readonly graph: Graph;
  readonly places: Places;
  readonly tasks: ReadonlyMap<string, Task>;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly match: MatchFiles;
  /** Whether something is at an output's path in `pinned/`. */
  hasPin(path: TargetPath): boolean;
  readonly way: Way;
  readonly files: FileStates;
  readonly blobs: BlobStore;
  readonly cache: ActionCache;
  readonly json: JsonFiles;
  readonly readings: Readings;
  readonly traces: Traces;
  readonly discardEdits: boolean;
  readonly accept: Situation["accept"];
}

export interface Inspected {
  readonly resolved: Resolved;
  readonly decision: Decision;
}

/** What an output will be, and where these bytes are until then. */
interface Assumed {
  readonly digest: Digest;
  readonly file: string;
}

/** sha256 of no bytes: what a power cut can leave of a file, and what no output may be. */
const NO_BYTES = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export class Inspector {
  readonly #parts: InspectorParts;
  readonly #context: ResolveContext;
  /** In a dry run: what an output will hold. */
  readonly #assumed = new Map<string, Assumed>();
  /** What the traces vouch for of actions that make it no more. */
  readonly #dropped = new Map<Action, readonly TracedOutput[]>();
  /** The files that each action was found to depend on. */
  readonly #reads = new Reads();
  /** Of the action that is being inspected. */
  #asked = new Set<FileId>();

  constructor(parts: InspectorParts) {
    this.#parts = parts;
    this.#context = {
      ...parts,
      content: (path) => {
        const assumed = this.#assumed.get(path);
        return assumed === undefined ? this.#read(path) : { kind: "file", digest: assumed.digest };
      },
      json: (path, name) => this.readJson(path, name),
    };
  }

  /** @throws Unresolved where an input or value is not there, and errors of the file system */
  inspect(action: Action, forced: ReadonlySet<TargetPath>): Inspected {
    const { traces, discardEdits, accept } = this.#parts;
    this.#asked = new Set();
    const trace = traces.get(action.id);
    const resolved = chooseReading(action, resolveAction(action, this.#context), {
      trace,
      stored: (base) => this.#parts.readings.get(base),
      isMade: (key) => this.#parts.cache.get(key) !== undefined,
    });
    let found: { readonly digests: ReadonlyMap<TargetPath, Digest> | undefined } | undefined;
    const cached = () => {
      found ??= { digests: this.cached(action, resolved) };
      return found.digests;
    };
    const outputs = action.outputs.map(({ path }) => this.#onDisk(path, trace));
    this.#reads.set(action, this.#asked);
    const gone = dropped(action, trace);
    if (gone.length > 0) this.#dropped.set(action, gone);
    const { key, manifest } = resolved;
    return {
      resolved,
      decision: namingValues(
        decide({ key, manifest, trace, outputs, cached, forced, discardEdits, accept }),
        action.target,
      ),
    };
  }

  /** Every file whose content the action depends on, as far as it was inspected. */
  reads(action: Action): readonly FileId[] {
    const { files, places, graph } = this.#parts;
    const lists = graph
      .lists(action)
      .flatMap(({ outputs }) => outputs.map(({ path }) => places.output(path)));
    return [...this.#reads.get(action), ...lists.map((path) => files.ask(path))];
  }

  #read(path: string): FileState | undefined {
    const id = this.#parts.files.ask(path);
    this.#asked.add(id);
    return this.#parts.files.table.get(id);
  }

  #onDisk(path: TargetPath, trace: Trace | undefined): OutputOnDisk {
    const { places, files, blobs } = this.#parts;
    const seen = files.look(places.output(path));
    if (seen?.kind === "special") {
      throw new Failure(`${places.name(path)} is a pipe, socket or device, where an output has to be.`, {
        code: "pipeline.state",
        help: "Move it away and build again.",
      });
    }
    const state = seen?.kind === "file" ? seen : undefined;
    if (state === undefined) this.#parts.way.check(path, seen?.kind === "folder");
    const pinned = this.#parts.hasPin(path) ? this.#read(places.pinned(path)) : undefined;
    if (pinned !== undefined && pinned.kind !== "file")
      throw new Failure(`pinned/${path} is no regular file.`, { code: "pipeline.state" });
    const digest = state?.digest === NO_BYTES ? undefined : state?.digest;
    const recorded = trace?.outputs.some((output) => output.path === path) ?? false;
    const known = !recorded && digest !== undefined && blobs.has(digest);
    return { path, digest, pinned: pinned?.digest, known };
  }

  /** The digests by path, if the cache has the key and a blob for each output. */
  cached(action: Action, { key }: Resolved): ReadonlyMap<TargetPath, Digest> | undefined {
    const result = this.#parts.cache.get(key);
    if (result === undefined) return undefined;
    const digests = action.outputs.map(({ name, path }) => [path, result.outputs[name]] as const);
    return digests.every(
      (pair): pair is readonly [TargetPath, Digest] =>
        pair[1] !== undefined && this.#parts.blobs.has(pair[1]),
    )
      ? new Map(digests)
      : undefined;
  }

  /** What the last trace of an action vouches for and it makes no more. */
  dropped(action: Action): readonly TracedOutput[] {
    return this.#dropped.get(action) ?? [];
  }

  /** In a dry run: takes an output for what it will be. `file` has these bytes by now. */
  assume(path: TargetPath, digest: Digest, file: string): void {
    this.#assumed.set(this.#parts.places.output(path), { digest, file });
  }

  /** Where the bytes are that a file will have; the file itself, where it has them. */
  bytesOf(path: string): string {
    return this.#assumed.get(path)?.file ?? path;
  }

  /** The JSON in a built file, or in what it will be. @throws Unresolved */
  readJson(path: string, name: string): Json {
    const { json } = this.#parts;
    const assumed = this.#assumed.get(path);
    if (assumed === undefined) this.#read(path);
    try {
      return assumed === undefined ? json.read(path, name) : json.parse(assumed.digest, assumed.file, name);
    } catch (error) {
      throw error instanceof NoJson ? new Unresolved(error.message, this.#howToMend(path)) : error;
    }
  }

  /** Who has to mend a file depends on whose bytes it has, or will have. */
  #howToMend(path: string): string {
    const { graph, places, traces, files, hasPin } = this.#parts;
    const output = path.slice(places.output("" as TargetPath).length).replaceAll(sep, "/") as TargetPath;
    const assumed = this.#assumed.get(path)?.digest;
    const digest = assumed ?? files.look(path)!.digest;
    if (hasPin(output) && files.look(places.pinned(output))?.digest === digest)
      return `It is what ${places.sourceName(`pinned/${output}`)} has: mend that file.`;
    const maker = graph.maker(output)!;
    const trace = traces.get(maker.id);
    const written = trace?.outputs.find((one) => one.path === output);
    const isMade = written !== undefined && isOurs(written, digest) && trace?.how !== "accepted";
    return isMade || assumed !== undefined
      ? `It is as '${maker.target.name}' makes it, so what makes it is to be mended.`
      : "It was edited by hand: mend it, or build with --force and its path.";
  }
}
