/**
 * Raw answers of paid services, kept from when they came until the result that is made of them is in the store; and,
 * until they come, what was asked. Beside the cache: all who share it give away the same answer, and know of a request
 * that another project was killed over.
 */
import { hash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { JsonObject } from "../base/json.ts";
import type { Intent } from "../model/ledger.ts";
import type { Answer } from "../model/purchase.ts";
import type { ActionKey, Digest } from "../model/trace.ts";
import { statFile, syncNames, writeAtomically } from "./files.ts";

export interface KeptAnswer extends Answer {
  /** Of the request that it answers. */
  readonly id: string;
}

/** The first line of the file; the body follows. */
interface Head {
  readonly id: string;
  readonly cost: number | null;
  readonly usage: JsonObject;
  /** sha256 of the body. */
  readonly digest: string;
}

const ASKED = ".asked";
/** Beside the answers of a key: a task has come to its end with them. */
const USED = "used";

export class Answers {
  readonly #folder: string;

  /** @param cache the folder that holds `cas/` and `ac/` */
  constructor(cache: string) {
    this.#folder = join(cache, "answers");
  }

  /** One for each purchase of the key. */
  folder(key: ActionKey): string {
    return join(this.#folder, key);
  }

  path(key: ActionKey, purchase: Digest): string {
    return join(this.folder(key), purchase);
  }

  /** Undefined where there is none; "damaged" for one that is not what was written. */
  get(key: ActionKey, purchase: Digest): KeptAnswer | "damaged" | undefined {
    const path = this.path(key, purchase);
    if (statFile(path) === undefined) return undefined;
    const bytes = readFileSync(path);
    const end = bytes.indexOf(10);
    const head = parse<Head>(bytes.toString("utf8", 0, Math.max(0, end)));
    const body = bytes.subarray(end + 1);
    if (head === undefined || head.digest !== hash("sha256", body)) return "damaged";
    return { id: head.id, cost: head.cost ?? undefined, usage: head.usage, body };
  }

  /** A request without an answer, of any project: under way, or lost. A half-written one counts as none: it was not sent. */
  asked(key: ActionKey, purchase: Digest): Intent | undefined {
    const path = this.#askedPath(key, purchase);
    return statFile(path) === undefined ? undefined : parse<Intent>(readFileSync(path, "utf8"));
  }

  /** The same of all purchases of a key. */
  allAsked(key: ActionKey): readonly Intent[] {
    const asked = namesIn(this.folder(key)).filter((name) => name.endsWith(ASKED));
    return asked.flatMap((name) => this.asked(key, name.slice(0, -ASKED.length) as Digest) ?? []);
  }

  /** Whether there is nothing of any key: no answer, and nothing that was asked. */
  get isEmpty(): boolean {
    return namesIn(this.#folder).length === 0;
  }

  /** To be called before it is sent. */
  async ask(intent: Intent): Promise<void> {
    const path = this.#askedPath(intent.key, intent.purchase);
    writeAtomically(path, JSON.stringify(intent));
    await syncNames(path, dirname(this.#folder));
  }

  /** It was refused, or its answer is there. */
  unask(key: ActionKey, purchase: Digest): void {
    rmSync(this.#askedPath(key, purchase), { force: true });
  }

  #askedPath(key: ActionKey, purchase: Digest): string {
    return `${this.path(key, purchase)}${ASKED}`;
  }

  /** A power cut does not take it any more, nor its name. */
  async put(key: ActionKey, purchase: Digest, { id, body, cost, usage }: KeptAnswer): Promise<void> {
    const path = this.path(key, purchase);
    const head: Head = { id, cost: cost ?? null, usage, digest: hash("sha256", body) };
    writeAtomically(path, [Buffer.from(`${JSON.stringify(head)}\n`), body]);
    await syncNames(path, dirname(this.#folder));
  }

  /** A task has come to its end with the answers of this key, well or badly: whoever wants another result wants others. */
  markUsed(key: ActionKey): void {
    writeAtomically(join(this.folder(key), USED), "");
  }

  /** Those that a task has come to its end with; others were bought by a build that was interrupted, and nobody has seen them. */
  dropUsed(key: ActionKey): void {
    if (statFile(join(this.folder(key), USED)) !== undefined) this.drop(key);
  }

  /** All of a key: its result is in the store. */
  drop(key: ActionKey): void {
    rmSync(this.folder(key), { recursive: true, force: true });
  }
}

function namesIn(folder: string): readonly string[] {
  return statFile(folder) === undefined ? [] : readdirSync(folder);
}

function parse<Form>(text: string): Form | undefined {
  try {
    return JSON.parse(text) as Form;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
