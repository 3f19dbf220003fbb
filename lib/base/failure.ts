/** An expected failure, thrown inside a task or provider and caught in one place, with what to do about it. */

/** What kind of failure each code is, and the exit status of a program that ends with it. */
export const FAILURES = {
  /** Of the command line. */
  "usage.invalid": { exit: 2 },
  /** Of the configuration: something that is needed is not there, is wrong, or the environment does not have it. */
  "config.missing": { exit: 2 },
  "config.invalid": { exit: 2 },
  "config.environment": { exit: 2 },
  /** Of a service: of no kind below; of the pictures, text, or speech it makes; asked too often; a key it does not take. */
  "api.provider": { exit: 1 },
  "api.image": { exit: 1 },
  "api.text": { exit: 1 },
  "api.speech": { exit: 1 },
  "api.rate-limit": { exit: 1 },
  "api.authentication": { exit: 1 },
  /** Of money: the budget does not allow it; nobody knows whether it was charged; the user does not want to buy it again. */
  "money.budget": { exit: 1 },
  "money.maybe-charged": { exit: 1 },
  "money.declined": { exit: 1 },
  /** Of what an author wrote. */
  "script.invalid": { exit: 1 },
  "script.scene": { exit: 1 },
  /** Of the build: what is on the disk is in its way; one target cannot be made. */
  "pipeline.state": { exit: 1 },
  "pipeline.target": { exit: 1 },
  /** Of pictures and sound: a file of the author's own; a letter or font; what ffmpeg says; what does not fit together. */
  "media.source": { exit: 1 },
  "media.font": { exit: 1 },
  "media.ffmpeg": { exit: 1 },
  "media.assembly": { exit: 1 },
  /** Of the program or a task: nobody has foreseen it. */
  "program.error": { exit: 1 },
} as const satisfies Record<string, { readonly exit: 1 | 2 }>;

export type FailureCode = keyof typeof FAILURES;

export class Failure extends Error {
  /** What kind it is; a target's, if nobody says more. */
  readonly code: FailureCode;
  /** What the user can do next; one or more sentences. */
  readonly help: string | undefined;
  /** Whether the same can do better later, though nothing that it is made of has changed: a service, a key. */
  readonly passing: boolean;
  /** Whether it says nothing of other work, which is gone on with: a service refused one request, or failed it. */
  readonly isolated: boolean;

  constructor(
    message: string,
    options: {
      code?: FailureCode;
      help?: string | undefined;
      passing?: boolean;
      isolated?: boolean;
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "Failure";
    this.code = options.code ?? "pipeline.target";
    this.help = options.help;
    this.passing = options.passing ?? false;
    this.isolated = options.isolated ?? false;
  }
}
