/** A circuit breaker: what is known to fail is not asked for again, so that a dead key fails once, not sixty times. */
import type { Clock } from "../../base/clock.ts";
import { Failure } from "../../base/failure.ts";
import { FAULTS, type Fault, isIsolated } from "./fault.ts";
import type { Subject } from "./subject.ts";
import type { Brief } from "./wording.ts";

/** So many requests in a row, each with all its retries, found no service behind it; then nothing is asked for a while. */
const DOWN_AFTER = 3;
const DOWN_FOR = 60_000;

interface Open {
  readonly why: Brief;
  /** Whether other work is gone on with. */
  readonly isolated: boolean;
  /** Milliseconds since 1970. */
  readonly until: number;
}

type Asked = Pick<Subject, "model" | "voice">;
type Scope = "service" | "model" | "voice";

/** Who else is not asked, by a key for each. */
function scopesOf({ model, voice }: Asked): Readonly<Record<Scope, string>> {
  const key = (...names: string[]) => JSON.stringify(names);
  return { service: key(), model: key(model), voice: key(model, voice?.id ?? "") };
}

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
  check(asked: Asked): void {
    const open = this.#openOf(asked).find(({ until }) => until > this.#clock.now());
    if (open === undefined) return;
    const { isolated, why } = open;
    const told = `${this.#name} was not asked, since it failed before: ${why.head}.`;
    throw new Failure(told, { code: why.code, passing: true, isolated });
  }

  /** For a request that was under way when another failed for good in the same way: undefined where none did. */
  known(asked: Asked, { head, code }: Brief): Failure | undefined {
    const known = this.#openOf(asked).find(
      ({ until, why }) => until === Number.POSITIVE_INFINITY && why.head === head,
    );
    if (known === undefined) return undefined;
    return new Failure(`${head}, as was told before.`, { code, passing: true, isolated: known.isolated });
  }

  #openOf(asked: Asked): readonly Open[] {
    return Object.values(scopesOf(asked)).flatMap((key) => this.#open.get(key) ?? []);
  }

  succeeded(): void {
    this.#failed = 0;
  }

  /** A request has failed for good. */
  failed(asked: Asked, { kind }: Fault, why: Brief): void {
    const { ends, retried } = FAULTS[kind];
    const scopes = scopesOf(asked);
    if (ends !== "request")
      this.#open.set(scopes[ends], { why, isolated: isIsolated(kind), until: Number.POSITIVE_INFINITY });
    if (!retried || ends !== "request") return;
    this.#failed += 1;
    if (this.#failed >= DOWN_AFTER)
      this.#open.set(scopes.service, { why, isolated: false, until: this.#clock.now() + DOWN_FOR });
  }
}
