/** What a motif is: one thing that a scene can be about, and how to draw it. */
import type { Setting } from "../ground.ts";
import type { Brush, Light, Stage } from "../stage.ts";

interface Named {
  readonly name: string;
  /** The words for the thing itself, and for what is always seen with it. */
  readonly words: RegExp;
  /** Ideas that it can stand for, when the scene names no thing at all. */
  readonly hints?: RegExp;
  readonly light: Light;
}

/** One thing in a setting, drawn in subject units with the light coming from the right. */
export interface Subject extends Named {
  readonly kind: "subject";
  readonly setting: Setting;
  /** Width over height. */
  readonly aspect: number;
  /** Left and right have a meaning, so it is never mirrored towards the light. */
  readonly oneWay?: boolean;
  draw(brush: Brush): void;
}

/** Something that fills the picture, drawn in pixels over the sky. */
export interface View extends Named {
  readonly kind: "view";
  draw(stage: Stage): void;
}

export type Motif = Subject | View;
