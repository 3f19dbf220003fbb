/** Tasks of a content repo: loaded without a build step, keyed by their code, and every mistake told at its place. */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../lib/base/assets.ts";
import { repo } from "./repo.ts";

const FILES = {
  "faceless.config.yaml": "pipeline: p\nniches: { demo: }\n",
  "pipelines/p.yaml": `
options: { mark: "!" }
targets:
  shout: { task: shout, in: { text: ./notes.txt }, with: { mark: "\${options.mark}" }, out: shout.txt }
  twice: { task: twice, in: { parts: [shout, shout] }, out: twice.txt }
`,
  "output/demo/notes.txt": "hello",
  "tasks/shout.ts": `import { readFileSync } from "node:fs";
import { defineTask, z } from "faceless/task";
import { loud } from "./lib/loud.ts";

interface Params {
  mark: string;
}

export default defineTask({
  type: "shout",
  params: z.strictObject({ mark: z.string() }),
  inputs: { text: "file" },
  outputs: { text: "txt" },
  async run({ params, inputs, outputs }) {
    const { mark }: Params = params;
    await outputs.text.write(loud(readFileSync(inputs.text.path, "utf8")) + mark);
  },
});
`,
  "tasks/lib/loud.ts": `export const loud = (text: string): string => text.toUpperCase();
`,
  "tasks/twice.mjs": `import { readFile } from "node:fs/promises";
import { defineTask, Failure, z } from "faceless/task";

export default defineTask({
  type: "twice",
  params: z.strictObject({}),
  inputs: { parts: "list" },
  outputs: { text: "txt" },
  async run({ inputs, outputs, notice }) {
    const texts = await Promise.all(inputs.parts.map(({ path }) => readFile(path, "utf8")));
    if (texts.includes("BOOM!")) throw new Failure("it is too loud.", { help: "Be quiet." });
    notice(\`\${texts.length} parts\`);
    await outputs.text.write(texts.join(" "));
  },
});
`,
};

