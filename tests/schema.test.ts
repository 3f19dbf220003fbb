/** The JSON schemas that editors use: as shipped, complete, and true of the files that are shipped. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { packageRoot } from "../lib/base/assets.ts";
import { readDocumentFile } from "../lib/base/document.ts";
import { Failure } from "../lib/base/failure.ts";
import type { Json } from "../lib/base/json.ts";
import { parseCommand, SCHEMAS, type SchemaName } from "../lib/cli/args.ts";
import { schemaText } from "../lib/cli/schema.ts";
import { UNBOOKED } from "../lib/engine/till.ts";
import { MOVES } from "../lib/media/motion/move.ts";
import { FLITE_VOICES, FRAME_RATES } from "../lib/model/known-values.ts";
import script from "../tasks/script.ts";

const CLI = process.env.FACELESS_TEST_CLI ?? join(packageRoot, "dist", "cli.js");

/** As much of JSON schema as ours use: no validator is installed. An unknown keyword fails a test. */
interface Schema {
  $schema?: string;
  title?: string;
  description?: string;
  default?: Json;
  examples?: Json[];
  type?: string | string[];
  enum?: Json[];
  const?: Json;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  multipleOf?: number;
  items?: Schema | Schema[];
  additionalItems?: false;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  additionalProperties?: false | Schema;
  propertyNames?: Schema;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
}

const ANNOTATIONS = ["$schema", "title", "description", "default", "examples"];

const schemaOf = (name: SchemaName) => JSON.parse(schemaText(name)) as Schema;

/** Every schema below one, itself included, with a path that a failed test can show. */
function* within(schema: Schema, path: string): Generator<[path: string, schema: Schema]> {
  yield [path, schema];
  const { properties = {}, patternProperties = {}, additionalProperties, items, anyOf, oneOf } = schema;
  const named = Object.entries({ ...properties, ...patternProperties });
  const listed = [items ?? [], anyOf ?? [], oneOf ?? [], additionalProperties || []].flat();
  for (const [name, inner] of named) yield* within(inner, `${path}.${name}`);
  for (const [i, inner] of listed.entries()) yield* within(inner, `${path}[${i}]`);
}

/** What a schema finds wrong with a value. */
function problems(schema: Schema, value: Json | undefined, path = ""): string[] {
  const found: string[] = [];
  for (const [keyword, expected] of Object.entries(schema)) {
    if (ANNOTATIONS.includes(keyword)) continue;
    const check = CHECKS[keyword];
    if (check === undefined) throw new Error(`the test does not know the keyword '${keyword}'`);
    found.push(...check(value as never, expected as never, path, schema));
  }
  return found;
}

// biome-ignore lint/suspicious/noExplicitAny: each keyword has a type of its own
type Check = (value: any, expected: any, path: string, schema: Schema) => string[];

const unless = (fine: boolean, problem: string) => (fine ? [] : [problem]);
const isMap = (value: unknown): value is Record<string, Json> => typeOf(value) === "object";

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

const isOf = (type: string, value: unknown) =>
  type === "integer" ? Number.isInteger(value) : typeOf(value) === type;

const CHECKS: Readonly<Record<string, Check>> = {
  type: (value, types, path) =>
    unless(
      [types].flat().some((type) => isOf(type, value)),
      `${path}: type`,
    ),
  enum: (value, values, path) => unless(values.includes(value), `${path}: enum`),
  const: (value, only, path) => unless(value === only, `${path}: const`),
  pattern: (value, pattern, path) =>
    unless(typeof value !== "string" || new RegExp(pattern, "u").test(value), `${path}: pattern`),
  minLength: (value, least, path) =>
    unless(typeof value !== "string" || value.length >= least, `${path}: minLength`),
  maxLength: (value, most, path) =>
    unless(typeof value !== "string" || value.length <= most, `${path}: maxLength`),
  minimum: (value, least, path) => unless(typeof value !== "number" || value >= least, `${path}: minimum`),
  maximum: (value, most, path) => unless(typeof value !== "number" || value <= most, `${path}: maximum`),
  multipleOf: (value, step, path) =>
    unless(typeof value !== "number" || value % step === 0, `${path}: multipleOf`),
  minItems: (value, least, path) =>
    unless(!Array.isArray(value) || value.length >= least, `${path}: minItems`),
  maxItems: (value, most, path) => unless(!Array.isArray(value) || value.length <= most, `${path}: maxItems`),
  additionalItems: () => [], // maxItems says the same
  items: (value, items: Schema | Schema[], path) =>
    !Array.isArray(value)
      ? []
      : value.flatMap((item, i) => {
          const inner = Array.isArray(items) ? items[i] : items;
          return inner === undefined ? [] : problems(inner, item, `${path}[${i}]`);
        }),
  properties: (value, properties: Record<string, Schema>, path) =>
    !isMap(value)
      ? []
      : Object.entries(properties).flatMap(([name, inner]) =>
          Object.hasOwn(value, name) ? problems(inner, value[name], `${path}.${name}`) : [],
        ),
  patternProperties: () => [], // ours accept anything
  additionalProperties: (value, rest: false | Schema, path, { properties = {}, patternProperties = {} }) =>
    !isMap(value)
      ? []
      : Object.entries(value)
          .filter(([name]) => !Object.hasOwn(properties, name))
          .filter(
            ([name]) => !Object.keys(patternProperties).some((form) => new RegExp(form, "u").test(name)),
          )
          .flatMap(([name, inner]) =>
            rest === false ? [`${path}.${name}: unknown`] : problems(rest, inner, `${path}.${name}`),
          ),
  propertyNames: (value, names: Schema, path) =>
    isMap(value) ? Object.keys(value).flatMap((name) => problems(names, name, `${path}.${name}`)) : [],
  required: (value, names: string[], path) =>
    !isMap(value)
      ? []
      : names.filter((name) => !Object.hasOwn(value, name)).map((name) => `${path}.${name}: missing`),
  anyOf: (value, options: Schema[], path) =>
    unless(
      options.some((option) => problems(option, value).length === 0),
      `${path}: anyOf`,
    ),
  oneOf: (value, options: Schema[], path) =>
    unless(options.filter((option) => problems(option, value).length === 0).length === 1, `${path}: oneOf`),
};

