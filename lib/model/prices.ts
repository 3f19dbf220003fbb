/** What services ask for their work, as tables say. */

/** US dollars for one model. What a model does not do has no price. */
export interface ModelPrice {
  /** For a million tokens. */
  readonly text?: { readonly input: number; readonly cached_input?: number; readonly output: number };
  readonly image?: {
    /** For one picture: by quality ("low", "medium", "high"), then by size ("1024x1024"). */
    readonly pictures?: Readonly<Record<string, Readonly<Record<string, number>>>>;
    /** For a million tokens, where the answer tells how many it took. */
    readonly tokens?: { readonly text_input: number; readonly image_input: number; readonly output: number };
  };
  /** For a million characters, or for a minute of what is heard. */
  readonly speech?: { readonly characters?: number; readonly minute?: number };
  /** Where it was read. */
  readonly source: string;
}

export interface PriceTable {
  /** When the shipped prices were read: "2026-11-22". */
  readonly date: string;
  readonly currency: "USD";
  readonly models: Readonly<Record<string, ModelPrice>>;
}