describe("who runs", () => {
  test("TypeScript and JavaScript, with what they import; the second build loads nothing", async () => {
    const shop = repo(FILES);
    expect(await shop.run("build")).toEqual({
      code: 0,
      out: `ran       shout.txt  N s
note      twice.txt
          2 parts
ran       twice.txt  N s

output/demo/twice.txt
done in N s: 2 ran
`,
      err: "",
    });
    expect(shop.read("output/demo/twice.txt")).toBe("HELLO! HELLO!");
    expect((await shop.run("build")).out).toBe("nothing to do: 2 fresh\n");
    expect(readdirSync(shop.aside)).toEqual([]);
  });

  test("other code makes it again, in a module that it imports too; a comment does not", async () => {
    const shop = repo(FILES);
    await shop.build();
    shop.edit("tasks/lib/loud.ts", "export", "/** In capitals. */\nexport");
    expect(await shop.build()).toEqual({ "shout.txt": "fresh", "twice.txt": "fresh" });
    shop.edit("tasks/lib/loud.ts", "text.toUpperCase()", "text.toUpperCase().trim()");
    expect((await shop.run("plan")).out).toBe(
      "run       shout.txt  (the task's code has other content)\nmay run   twice.txt\n" +
        "about N s of work by the last durations (shout N s), and up to N s after it (twice N s)\n" +
        "dry run: 1 to run, 1 that may run after it; nothing was changed\n",
    );
    expect(await shop.build()).toEqual({ "shout.txt": "ran", "twice.txt": "fresh" });
    shop.edit("tasks/shout.ts", "+ mark", "+ mark + mark");
    expect(await shop.build()).toEqual({ "shout.txt": "ran", "twice.txt": "ran" });
    expect(shop.read("output/demo/shout.txt")).toBe("HELLO!!");
    shop.edit("tasks/shout.ts", "+ mark + mark", "+ mark");
    expect(await shop.build()).toEqual({ "shout.txt": "restored", "twice.txt": "restored" });
  });

  test("a package's code is the task's too, also one in CommonJS that requires Node's modules", async () => {
    const shop = repo({
      ...FILES,
      "node_modules/echo/package.json": '{ "name": "echo", "main": "index.js" }',
      "node_modules/echo/index.js":
        'const { EOL } = require("node:os");\nmodule.exports = (text) => text + EOL;\n',
      "tasks/lib/loud.ts":
        'import echo from "echo";\nexport const loud = (text: string): string => echo(text);\n',
    });
    expect(await shop.build()).toEqual({ "shout.txt": "ran", "twice.txt": "ran" });
    expect(shop.read("output/demo/shout.txt")).toBe("hello\n!");
    shop.edit("node_modules/echo/index.js", "text + EOL", "text + EOL + EOL");
    expect(await shop.build()).toEqual({ "shout.txt": "ran", "twice.txt": "ran" });
  });

  test("a file that comes to tasks/ is seen", async () => {
    const shop = repo(FILES);
    await shop.build();
    shop.write("tasks/broken.ts", "let x = = 1;\n");
    expect(await shop.run("build")).toEqual({
      code: 2,
      out: "",
      err: 'faceless: tasks/broken.ts:1:9: Unexpected "=".\n  1 | let x = = 1;\n    |         ^\n',
    });
  });

  test("parameters are checked as those of a shipped task, and a Failure is told with its help", async () => {
    const shop = repo(FILES);
    shop.write("output/demo/notes.txt", "boom");
    expect((await shop.run("build")).out).toBe(`ran       shout.txt  N s
failed    twice.txt  N s
          it is too loud.
          Be quiet.
failed: 1 failed, 1 ran
`);
    shop.edit("pipelines/p.yaml", 'with: { mark: "${options.mark}" }', "with: { mrak: 1 }");
    const line = "  shout: { task: shout, in: { text: ./notes.txt }, with: { mrak: 1 }, out: shout.txt }";
    expect((await shop.run("build")).err).toBe(
      `faceless: pipelines/p.yaml:4:60: the task 'shout' has no parameter 'mrak'. Did you mean 'mark'?\n  4 | ${line}\n    | ${" ".repeat(59)}^\n`,
    );
  });

  test("what a task throws unforeseen is told with its place in the source", async () => {
    const shop = repo(FILES);
    shop.edit("tasks/lib/loud.ts", "text.toUpperCase()", "text.toUpper()");
    const { "shout.txt": problem } = await shop.build();
    expect(problem).toBe(`TypeError: text.toUpper is not a function
    at loud (${shop.path("tasks/lib/loud.ts")}:1:52)
    at Object.run (${shop.path("tasks/shout.ts")}:16:30)`);
  });
});

