/** What captions look like: a template in YAML, checked, with every mistake at its place. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { packageRoot } from "../../base/assets.ts";
import { readDocumentFile } from "../../base/document.ts";
import { Failure } from "../../base/failure.ts";
import { nearest } from "../../base/nearest.ts";

const COLOUR_FORM = 'a colour is "#rrggbb", such as "#ffffff", in quotes.';
const colourForm = {
  error: ({ input }: { input?: unknown }) => (input === undefined ? undefined : COLOUR_FORM),
};
const colour = z.string(colourForm).regex(/^#[0-9a-fA-F]{6}$/, colourForm);
const share = z.number().min(0).max(1);

const box = z.strictObject({
  colour,
  opacity: share.default(1),
  padding: z.number().min(0).max(2).default(0.25).describe("Around the text; a share of the text's size."),
  radius: z.number().min(0).max(2).default(0.2).describe("Of the corners; a share of the text's size."),
});

export const styleSchema = z.strictObject({
  $schema: z.string().optional(),
  font: z.strictObject({
    family: z.string().min(1).default("Inter").describe("In shared/fonts, shipped, or of this machine."),
    weight: z.int().min(1).max(1000).default(700).describe("400 is regular, 700 bold; the nearest there is."),
    fallback: z
      .array(z.string().min(1))
      .default([])
      .describe("Families to ask for characters that it lacks, before Noto's."),
  }),
  size: z.number().min(0.005).max(0.3).describe("Of an em; a share of the film's width."),
  line_height: z.number().min(0.8).max(3).default(1.2).describe("From line to line; a share of the size."),
  word_spacing: z
    .number()
    .min(-0.2)
    .max(2)
    .default(0)
    .describe("More than the font's own space; a share of the size."),
  upper_case: z.boolean().default(false),
  colour,
  outline: z
    .strictObject({ colour, width: z.number().min(0).max(0.3).describe("A share of the size.") })
    .nullable()
    .default(null),
  shadow: z
    .strictObject({
      colour,
      opacity: share.default(0.5),
      offset: z.number().min(0).max(0.3).describe("To the right and down; a share of the size."),
    })
    .nullable()
    .default(null),
  box: box.nullable().default(null).describe("Behind the whole caption."),
  active: z
    .strictObject({
      colour,
      scale: z.number().min(1).max(1.3).default(1).describe("It grows in its place: no other word moves."),
      box: box.nullable().default(null).describe("Behind the word."),
    })
    .nullable()
    .default(null)
    .describe("The word that is being spoken; null for no difference."),
  page: z.strictObject({
    words: z
      .int()
      .min(1)
      .max(50)
      .nullable()
      .default(null)
      .describe("At most so many at a time; null for any number."),
    characters: z.int().min(4).max(100).describe("At most so many in a line; a Chinese one counts as two."),
    lines: z.int().min(1).max(4),
  }),
  area: z
    .strictObject({ left: share, right: share, top: share, bottom: share })
    .refine(({ left, right, top, bottom }) => left < 0.5 && right < 0.5 && top + bottom < 1, {
      error:
        "'area' leaves no room: left and right are each less than 0.5, top and bottom together less than 1.",
    })
    .describe("What stays clear at each edge: a share of the film's width or height."),
  position: z.enum(["top", "middle", "bottom"]).default("bottom").describe("Where in the area."),
  linger: z
    .number()
    .min(0)
    .max(5)
    .default(0.25)
    .describe("After the last word, unless the next comes. Seconds."),
  bridge: z
    .number()
    .min(0)
    .max(5)
    .default(0.5)
    .describe("Where the next caption comes within so long, the one before stays until then. Seconds."),
});

export type CaptionStyle = z.output<typeof styleSchema>;
export type CaptionBox = z.output<typeof box>;

/** Where templates are, in the package as in a content repo. */
export const TEMPLATES = "shared/templates/captions";

/** `name`: what messages call the file. @throws Diagnostics with all that is wrong with it */
export function readStyle(path: string, name: string): CaptionStyle {
  return readDocumentFile(path, name).check(styleSchema);
}

/** @throws Failure where no template of that name is shipped */
export function shippedStyle(template: string): CaptionStyle {
  const folder = join(packageRoot, TEMPLATES);
  const name = `${template}.yaml`;
  if (/^[a-z0-9-]+$/.test(template) && existsSync(join(folder, name)))
    return readStyle(join(folder, name), `${TEMPLATES}/${name}`);
  const all = readdirSync(folder).flatMap((file) => (file.endsWith(".yaml") ? file.slice(0, -5) : []));
  const meant = nearest(template, all);
  throw new Failure(`there is no caption template '${template}'.`, {
    code: "config.invalid",
    help:
      (meant === undefined ? `The shipped ones are ${all.sort().join(", ")}.` : `Did you mean '${meant}'?`) +
      " A template of your own is given to the task as its input 'style'.",
  });
}
