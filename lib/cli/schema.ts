/** The command `faceless schema`: JSON schemas for editors, from what the program checks files with. */
import { z } from "zod";
import { configSchema } from "../config/schema.ts";
import { scriptSchema } from "../media/script.ts";
import { pipelineSchema } from "../pipeline/schema.ts";
import { knownProviders } from "../providers/registry.ts";
import type { SchemaName } from "./args.ts";

const SCHEMAS: Readonly<Record<SchemaName, z.ZodType>> = {
  config: configSchema(await knownProviders()).meta({
    title: "faceless.config.yaml",
    description:
      "The settings of a content repo: what films look like, who speaks, and for whom they are made.",
  }),
  pipeline: pipelineSchema.meta({
    title: "A pipeline of faceless",
    description: "How films are made: which files are made from which, and by what.",
  }),
  script: scriptSchema.meta({
    title: "A script of faceless",
    description: "One film: its title, its look, and its scenes with narration and picture prompt.",
  }),
};

/** Draft 7 is what every editor knows. An author may leave out what has a default. */
export function schemaText(name: SchemaName): string {
  const made = z.toJSONSchema(SCHEMAS[name], { target: "draft-7", io: "input" });
  const { $schema, title, description, ...rest } = made;
  return pretty({ $schema, title, description, ...rest });
}

/** As this repository's formatter has it: a list of plain values is one line where it fits. */
function pretty(value: unknown): string {
  const lists = /^(.*)\[\n([^[\]{}]+)\n *\](,?)$/gm;
  const text = JSON.stringify(value, null, 2).replace(lists, (all, before, items, after) => {
    const line = `${before}[${items.trim().replace(/,\n */g, ", ")}]${after}`;
    return line.length <= 110 ? line : all;
  });
  return `${text}\n`;
}