describe("mistakes", () => {
  async function complaints(files: Readonly<Record<string, string>>): Promise<string> {
    const shop = repo({ ...FILES, ...files });
    const { code, out, err } = await shop.run("build");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(readdirSync(shop.aside)).toEqual([]);
    return err;
  }

  test("imports that lead nowhere, all at once", async () => {
    const text =
      'const ä = "ö"; import "zod"; import "faceless"; import "./nope.ts"; import "@a/b/c"; import "yaml";\nexport default ä;\n';
    expect(await complaints({ "tasks/a.ts": text })).toMatchInlineSnapshot(`
      "faceless: tasks/a.ts:1:23: Could not resolve "zod". Write: import { defineTask, z } from "faceless/task".
        1 | const ä = "ö"; import "zod"; import "faceless"; import "./nope.ts"; import "@a/b/c"; import "yaml";
          |                       ^

      tasks/a.ts:1:37: Could not resolve "faceless". Write: import { defineTask, z } from "faceless/task".
        1 | const ä = "ö"; import "zod"; import "faceless"; import "./nope.ts"; import "@a/b/c"; import "yaml";
          |                                     ^

      tasks/a.ts:1:56: Could not resolve "./nope.ts".
        1 | const ä = "ö"; import "zod"; import "faceless"; import "./nope.ts"; import "@a/b/c"; import "yaml";
          |                                                        ^

      tasks/a.ts:1:76: Could not resolve "@a/b/c". Install it in the content repo: npm install @a/b
        1 | const ä = "ö"; import "zod"; import "faceless"; import "./nope.ts"; import "@a/b/c"; import "yaml";
          |                                                                            ^

      tasks/a.ts:1:93: Could not resolve "yaml". Install it in the content repo: npm install yaml
        1 | const ä = "ö"; import "zod"; import "faceless"; import "./nope.ts"; import "@a/b/c"; import "yaml";
          |                                                                                             ^
      "
    `);
  });

  test("what is no task, is one twice, is a shipped one, or cannot work", async () => {
    const shout = FILES["tasks/shout.ts"];
    expect(
      await complaints({
        "tasks/a-none.ts": "export const a = 1;\n",
        "tasks/b-other.mjs": "// Not yet.\nexport default 3;\n",
        "tasks/c-throws.ts":
          "const a: string = 'x';\n\nfunction fail(): never { throw new RangeError(a); }\nfail();\n",
        "tasks/d-name.ts": shout.replaceAll("defineTask", "defineTsk"),
        "tasks/e-shape.ts": shout.replace("  inputs", "  input").replace('"txt"', '".txt"'),
        "tasks/f-params.ts": shout.replace("z.strictObject({ mark: z.string() })", "{ mark: 'string' }"),
        "tasks/g-shipped.ts": shout.replace('"shout"', '"image"'),
        "tasks/z-twin.js": shout
          .replace("const { mark }: Params", "const { mark }")
          .replace(/interface[^}]*}/, ""),
      }),
    ).toMatchInlineSnapshot(`
      "faceless: tasks/a-none.ts: there is no default export: every file in tasks/ makes one task. Write \`export default defineTask({ … })\`; what tasks share goes into a folder below tasks/.

      tasks/b-other.mjs:2:1: the default export is no task: every file in tasks/ makes one task. Write \`export default defineTask({ … })\`; what tasks share goes into a folder below tasks/.
        2 | export default 3;
          | ^

      tasks/c-throws.ts:3:32: this failed as the task was loaded: RangeError: x.
        3 | function fail(): never { throw new RangeError(a); }
          |                                ^

      tasks/d-name.ts:2:10: 'faceless/task' has no 'defineTsk'. Did you mean 'defineTask'?
        2 | import { defineTsk, z } from "faceless/task";
          |          ^

      tasks/e-shape.ts:9:16: this definition of a task cannot work:
        outputs.text: an output's extension has no dot, such as "html".
        input: unknown key 'input'. Did you mean 'inputs'?
        9 | export default defineTask({
          |                ^

      tasks/f-params.ts:9:16: this definition of a task cannot work: params: 'params' is made with z.strictObject({ … }).
        9 | export default defineTask({
          |                ^

      tasks/g-shipped.ts:10:9: the task type 'image' is a task of faceless itself. Give this one another name: a name means one thing.
        10 |   type: "image",
           |         ^

      tasks/z-twin.js:8:9: the task type 'shout' is what tasks/shout.ts makes. Give this one another name: a name means one thing.
        8 |   type: "shout",
          |         ^
      "
    `);
  });
});

test("an editor knows the types where the package is installed", async () => {
  const shop = repo({
    ...FILES,
    "tsconfig.json":
      '{ "compilerOptions": { "module": "nodenext", "strict": true, "noEmit": true, "allowImportingTsExtensions": true, "types": ["node"] }, "include": ["tasks"] }',
  });
  mkdirSync(shop.path("node_modules/@types"), { recursive: true });
  symlinkSync(packageRoot, shop.path("node_modules/faceless"));
  symlinkSync(join(packageRoot, "node_modules/@types/node"), shop.path("node_modules/@types/node"));
  const typescript = dirname(fileURLToPath(import.meta.resolve("typescript/package.json")));
  const check = async () => {
    const tsc = join(typescript, "bin", "tsc");
    const { stdout } = await promisify(execFile)(process.execPath, [tsc], { cwd: shop.root }).catch((e) => e);
    return stdout as string;
  };
  expect(await check()).toBe("");
  shop.edit("tasks/shout.ts", "inputs.text.path", "inputs.txt.path");
  expect(await check()).toBe(
    "tasks/shout.ts(16,55): error TS2551: Property 'txt' does not exist on type 'Inputs<{ readonly text: \"file\"; }>'. Did you mean 'text'?\n",
  );
});
