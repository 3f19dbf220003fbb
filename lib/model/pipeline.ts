/** A pipeline as the engine uses it: checked, its project and option values filled in, plain data throughout. */
import type { Location } from "../base/diagnostic.ts";
import type { Json } from "../base/json.ts";

/** A `${…}` whose value depends on the binding; those of the project and the options are constants by now. */
export type Reference =
  /** `${scene}` is the key; `${scene.narration}` a part of the entry. */
  | {
      readonly kind: "axis";
      readonly axis: string;
      readonly path: readonly string[];
      readonly where: Location;
    }
  /** `${script.visual_style}`: a part of a JSON file that a target makes. */
  | {
      readonly kind: "target";
      readonly target: string;
      readonly output: string;
      readonly path: readonly string[];
      readonly where: Location;
    }
  /** A value of the project or the options, in a `run:` command alone: what is known is still to be quoted. */
  | {
      readonly kind: "value";
      readonly name: string;
      readonly value: Json;
      readonly where: Location;
    }
  /** `${in.photo}` and `${out}`, in a `run:` command alone. */
  | { readonly kind: "in"; readonly slot: string; readonly where: Location }
  | { readonly kind: "out"; readonly output: string; readonly where: Location }
  /** `${deps}`: the depfile that a command with `deps: make` writes. */
  | { readonly kind: "deps"; readonly where: Location };

/** A value of the pipeline with the references left in it. */
export type Expression =
  | { readonly kind: "constant"; readonly value: Json }
  /** A whole scalar `${x}`: keeps its type. */
  | { readonly kind: "reference"; readonly reference: Reference }
  | { readonly kind: "text"; readonly parts: readonly (string | Reference)[] }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [string, Expression])[] };

/** What targets repeat over. An axis comes after the axes it depends on. */
export type Axis = {
  readonly name: string;
  readonly where: Location;
  /** A number as a key is written with at least so many digits, so that file names sort. */
  readonly pad: number;
} & (
  | { readonly kind: "files"; readonly pattern: readonly (string | { readonly capture: true })[] }
  | { readonly kind: "values"; readonly entries: readonly AxisValue[] }
  | {
      readonly kind: "items";
      /** The list inside the JSON file. */
      readonly source: Extract<Reference, { kind: "target" }>;
      /** The member of an entry that is its key; undefined where the entries are scalars. */
      readonly key: string | undefined;
    }
);

/** One entry of an axis: its key, which stands in paths, and all of it. */
export interface AxisValue {
  readonly key: string;
  readonly value: Json;
}

/** `[scene in part.scenes]`: the entries of a gathered axis that a list in another axis's entry names. */
export interface Selection {
  /** The axis that is gathered. */
  readonly axis: string;
  /** The axis whose entry holds the list, and the dotted path of the list in it. */
  readonly of: string;
  readonly path: readonly string[];
  readonly where: Location;
}

/** One line of an `in:`. A slot has one of them, or a list. */
export type Input =
  | {
      readonly kind: "target";
      readonly target: string;
      readonly output: string;
      /** `image[scene+1]`: the neighbour on that axis. */
      readonly shift: { readonly axis: string; readonly by: number } | undefined;
      readonly selection: Selection | undefined;
      readonly where: Location;
    }
  /** A path or glob of source files; a leading `/` is the content repo's root. What references put in is literal. */
  | {
      readonly kind: "files";
      readonly pattern: Expression;
      /** The project's value that the whole pattern is: "music" for `${project.music}`. */
      readonly setting: string | undefined;
      readonly where: Location;
    };

export interface Target {
  readonly name: string;
  readonly where: Location;
  readonly recipe:
    | { readonly kind: "task"; readonly type: string }
    | {
        readonly kind: "run";
        readonly command: Expression;
        /** Where the command begins. */
        readonly where: Location;
        readonly text: string;
        /** The language of the file in which the command tells what it read. */
        readonly deps: "make" | undefined;
      };
  readonly inputs: readonly {
    readonly slot: string;
    readonly from: readonly Input[];
    /** Whether it is written as a list: to a command it then stands for any number of files, also one or none. */
    readonly several: boolean;
    readonly where: Location;
  }[];
  readonly params: Expression;
  /** Where each parameter stands in the file. */
  readonly paramsWhere: Readonly<Record<string, Location>>;
  /** The parameters that are written as nothing but one `${…}`, whose value keeps its type. */
  readonly wholes: readonly string[];
  readonly outputs: readonly {
    readonly name: string;
    readonly pattern: Expression;
    readonly where: Location;
  }[];
  /** The axes that the output patterns name, in the pipeline's order. */
  readonly axes: readonly string[];
  /** The name that bounds how many run at once. Like the two below it decides when, not what: none is in the key. */
  readonly pool: string;
  /** The longest that one attempt may take. */
  readonly timeout: { readonly seconds: number; readonly where: Location } | undefined;
  /** How often an attempt that failed is made again. */
  readonly retries: { readonly count: number; readonly where: Location } | undefined;
  /** What a build is for, as the pipeline says. */
  readonly isResult: boolean;
}

export interface Pipeline {
  /** The file, as a person would type it. */
  readonly file: string;
  readonly axes: readonly Axis[];
  readonly targets: readonly Target[];
}

/** Axis name to the entry that it is bound to. */
export type Binding = Readonly<Record<string, AxisValue>>;

/** A path relative to the project's folder, with `/` between its names. */
export type TargetPath = string & { readonly TargetPath: unique symbol };

/** A target bound to one entry of each of its axes: what is brought up to date as one. */
export interface Action {
  /** The path of its first output. */
  readonly id: TargetPath;
  readonly target: Target;
  readonly binding: Binding;
  readonly outputs: readonly { readonly name: string; readonly path: TargetPath }[];
}
