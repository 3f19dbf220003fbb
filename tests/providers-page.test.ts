/** What docs/providers.md shows is what the program takes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../lib/base/assets.ts";
import { readDocument } from "../lib/base/document.ts";
import { configSchema } from "../lib/config/schema.ts";
import { AZURE_DEPLOYMENTS } from "../lib/model/known-values.ts";
import { knownProviders } from "../lib/providers/registry.ts";

const page = readFileSync(join(packageRoot, "docs", "providers.md"), "utf8");
const known = await knownProviders();

test("every configuration is accepted", () => {
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!);
  expect(blocks).toHaveLength(2);
  for (const text of blocks)
    readDocument(`${text}niches: {}\n`, "faceless.config.yaml").check(configSchema(known));
});

test("every type has a row, and every variable of Azure a line", () => {
  const types = known.settings.map(({ shape }) => [...(shape.type as { values: Set<string> }).values][0]!);
  expect(types.filter((type) => !page.includes(`\n| \`${type}\` |`))).toEqual([]);
  expect(Object.values(AZURE_DEPLOYMENTS).filter((name) => !page.includes(`\n${name}=`))).toEqual([]);
});
