/** What a project has asked of paid services, and what of it may have been charged: its ledgers, opened when first needed. */
import { join } from "node:path";
import type { BuildEvent } from "../model/event.ts";
import type { Intent, LedgerRecord } from "../model/ledger.ts";
import type { ActionKey, Digest } from "../model/trace.ts";
import { Ledger, LedgerReader } from "../store/ledger.ts";
import type { Places } from "./place.ts";

export interface LedgerFile {
  readonly path: string;
  /** What messages call it. */
  readonly name: string;
}

/**
 * A project's own ledger and that of its drafts: each is written by whoever holds the lock of the one or the other, and
 * both are read by both, since what a draft has bought a film uses. Both are in the project's state, so that removing
 * all drafts forgets nothing that may have been charged.
 */
export function ledgerFiles({ folder, project }: Places): { final: LedgerFile; drafts: LedgerFile } {
  const file = (name: string) => ({
    path: join(folder, ".faceless", name),
    name: `${project}/.faceless/${name}`,
  });
  return { final: file("ledger"), drafts: file("ledger-drafts") };
}

export interface BooksParts {
  readonly places: Places;
  emit(event: BuildEvent): void;
}

/** For one build, which holds the lock if it writes. */
export class Books {
  readonly #parts: BooksParts;
  readonly #own: LedgerFile;
  readonly #readers: { readonly own: LedgerReader; readonly other: LedgerReader };
  #ledger: Promise<Ledger> | undefined;
  /** As soon as it is open. */
  #writing: Ledger | undefined;
  /** Keys whose results were bought, and are in the store alone until now: what is restored of them saves nothing. */
  readonly unplaced = new Set<ActionKey>();
  /** By their ids: requests without an end, or lost. */
  readonly #open = new Map<string, Intent>();
  #isEmpty = true;

  constructor(parts: BooksParts) {
    this.#parts = parts;
    const { final, drafts } = ledgerFiles(parts.places);
    const [own, other] = parts.places.isDraft ? [drafts, final] : [final, drafts];
    this.#own = own;
    const reader = ({ path, name }: LedgerFile) => new LedgerReader(path, name);
    this.#readers = { own: reader(own), other: reader(other) };
  }

  /**
   * Requests of which nobody knows whether they were charged: of all purchases, of those of a key, or of one. The oldest
   * is first. @throws Failure for a ledger that cannot be read
   */
  maybeCharged(key?: ActionKey, purchase?: Digest): readonly Intent[] {
    this.#readOn();
    return [...this.#open.values()].filter(
      (intent) =>
        (key === undefined || intent.key === key) && (purchase === undefined || intent.purchase === purchase),
    );
  }

  /** Whether nothing was ever asked for. @throws Failure like `maybeCharged` */
  get areEmpty(): boolean {
    this.#readOn();
    return this.#isEmpty;
  }

  /** Whether it is one of these. */
  isOpen(id: string): boolean {
    this.#readOn();
    return this.#open.has(id);
  }

  /** Written down, and on disk. */
  async write(record: LedgerRecord): Promise<void> {
    const ledger = await this.#writer();
    ledger.append(record);
    this.#note(record);
    await ledger.sync();
  }

  /** Written down; a power cut may take it. */
  async jot(record: LedgerRecord): Promise<void> {
    (await this.#writer()).append(record);
  }

  /** When nothing is bought any more; from now on another build may write. */
  close(): void {
    this.#writing?.close();
  }

  #writer(): Promise<Ledger> {
    if (this.#ledger === undefined) {
      this.#readOn();
      this.#ledger = this.#openLedger();
    }
    return this.#ledger;
  }

  async #openLedger(): Promise<Ledger> {
    const { path, name } = this.#own;
    this.#writing = await Ledger.open(path, name, this.#readers.own, (text) => this.#warn(text));
    return this.#writing;
  }

  #readOn(): void {
    // Our own ledger is read until we write it: from then on all that is in it is noted.
    const own = this.#ledger === undefined ? this.#readOnOf(this.#readers.own) : [];
    for (const record of merge(own, this.#readOnOf(this.#readers.other))) this.#note(record);
  }

  #readOnOf(reader: LedgerReader): readonly LedgerRecord[] {
    const { records, warnings } = reader.readOn();
    for (const text of warnings) this.#warn(text);
    return records;
  }

  #note(record: LedgerRecord): void {
    this.#isEmpty = false;
    switch (record.kind) {
      case "intent":
        this.#open.set(record.id, record);
        break;
      case "paid":
        this.#paid(record.id);
        break;
      case "unusable":
      case "refused":
        this.#open.delete(record.id);
        break;
      case "consented":
        for (const id of record.ids) this.#open.delete(id);
        break;
      case "lost":
      case "saved":
        break;
    }
  }

  /** With its answer there is nothing to ask any more about earlier requests for the same. */
  #paid(id: string): void {
    const paid = this.#open.get(id);
    for (const { id, key, purchase } of [...this.#open.values()])
      if (key === paid?.key && purchase === paid.purchase) this.#open.delete(id);
  }

  #warn(text: string): void {
    this.#parts.emit({ type: "notice", action: undefined, text });
  }
}

/** By their times, as far as that leaves the order within each: a clock can be set back. */
function merge(a: readonly LedgerRecord[], b: readonly LedgerRecord[]): readonly LedgerRecord[] {
  const merged: LedgerRecord[] = [];
  let next = 0;
  for (const record of a) {
    for (; next < b.length && b[next]!.at < record.at; next += 1) merged.push(b[next]!);
    merged.push(record);
  }
  return [...merged, ...b.slice(next)];
}
