/** A circuit breaker: what is known to fail is not asked for again, so that a dead key fails once, not sixty times. */
import type { Clock } from "../../base/clock.ts";
import { Failure } from "../../base/failure.ts";
import { FAULTS, type Fault } from "./fault.ts";
import type { Brief } from "./say.ts";

/** So many requests in a row, each with all its retries, found no service behind it; then nothing is asked for a while. */
const DOWN_AFTER = 3;
const DOWN_FOR = 60_000;

interface Open {
  readonly why: Brief;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** The key of what holds for every model. */
const SERVICE = "";

export class Breaker {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #open = new Map<string, Open>();
  #failed = 0;

  /** `name`: the provider's in the configuration. */
  constructor(name: string, clock: Clock) {
    this.#name = name;
    this.#clock = clock;
  }

  /** @throws Failure that tells what failed before: not in whole, since sixty may follow that one */
  check(model: string): void {
    for (const key of [SERVICE, model]) {
      const open = this.#open.get(key);
      if (open === undefined || open.until <= this.#clock.now()) continue;
      const { head, code } = open.why;
      const told = `${this.#name} was not asked, since it failed before: ${head}.`;
      throw new Failure(told, { code, passing: true });
    }
  }

  /** For a request that was under way when another failed for good in the same way: undefined where none did. */
  known(model: string, { head, code }: Brief): Failure | undefined {
    const isKnown = [SERVICE, model].some((key) => {
      const open = this.#open.get(key);
      return open?.until === Number.POSITIVE_INFINITY && open.why.head === head;
    });
    return isKnown ? new Failure(`${head}, as was told before.`, { code, passing: true }) : undefined;
  }

  succeeded(): void {
    this.#failed = 0;
  }

  /** A request has failed for good. */
  failed(model: string, { kind }: Fault, why: Brief): void {
    const { ends, retried } = FAULTS[kind];
    if (ends !== "request")
      this.#open.set(ends === "model" ? model : SERVICE, { why, until: Number.POSITIVE_INFINITY });
    if (!retried || kind === "bad-answer") return;
    this.#failed += 1;
    if (this.#failed >= DOWN_AFTER) this.#open.set(SERVICE, { why, until: this.#clock.now() + DOWN_FOR });
  }
}
