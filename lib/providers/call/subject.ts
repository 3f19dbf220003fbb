/** What was asked of a service, and by whose name: all that a message about it needs to know. */

/** What a request is for. */
export type Use = "image" | "speech" | "text";

/** What the words need to know of a service. */
export interface Addressee {
  /** The provider's name in the configuration: "azure". */
  readonly name: string;
  /** What to look at where the service does not accept the key: "AZURE_OPENAI_API_KEY in the environment or in .env". */
  readonly credentials: string;
  /** What to look at where the service is not at its address: "'base_url' of the provider in faceless.config.yaml". */
  readonly address: string;
}

/** What of an author's own words a request is about. */
export type Source = "image prompt" | "narration" | "script" | "topic";

/** A voice by the name that the niche has for it, and by that which the service is asked for. */
export interface Voice {
  readonly name: string;
  readonly id: string;
}

/** What was asked. */
export interface Subject {
  readonly use: Use;
  readonly model: string;
  /** The author's own words that it is about, for a message to show. */
  readonly text: string;
  /** What these are; if not given, what the use has. */
  readonly source?: Source | undefined;
  /** Who is to speak it. */
  readonly voice?: Voice | undefined;
}
