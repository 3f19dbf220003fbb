/** docs/pipelines.md: every pipeline in it compiles, and what it says happens does. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { packageRoot } from "../lib/base/assets.ts";
import { readDocument } from "../lib/base/document.ts";
import { configSchema } from "../lib/config/schema.ts";
import type { Pipeline } from "../lib/model/pipeline.ts";
import { compilePipeline } from "../lib/pipeline/compile.ts";
import { pipelineSchema } from "../lib/pipeline/schema.ts";
import { knownProviders } from "../lib/providers/registry.ts";
import { defineTask, z } from "../lib/task.ts";
import { tasks } from "../tasks/index.ts";
import { repo } from "./repo.ts";

const PAGE = readFileSync(join(packageRoot, "docs/pipelines.md"), "utf8");

interface Block {
  readonly kind: string;
  readonly text: string;
}

const BLOCKS: readonly Block[] = [...PAGE.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, kind, text]) => ({
  kind: kind!,
  text: text!,
}));

/** The first block of a kind that has this in it. */
function block(kind: string, has: string): string {
  const found = BLOCKS.find((one) => one.kind === kind && one.text.includes(has));
  if (found === undefined) throw new Error(`the page has no ${kind} block with '${has}'`);
  return found.text;
}

/** The page's own task, as a pipeline sees it. */
const count = defineTask({
  type: "count",
  params: z.strictObject({ what: z.enum(["words", "lines"]).default("words") }),
  inputs: { texts: "list" },
  outputs: { count: "json" },
  run: () => Promise.reject(new Error("it is only compiled here")),
});

function compile(text: string): Pipeline {
  return compilePipeline(readDocument(text, "docs/pipelines.md"), {
    project: { niche: "diary", draft: true, music: null, speed: 1, pause: { before: 0.25, after: 0.45 } },
    options: {},
    tasks: new Map([...tasks, [count.type, count]]),
    pools: ["network"],
  });
}

type Parts = Record<string, Record<string, unknown>>;

/** A fragment goes with the whole pipeline before it: its targets and axes are added, or take another's place. */
function withFragment(whole: string, fragment: string): string {
  const [before, added] = [parse(whole) as Parts, parse(fragment) as Parts];
  const keys = new Set([...Object.keys(before), ...Object.keys(added)]);
  return stringify(Object.fromEntries([...keys].map((key) => [key, { ...before[key], ...added[key] }])));
}

const known = await knownProviders();
const YAML = BLOCKS.filter(({ kind }) => kind.startsWith("yaml"));

test("every YAML block is a pipeline, a fragment of the one before it, or a configuration", () => {
  let whole = "";
  const seen = { pipeline: 0, fragment: 0, configuration: 0 };
  for (const { kind, text } of YAML) {
    if (text.startsWith("# faceless.config.yaml\n")) {
      readDocument(text, "faceless.config.yaml").check(configSchema(known));
      seen.configuration += 1;
    } else if (kind === "yaml fragment") {
      expect(compile(withFragment(whole, text)).targets).not.toEqual([]);
      seen.fragment += 1;
    } else {
      expect(kind).toBe("yaml");
      expect(compile(text).targets).not.toEqual([]);
      whole = text;
      seen.pipeline += 1;
    }
  }
  expect(seen).toEqual({ pipeline: 10, fragment: 4, configuration: 1 });
});

const FIRST = {
  "faceless.config.yaml": block("yaml", "pipeline: notes"),
  "pipelines/notes.yaml": block("yaml", "book:"),
  "output/diary/notes/monday.txt": "it rained\n",
  "output/diary/notes/tuesday.txt": "it snowed\n",
};

describe("the first pipeline", () => {
  test("does what the page says", async () => {
    const shop = repo(FIRST);
    const told = block("", "ran       loud/monday.txt")
      .replace(/\d+\.\d s/g, "N s")
      .replace(/ +N s/g, "  N s");
    expect((await shop.run("build", "-j", "1")).out).toBe(
      `${told}\noutput/diary/book.txt\ndone in N s: 3 ran\n`,
    );
    expect(shop.read("output/diary/book.txt")).toBe("IT RAINED\nIT SNOWED\n");
    expect(await shop.build()).toEqual({});
    shop.write("output/diary/notes/monday.txt", "it poured\n");
    expect(await shop.build()).toEqual({
      "loud/monday.txt": "ran",
      "loud/tuesday.txt": "fresh",
      "book.txt": "ran",
    });
    shop.remove("output/diary/notes/monday.txt");
    expect(await shop.build()).toEqual({
      "loud/tuesday.txt": "fresh",
      "book.txt": "ran",
      "loud/monday.txt": "removed",
    });
    expect(shop.read("output/diary/book.txt")).toBe("IT SNOWED\n");
  });

  test("tells of the mistake as the page shows it", async () => {
    const shop = repo(FIRST);
    shop.edit("pipelines/notes.yaml", "{ pages: loud }", "{ pages: lod }");
    expect((await shop.run("build")).err).toBe(block("", "faceless: pipelines/notes.yaml"));
  });
});

