/** Watches a project: drives the state machine with the events of the disk, a clock, and rounds of building. */
import type { FileTable } from "../store/file-table.ts";
import { statFile } from "../store/files.ts";
import { Cover } from "./cover.ts";
import { type Disk, openDisk } from "./disk.ts";
import { type Change, Seen } from "./seen.ts";
import { type Effect, IDLE, type Input, type News, type State, transition } from "./states.ts";

export interface RoundStart {
  /** Why there is another round; undefined for the first. */
  readonly news: News | undefined;
  readonly superseded: AbortSignal;
  /** To be called with the live table of files before the first of them counts as seen. */
  begun(files: FileTable): void;
}

export interface WatchRequest {
  /** The content repo, absolute. */
  readonly root: string;
  /** What the graph is described by, absolute: files, and folders of files. Watched even if no round succeeds. */
  readonly describing: readonly string[];
  /** Resolves when the round is over, also when `superseded` or `stop` have ended it. What fails in it is its to tell. */
  round(start: RoundStart): Promise<void>;
  /** What a person calls a path. */
  name(path: string): string;
  /** Called once: the first rounds are over, and from here on nothing is missed. */
  waiting(): void;
  readonly stop: AbortSignal;
  now(): number;
}

/** How often, while a round runs, it is seen what else it has asked for, in milliseconds. */
const COVER_MS = 1_000;

/** Resolves when `stop` has come and no round runs any more. @throws what a round throws, and Failure where nothing can be watched */
export function watchProject(request: WatchRequest): Promise<void> {
  return new Promise((resolve, reject) => new Watch(request, resolve, reject));
}

class Watch {
  readonly #request: WatchRequest;
  readonly #cover: Cover;
  readonly #seen: Seen;
  readonly #resolve: () => void;
  readonly #reject: (error: Error) => void;
  #state: State = IDLE;
  #superseding = new AbortController();
  /** Whether the last round, or the one under way, has come as far as to look at files. */
  #sees = false;
  /** What was to be looked at while a round had not come so far. */
  #held = { gathered: false, all: false };
  #timer: NodeJS.Timeout | undefined;
  #covering: NodeJS.Timeout | undefined;
  #disk: Disk | undefined;
  /** The one that sees more, until it is ready. */
  #successor: Disk | undefined;
  /** Whether there is more to be watched than is. */
  #wantsMore = false;
  #told = false;

  constructor(request: WatchRequest, resolve: () => void, reject: (error: Error) => void) {
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#cover = new Cover(request.root);
    this.#seen = new Seen(request.describing, this.#cover, request.now);
    request.stop.addEventListener("abort", () => this.#take({ type: "stop" }), { once: true });
    this.#take({ type: request.stop.aborted ? "stop" : "start" });
  }

  #take(input: Input): void {
    const { state, effects } = transition(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    this.#tellWaiting();
  }

  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case "look":
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#look(), Math.max(0, effect.at - this.#request.now()));
        break;
      case "build":
        void this.#build(effect.news);
        break;
      case "supersede":
        this.#superseding.abort();
        break;
      case "finish":
        void this.#close().then(this.#resolve, this.#fail);
    }
  }

  async #build(news: News | undefined): Promise<void> {
    this.#superseding = new AbortController();
    this.#sees = false;
    this.#wantsMore = this.#seen.noteDescription() || this.#wantsMore;
    this.#covering = setInterval(() => this.#extend(false), COVER_MS);
    try {
      await this.#request.round({
        news,
        superseded: this.#superseding.signal,
        begun: (files) => this.#begun(files),
      });
    } catch (error) {
      return this.#fail(error as Error);
    } finally {
      clearInterval(this.#covering);
    }
    this.#extend(true);
    this.#lookAtHeld();
    this.#take({ type: "ended" });
  }

  #begun(files: FileTable): void {
    this.#seen.follow(files);
    this.#sees = true;
    this.#extend(false);
    // Not before the round has gone on: it may find it all by itself.
    setImmediate(() => this.#lookAtHeld());
  }

  #lookAtHeld(): void {
    const { gathered, all } = this.#held;
    this.#held = { gathered: false, all: false };
    if (gathered) this.#look();
    if (all) this.#lookAtAll();
  }

  get #isBlind(): boolean {
    return !this.#sees && (this.#state.kind === "building" || this.#state.kind === "superseding");
  }

  #look(): void {
    if (this.#isBlind) {
      this.#held.gathered = true;
      return;
    }
    const gathered = "gathered" in this.#state ? this.#state.gathered : undefined;
    if (gathered === undefined) return;
    this.#take({ type: "looked", news: this.#newsOf(this.#seen.look(gathered.paths), gathered.last) });
  }

  #lookAtAll(): void {
    if (this.#isBlind) {
      this.#held.all = true;
      return;
    }
    const news = this.#newsOf(this.#seen.lookAtAll(!this.#sees), this.#request.now());
    if (news !== undefined) this.#take({ type: "found", news });
  }

  #newsOf(changes: readonly Change[], at: number): News | undefined {
    if (changes.length === 0) return undefined;
    const files = changes.map(({ path }) => this.#request.name(path));
    return { files, onlyListed: changes.every(({ listed }) => listed), at };
  }

  /** Another watcher takes over when it is ready; both share what they watch, so nothing is missed in between. */
  #extend(whole: boolean): void {
    this.#wantsMore = this.#seen.cover(whole) || this.#wantsMore;
    if (!this.#wantsMore || this.#successor !== undefined || this.#isOver) return;
    this.#wantsMore = false;
    // For a root that is not there chokidar says too early that it is ready.
    const outside = [...this.#cover.outside].filter((path) => statFile(path)?.isFile());
    const disk = openDisk({
      roots: [this.#request.root, ...outside],
      ignores: (path) => this.#ignores(path),
      changed: (path) => this.#take({ type: "changed", path, at: this.#request.now() }),
      failed: this.#fail,
      ready: () => this.#replace(disk),
    });
    this.#successor = disk;
  }

  /** What a round has just asked for is not ignored when it appears. */
  #ignores(path: string): boolean {
    this.#wantsMore = this.#seen.cover(false) || this.#wantsMore;
    return this.#cover.ignores(path);
  }

  #replace(disk: Disk): void {
    const before = this.#disk;
    this.#disk = disk;
    this.#successor = undefined;
    void before?.close().catch(this.#fail);
    if (this.#wantsMore) this.#extend(false);
    // What changed before it was watched has told nobody.
    this.#lookAtAll();
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    const settled = this.#state.kind === "idle" && this.#disk !== undefined && this.#successor === undefined;
    if (this.#told || !settled) return;
    this.#told = true;
    this.#request.waiting();
  }

  get #isOver(): boolean {
    return this.#state.kind === "stopping" || this.#state.kind === "stopped";
  }

  readonly #fail = (error: Error): void => {
    this.#state = { kind: "stopped" };
    this.#superseding.abort();
    void this.#close().then(() => this.#reject(error), this.#reject);
  };

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    clearInterval(this.#covering);
    await Promise.all([this.#disk?.close(), this.#successor?.close()]);
  }
}