const shipped = (path: string) => readFileSync(join(packageRoot, path), "utf8");
const read = (path: string) => readDocumentFile(join(packageRoot, path), path).value;

const PROJECTS = readdirSync(join(packageRoot, "output"));
const SCRIPTS = PROJECTS.flatMap((niche) => {
  const folder = `output/${niche}/scripts`;
  return readdirSync(join(packageRoot, folder)).map((name) => `${folder}/${name}`);
});

/** The smallest file of each kind. */
const LEAST: Readonly<Record<SchemaName, Json>> = {
  config: { niches: {} },
  pipeline: { targets: {} },
  script: { title: "T", scenes: [{ narration: "N", image_prompt: "P" }] },
};

describe.each(SCHEMAS)("%s", (name) => {
  test("the shipped file is what the program's own schema gives (else: npm run schemas)", () =>
    expect(shipped(`shared/schemas/${name}.schema.json`)).toBe(schemaText(name)));

  test("the command prints it", () =>
    expect(execFileSync(process.execPath, [CLI, "schema", name], { encoding: "utf8" })).toBe(
      schemaText(name),
    ));

  test("it says what it is, and what every property is for", () => {
    const schema = schemaOf(name);
    expect(schema).toMatchObject({
      $schema: "http://json-schema.org/draft-07/schema#",
      title: expect.stringMatching(/faceless/),
      description: expect.stringMatching(/\.$/),
    });
    const all = [...within(schema, name)];
    const named = all.flatMap(([path, { properties = {}, patternProperties = {} }]) =>
      Object.entries({ ...properties, ...patternProperties }).map(
        ([key, inner]) => [`${path}.${key}`, inner.description] as const,
      ),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(([, description]) => !/^\S.*\.$/.test(description ?? ""))).toEqual([]);
  });

  test("no object with keys of its own accepts others", () => {
    const objects = [...within(schemaOf(name), name)].filter(
      ([, { properties }]) => properties !== undefined,
    );
    expect(objects.filter(([, { additionalProperties }]) => additionalProperties !== false)).toEqual([]);
  });

  test("every default is a value that it accepts", () => {
    for (const [path, schema] of within(schemaOf(name), name)) {
      if (schema.default !== undefined) expect(problems(schema, schema.default, path)).toEqual([]);
    }
  });

  test("what has a default may be left out; what has none may not", () => {
    const least = LEAST[name] as Record<string, Json>;
    expect(problems(schemaOf(name), least)).toEqual([]);
    for (const key of Object.keys(least)) {
      const { [key]: _, ...rest } = least;
      expect(problems(schemaOf(name), rest)).toEqual([`.${key}: missing`]);
    }
  });

  test("a misspelt key is found", () =>
    expect(problems(schemaOf(name), { ...(LEAST[name] as object), titel: "" })).toEqual([".titel: unknown"]));
});

describe("the files that are shipped", () => {
  const below = readdirSync(join(packageRoot, "pipelines"), { recursive: true, encoding: "utf8" });
  const yaml = ["faceless.config.yaml", ...below.map((file) => `pipelines/${file}`)].filter((file) =>
    file.endsWith(".yaml"),
  );
  const kindOf = (file: string) => (basename(file) === "faceless.config.yaml" ? "config" : "pipeline");

  test.each(yaml.sort())("%s is as its schema says, and tells editors of it in its first line", (path) => {
    const name = kindOf(path);
    expect(problems(schemaOf(name), read(path))).toEqual([]);
    const [, schema] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(shipped(path)) ?? [];
    expect(join(dirname(path), schema ?? "")).toBe(join("shared", "schemas", `${name}.schema.json`));
  });

  test("scripts", () => {
    expect(SCRIPTS.length).toBeGreaterThan(2);
    for (const path of SCRIPTS) {
      const script = read(path) as { readonly $schema?: string };
      expect(problems(schemaOf("script"), script, path)).toEqual([]);
      expect(join(dirname(path), script.$schema ?? "")).toBe("shared/schemas/script.schema.json");
    }
  });
});

