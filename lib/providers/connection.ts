/** What a service tells when it is asked whether it is there. */

export interface ConnectionRequest {
  readonly signal: AbortSignal;
  /** The voices that are to speak, as the configuration names them. */
  readonly voices: readonly string[];
}

export interface Connection {
  /** As remarks, of which the first completes "it answers, …": "24 models". */
  readonly found: readonly string[];
  /** Models in use that the service switches off. */
  readonly shutdowns: readonly Shutdown[];
}

export interface Shutdown {
  /** What the service calls the model. */
  readonly model: string;
  /** The day, in UTC: "2026-10-23". */
  readonly date: string;
}

/**
 * Asks nothing that costs money, once, and tries nothing again. Rejects with a Failure whose help says what to change, and
 * with the signal's reason as soon as it is aborted.
 */
export type TestConnection = (request: ConnectionRequest) => Promise<Connection>;
