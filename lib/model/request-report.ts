/** What a log is told of requests to services. */

/** One request to a service, and how it ended. */
export interface RequestReport {
  /** The provider's name in the configuration: "azure". */
  readonly provider: string;
  readonly model: string;
  /** What a provider is used for: "image". */
  readonly use: string;
  /** How often the same was asked by now, this one included. */
  readonly attempt: number;
  readonly ms: number;
  /** Of the answer; undefined where none came, or none that could be read. */
  readonly status?: number | undefined;
  /** What kind of failure it was: "rate-limit"; undefined where it was none. */
  readonly fault?: string | undefined;
  /** What the service calls it, for its support. */
  readonly requestId?: string | undefined;
}