test("a booklet is made of the pages that its list names", async () => {
  const shop = repo({
    ...FIRST,
    "pipelines/notes.yaml": block("yaml", "[page in booklet.pages]"),
    "output/diary/plan.json": '{ "booklets": [{ "title": "zoo", "pages": ["ape", "bear"] }] }',
    "output/diary/pages/ape.txt": "ape\n",
    "output/diary/pages/bear.txt": "bear\n",
    "output/diary/pages/cat.txt": "cat\n",
  });
  await shop.build();
  expect(shop.read("output/diary/bound/zoo.txt")).toBe("APE\nBEAR\n");
  shop.write("output/diary/pages/cat.txt", "cats\n");
  expect(await shop.build()).toMatchObject({ "plates/cat.txt": "ran" });
  shop.write(
    "output/diary/plan.json",
    '{ "booklets": [{ "title": "zoo", "pages": [{ "page": "cat" }, "ape"] }] }',
  );
  expect(await shop.build()).toMatchObject({ "bound/zoo.txt": "ran" });
  expect(shop.read("output/diary/bound/zoo.txt")).toBe("APE\nCATS\n");
});

test("the task of one's own works, and its value can be taken", async () => {
  const shop = repo({
    ...FIRST,
    "tasks/count.ts": block("ts", "tasks/count.ts"),
    "pipelines/notes.yaml": block("yaml", "count.count"),
  });
  expect(await shop.build()).toEqual({ "count.json": "ran", "count.txt": "ran" });
  expect(shop.read("output/diary/count.txt")).toBe("2 lines\n");
  shop.write("output/diary/notes/monday.txt", "\n");
  expect((await shop.build())["count.json"]).toBe("output/diary/notes/monday.txt is empty.");
});

describe("the tables", () => {
  /** Rows whose first cell is one name in backticks, below a heading. */
  function rows(heading: string): Map<string, readonly string[]> {
    const section = PAGE.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
    const found = [...section.matchAll(/^\| (`.*?) \|$/gm)].map(([, row]) => row!.split(/\s*\|\s*/));
    return new Map(found.map(([name, ...cells]) => [name!, cells]));
  }
  const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);

  test("every key of a target", () => {
    const table = [...rows("A first pipeline").keys()].flatMap(quoted);
    expect(table.sort()).toEqual(Object.keys(pipelineSchema.shape.targets.valueType.shape).sort());
  });

  test("every shipped task, with what it takes and makes", () => {
    const told = [...rows("Tasks")].map(([name, [inputs, params, outputs]]) => ({
      type: quoted(name)[0],
      inputs: [...inputs!.matchAll(/`(\w+)`([*…]?)/g)].map(([, slot, mark]) => [slot, mark]),
      params: quoted(params!),
      outputs: [...outputs!.matchAll(/`(\w+)` \.(\w+)/g)].map(([, output, extension]) => [output, extension]),
    }));
    const marks = { file: "", optional: "*", list: "…" };
    const there = [...tasks.values()].map(({ type, inputs, paramNames, outputs }) => ({
      type,
      inputs: Object.entries(inputs).map(([slot, kind]) => [slot, marks[kind]]),
      params: paramNames,
      outputs: Object.entries(outputs),
    }));
    expect(told).toEqual(there);
  });

  test("every link leads somewhere", () => {
    const anchors = [...PAGE.matchAll(/^##+ (.*)$/gm)].map(
      ([, title]) => `#${title!.toLowerCase().replaceAll(" ", "-")}`,
    );
    const links = [...PAGE.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link!);
    const broken = links.filter((link) => {
      if (link.startsWith("https:")) return false;
      return link.startsWith("#") ? !anchors.includes(link) : !existsSync(join(packageRoot, "docs", link));
    });
    expect(broken).toEqual([]);
  });
});