describe("what is offered", () => {
  const find = (name: SchemaName, path: string) => new Map(within(schemaOf(name), "")).get(path);

  test("looks, voices, frame rates", () => {
    const offline = ".providers[0][0]";
    expect(find("config", `${offline}.look`)?.enum).toEqual(["auto", "landscape", "papercut", "flow"]);
    expect(find("config", `${offline}.voices[0]`)?.enum).toEqual(FLITE_VOICES);
    expect(find("config", ".defaults.voice")?.examples).toEqual(expect.arrayContaining(["nova", "slt"]));
    expect(find("config", ".platforms[0].video.fps")?.enum).toEqual(FRAME_RATES);
  });

  test("what a platform, a target and a scene need", () => {
    expect(find("config", ".platforms[0]")?.required).toEqual(["image_size", "video"]);
    expect(find("config", ".platforms[0].video")?.required).toEqual(["width", "height"]);
    expect(find("pipeline", ".targets[0]")?.required).toEqual(["out"]);
    expect(find("script", ".scenes[0]")?.required).toEqual(["narration", "image_prompt"]);
  });

  test("moves of the camera, as a word or with a focus", () => {
    expect(find("script", ".scenes[0].motion[0][0]")?.enum).toEqual(["auto", ...MOVES]);
    expect(find("script", ".scenes[0].motion[0][1].kind")?.enum).toEqual(["auto", ...MOVES]);
    const motion = find("script", ".scenes[0].motion")!;
    expect(problems(motion, { focus: [0.5, 0] })).toEqual([]);
    expect(problems(motion, { focus: [0.5] })).toEqual([": anyOf"]);
    expect(problems(motion, "zom-in")).toEqual([": anyOf"]);
  });

  test("what another tool left in a script is accepted, and not offered", () => {
    const left = { ...(LEAST.script as object), output_paths: {} };
    expect(problems(schemaOf("script"), left)).toEqual([]);
    expect(schemaOf("script").properties).not.toHaveProperty("output_paths");
  });
});

describe("$schema in a script", () => {
  async function run(draft: Json) {
    const folder = mkdtempSync(join(tmpdir(), "faceless-schema-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "s.json");
    writeFileSync(path, JSON.stringify(draft));
    const said: string[] = [];
    let made = "";
    await script.run({
      params: { niche: "finance" },
      inputs: { draft: { path, name: "s.json", extension: ".json" }, narrations: [], prompts: [] },
      outputs: {
        script: {
          path: join(folder, "out.json"),
          write: async (content) => {
            made = String(content);
          },
        },
      },
      tools: {},
      scratch: folder,
      signal: new AbortController().signal,
      stop: new AbortController().signal,
      till: UNBOOKED,
      progress: () => {},
      notice: (text) => said.push(text),
    });
    return { made, said };
  }

  const least = LEAST.script as Record<string, Json>;
  const schema = "../../../shared/schemas/script.schema.json";

  test("changes nothing, and nothing is said of it", async () => {
    const plain = await run(least);
    expect(await run({ $schema: schema, ...least })).toEqual(plain);
    expect(plain.said).toEqual([]);
    expect(problems(schemaOf("script"), { $schema: schema, ...least })).toEqual([]);
  });

  test("is a text, and stands at the top alone", async () => {
    await expect(run({ $schema: 7, ...least })).rejects.toThrow("expected a string, found the number 7.");
    const inner = [{ $schema: schema, narration: "N", image_prompt: "P" }];
    await expect(run({ title: "T", scenes: inner })).rejects.toThrow("unknown key '$schema'.");
  });
});

describe("the command line", () => {
  const failure = (...words: string[]) => {
    try {
      parseCommand(words);
    } catch (error) {
      if (error instanceof Failure) return `${error.message} ${error.help ?? ""}`.trim();
      throw error;
    }
    throw new Error("no failure");
  };

  test("one name of three", () => {
    for (const name of SCHEMAS) expect(parseCommand(["schema", name])).toEqual({ kind: "schema", name });
    expect(failure("schema")).toBe("schema takes a name. There are 'config', 'pipeline', 'script'.");
    expect(failure("schema", "pipelin")).toBe("there is no schema 'pipelin'. Did you mean 'pipeline'?");
    expect(failure("schema", "film")).toBe(
      "there is no schema 'film'. There are 'config', 'pipeline', 'script'.",
    );
    expect(failure("schema", "config", "script")).toBe("schema takes one name, and 'script' is another.");
    expect(failure("shema")).toBe("there is no command 'shema'. Did you mean 'schema'?");
  });
});
