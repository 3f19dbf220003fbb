/** What depends on what in one project, as a picture of it needs it: by target, or by output. */

/** A path is relative to the project; with a leading `/` it starts at the content repo's root. */
export type OutlineNode =
  /** A file that targets read and none makes; by target its pattern, with the references left in it. */
  | { readonly kind: "source"; readonly id: string; readonly path: string }
  | {
      readonly kind: "target";
      readonly id: string;
      readonly target: string;
      /** The task's type; null for a command. */
      readonly task: string | null;
      /** How many files it makes, as far as that is known. */
      readonly outputs: number;
      /** A list that is not built yet says how many more there are. */
      readonly atLeast: boolean;
    }
  | {
      readonly kind: "action";
      readonly id: string;
      readonly target: string;
      readonly task: string | null;
      /** Paths. */
      readonly outputs: readonly string[];
    };

/** How one rests on another: on its file, on a value in its JSON file, on a list in it that says how many there are. */
export type Tie = "file" | "value" | "list";

export interface OutlineEdge {
  /** Ids of nodes. */
  readonly from: string;
  readonly to: string;
  readonly ties: readonly Tie[];
}

/** Nodes and edges in one order for one state of the project. */
export interface Outline {
  /** "output/finance" */
  readonly project: string;
  readonly nodes: readonly OutlineNode[];
  readonly edges: readonly OutlineEdge[];
}

/** How a graph can be written. */
export const GRAPH_FORMATS = ["mermaid", "dot", "json"] as const;
export type GraphFormat = (typeof GRAPH_FORMATS)[number];
