/** How the carrying out of a decision has ended, where it was no failure. */

/** `moved`: that path changed meanwhile, so the decision no longer holds. `gone`: the store has it no more. */
export type Carried =
  /** `saved`: US dollars that what was restored cost when it was made. */
  | { readonly kind: "done"; readonly saved?: number }
  /** Superseded: in the store, and not put in place. */
  | { readonly kind: "stored" }
  | { readonly kind: "moved"; readonly what: "input" | "output"; readonly path: string }
  | { readonly kind: "gone" };
