/** An expected failure, thrown inside a task or provider and caught in one place, with what to do about it. */

export class Failure extends Error {
  /** What the user can do next; one or more sentences. */
  readonly help: string | undefined;

  constructor(message: string, options: { help?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "Failure";
    this.help = options.help;
  }
}
