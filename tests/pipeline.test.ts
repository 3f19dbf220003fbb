/** What a pipeline file may say, and what it is told when it says something else. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Diagnostics } from "../lib/base/diagnostic.ts";
import { readDocument } from "../lib/base/document.ts";
import type { Json, JsonObject } from "../lib/base/json.ts";
import type { Action } from "../lib/model/pipeline.ts";
import { compilePipeline } from "../lib/pipeline/compile.ts";
import { type Expansion, type Found, Graph } from "../lib/pipeline/graph.ts";
import { TASKS } from "./workshop.ts";

const project: JsonObject = {
  niche: "demo",
  voice: "onyx",
  music: null,
  platforms: [
    { name: "wide", size: "16x9" },
    { name: "tall", size: "9x16" },
  ],
};

function compile(text: string, options: JsonObject = {}) {
  return compilePipeline(readDocument(text, "pipelines/p.yaml"), {
    project,
    options,
    tasks: new Map(TASKS.map((task) => [task.type, task])),
    pools: ["network"],
  });
}

/** The whole text that a person would see. */
function complaints(text: string, options: JsonObject = {}): string {
  try {
    compile(text, options);
  } catch (error) {
    if (error instanceof Diagnostics) return error.message;
    throw error;
  }
  return "no complaint";
}

function graph(
  text: string,
  files: readonly string[] = [],
  lists: Readonly<Record<string, Json>> = {},
): string[] {
  const built = new Graph(compile(text), (glob) =>
    files.filter((file) => new RegExp(`^${glob.replaceAll("*", ".*")}$`).test(file)),
  );
  for (const action of built.actions.values()) {
    for (const expansion of built.expansionsOf(action)) {
      const expanded = built.expand(expansion, lists[action.id] ?? null);
      if (!expanded.ok) throw new Diagnostics([expanded]);
    }
  }
  return [...built.actions.keys()];
}

describe("complaints", () => {
  test("all mistakes of a file at once, each with its line and a caret", () => {
    const text = `
axes:
  story: { files: "scripts/\${story}.txt" }
targets:
  words: { task: uper, in: { text: "scripts/\${story}.txt" }, out: "words/\${story}.txt" }
  voice: { task: join, in: { parts: word }, with: { glu: "\${project.voic}" }, out: "voice/\${stroy}.txt" }
  loud: { task: upper, run: "echo", out: "loud.txt" }
`;
    expect(complaints(text)).toMatchInlineSnapshot(`
      "pipelines/p.yaml:5:18: there is no task 'uper'. Did you mean 'upper'?
        5 |   words: { task: uper, in: { text: "scripts/\${story}.txt" }, out: "words/\${story}.txt" }
          |                  ^

      pipelines/p.yaml:6:37: there is no target 'word'. Did you mean 'words'? A file in the project's own folder is written ./word
        6 |   voice: { task: join, in: { parts: word }, with: { glu: "\${project.voic}" }, out: "voice/\${stroy}.txt" }
          |                                     ^

      pipelines/p.yaml:6:59: project has no 'voic'. Did you mean 'voice'?
        6 |   voice: { task: join, in: { parts: word }, with: { glu: "\${project.voic}" }, out: "voice/\${stroy}.txt" }
          |                                                           ^

      pipelines/p.yaml:6:91: there is no 'stroy' here. Did you mean 'story'?
        6 |   voice: { task: join, in: { parts: word }, with: { glu: "\${project.voic}" }, out: "voice/\${stroy}.txt" }
          |                                                                                           ^

      pipelines/p.yaml:7:3: 'loud' has both 'task' and 'run'; it takes one of them.
        7 |   loud: { task: upper, run: "echo", out: "loud.txt" }
          |   ^"
    `);
  });

  test("a cycle is told with its way round", () => {
    expect(
      complaints(`
targets:
  a: { task: join, in: { parts: c }, out: a.txt }
  b: { task: join, in: { parts: a }, out: b.txt }
  c: { task: join, in: { parts: b }, out: c.txt }
`),
    ).toMatchInlineSnapshot(`
      "pipelines/p.yaml:3:3: 'a' depends on itself: a → c → b → a.
        3 |   a: { task: join, in: { parts: c }, out: a.txt }
          |   ^"
    `);
  });

  test("axes that do not go together", () => {
    expect(
      complaints(`
axes:
  story: { files: "scripts/\${story}.txt" }
  item: { items: "\${list.items}", key: number }
targets:
  list: { task: split, in: { text: "scripts/\${story}.txt" }, out: "work/\${story}.json" }
  said: { task: say, with: { text: "\${item.text}" }, out: "said/\${item}.txt" }
  one: { task: upper, in: { text: said }, out: "one/\${story}.txt" }
  title: { task: say, with: { text: "\${list.title}" }, out: title.txt }
`),
    ).toMatchInlineSnapshot(`
      "pipelines/p.yaml:7:59: this path names \${item} but not \${story}, and each story has a list of its own.
        7 |   said: { task: say, with: { text: "\${item.text}" }, out: "said/\${item}.txt" }
          |                                                           ^

      pipelines/p.yaml:8:35: the task 'upper' takes one file as 'text', and this is one for every item.
        8 |   one: { task: upper, in: { text: said }, out: "one/\${story}.txt" }
          |                                   ^

      pipelines/p.yaml:9:38: 'title' would take a value from every story of 'list'; a value comes from one file.
        9 |   title: { task: say, with: { text: "\${list.title}" }, out: title.txt }
          |                                      ^"
    `);
  });

  test("targets that do not fit their task", () => {
    expect(
      complaints(`
targets:
  a: { task: upper, out: a.txt }
  b: { task: say, with: { text: 5 }, out: b.mp3 }
  c: { task: join, in: { part: a }, with: { glue: x, glut: y }, out: c.txt }
`),
    ).toMatchInlineSnapshot(`
      "pipelines/p.yaml:3:3: 'a' lacks the input 'text' that the task 'upper' needs.
        3 |   a: { task: upper, out: a.txt }
          |   ^

      pipelines/p.yaml:4:27: with.text: expected a string, found the number 5. Put it in quotes.
        4 |   b: { task: say, with: { text: 5 }, out: b.mp3 }
          |                           ^

      pipelines/p.yaml:4:43: the task 'say' makes a .txt file here.
        4 |   b: { task: say, with: { text: 5 }, out: b.mp3 }
          |                                           ^

      pipelines/p.yaml:5:26: the task 'join' has no input 'part'. Did you mean 'parts'?
        5 |   c: { task: join, in: { part: a }, with: { glue: x, glut: y }, out: c.txt }
          |                          ^

      pipelines/p.yaml:5:54: the task 'join' has no parameter 'glut'. Did you mean 'glue'?
        5 |   c: { task: join, in: { part: a }, with: { glue: x, glut: y }, out: c.txt }
          |                                                      ^"
    `);
  });

  test("options: unknown ones and wrong types", () => {
    const text = "options: { loud: false }\ntargets: {}\n";
    expect(complaints(text, { luod: true })).toMatchInlineSnapshot(`
      "pipelines/p.yaml:1:1: faceless.config.yaml sets the option 'luod', and this pipeline has none of that name. Did you mean 'loud'?
        1 | options: { loud: false }
          | ^"
    `);
    expect(complaints(text, { loud: "yes" })).toMatchInlineSnapshot(`
      "pipelines/p.yaml:1:18: the option 'loud' is true or false here, and faceless.config.yaml sets it to "yes".
        1 | options: { loud: false }
          |                  ^"
    `);
  });

  test("templates are dotted paths and nothing more", () => {
    expect(
      complaints(`
targets:
  a: { task: say, with: { text: "\${1 + 2}" }, out: a.txt }
  b: { task: say, with: { text: "\${project.niche" }, out: b.txt }
  c: { task: say, with: { text: "all: \${project.platforms}" }, out: c.txt }
`),
    ).toMatchInlineSnapshot(`
      "pipelines/p.yaml:3:34: '\${1 + 2}' is no dotted path: names with dots between them, no logic, no nesting.
        3 |   a: { task: say, with: { text: "\${1 + 2}" }, out: a.txt }
          |                                  ^

      pipelines/p.yaml:4:34: this '\${' has no '}'.
        4 |   b: { task: say, with: { text: "\${project.niche" }, out: b.txt }
          |                                  ^

      pipelines/p.yaml:5:39: 'project.platforms' is a list and cannot stand inside a text.
        5 |   c: { task: say, with: { text: "all: \${project.platforms}" }, out: c.txt }
          |                                       ^"
    `);
  });

  test("a command quotes its values itself", () => {
    expect(
      complaints(
        String.raw`
axes: { n: { values: [a, "it's"] } }
targets:
  a: { run: 'printf "%s" "@{n}" > @{out}', out: "a_@{n}.txt" }
  b: { run: 'printf "%s" @{project.niche} "and @{n}" > @{out}', out: "b_@{n}.txt" }
  c: { run: 'echo \" @{n} > @{out}', out: "c_@{n}.txt" }
`.replaceAll("@", "$"),
      ),
    ).toMatchInlineSnapshot(`
      "pipelines/p.yaml:4:27: a value is quoted for the shell already: take away the quotes around it.
        4 |   a: { run: 'printf "%s" "\${n}" > \${out}', out: "a_\${n}.txt" }
          |                           ^

      pipelines/p.yaml:5:48: a value is quoted for the shell already: take away the quotes around it.
        5 |   b: { run: 'printf "%s" \${project.niche} "and \${n}" > \${out}', out: "b_\${n}.txt" }
          |                                                ^"
    `);
  });

  test.each([
    'echo "$(cat @{in.m})" > @{out}',
    'x="$(cat @{in.m})"; echo "$x" > @{out}',
    'echo "$(cat "$(basename @{in.m})" @{in.m}) $(( @{n} + 1 ))" > @{out}',
    'echo "`cat @{in.m}`" > @{out}',
    "tr '\\\\' / < @{in.m} > @{out}",
    "cat @{in.m} # isn't it\ncat @{in.m} > @{out}",
    "echo $'it\\'s' @{in.m} > @{out}",
  ])("quotes that start afresh, or are none: %s", (command) => {
    const run = JSON.stringify(command.replaceAll("@", "$"));
    const axes = "axes: { n: { values: [1] } }";
    expect(complaints(`${axes}\ntargets: { a: { run: ${run}, in: { m: ./m }, out: "\${n}.txt" } }`)).toBe(
      "no complaint",
    );
  });

  test.each([
    'echo "$(cat "@{in.m}")" > @{out}',
    'echo "$(cat x) @{in.m}" > @{out}',
    "echo '$(cat @{in.m})' > @{out}",
    'echo $(cat x; echo "@{in.m}") > @{out}',
    "echo x#'@{in.m}' > @{out}",
  ])("quotes around a value all the same: %s", (command) => {
    const run = JSON.stringify(command.replaceAll("@", "$"));
    expect(complaints(`targets: { a: { run: ${run}, in: { m: ./m }, out: a.txt } }`)).toMatch(
      /^pipelines\/p.yaml:1:\d+: a value is quoted for the shell already: take away the quotes around it\.\n/,
    );
  });

  test("a mistake in a text of several lines stands on its own line, and all of them are told", () => {
    expect(
      complaints(
        String.raw`
targets:
  a:
    run: | # two lines
      echo "as is" @{project.nich}
        cat @{in.m} @{in.n} > "@{out}"
    in: { m: ./m.txt }
    out: a.txt
  b:
    run: >-
      echo
      one   @{1 + 2}

      @{projct.niche} @{b
    out: b.txt
  c:
    run: "printf \"%s\\n\" \u00e9\U0001F600 @{project.nich} \
      @{projet.niche}\n @{x}"
    out: c.txt
  d:
    run: echo
      'it''s' @{y} > @{out}
    out: '@{it}''s @{its}.txt'
`.replaceAll("@", "$"),
      ),
    ).toMatchInlineSnapshot(`
      "pipelines/p.yaml:5:20: project has no 'nich'. Did you mean 'niche'?
        5 |       echo "as is" \${project.nich}
          |                    ^

      pipelines/p.yaml:6:21: there is no 'in.n'. Did you mean 'in.m'?
        6 |         cat \${in.m} \${in.n} > "\${out}"
          |                     ^

      pipelines/p.yaml:12:13: '\${1 + 2}' is no dotted path: names with dots between them, no logic, no nesting.
        12 |       one   \${1 + 2}
           |             ^

      pipelines/p.yaml:14:7: there is no 'projct' here. Did you mean 'project'?
        14 |       \${projct.niche} \${b
           |       ^

      pipelines/p.yaml:14:23: this '\${' has no '}'.
        14 |       \${projct.niche} \${b
           |                       ^

      pipelines/p.yaml:17:45: project has no 'nich'. Did you mean 'niche'?
        17 |     run: "printf \\"%s\\\\n\\" \\u00e9\\U0001F600 \${project.nich} \\
           |                                             ^

      pipelines/p.yaml:18:7: there is no 'projet' here. Did you mean 'project'?
        18 |       \${projet.niche}\\n \${x}"
           |       ^

      pipelines/p.yaml:18:25: there is no 'x' here. Did you mean 'a'?
        18 |       \${projet.niche}\\n \${x}"
           |                         ^

      pipelines/p.yaml:22:15: there is no 'y' here. Did you mean 'a'?
        22 |       'it''s' \${y} > \${out}
           |               ^

      pipelines/p.yaml:23:11: there is no 'it' here. There are 'project', 'options'.
        23 |     out: '\${it}''s \${its}.txt'
           |           ^

      pipelines/p.yaml:23:20: there is no 'its' here. There are 'project', 'options'.
        23 |     out: '\${it}''s \${its}.txt'
           |                    ^"
    `);
  });

  test("output paths that cannot be, all at once and each at its place", () => {
    expect(
      complaints(`
axes: { n: { values: [a] } }
targets:
  a: { run: "echo > \${out}", out: "./bad/\${n}.txt" }
  b: { run: "echo > \${out.y}", out: { x: ../x.txt, y: /tmp/z, z: pinned/z } }
  c: { run: "echo > \${out}", out: "c//\${n}.txt" }
  d: { run: "echo > \${out}", out: "\${n}/" }
`),
    ).toMatchInlineSnapshot(`
      "pipelines/p.yaml:4:35: the output './bad/\${n}.txt' of 'a' is written without the './'.
        4 |   a: { run: "echo > \${out}", out: "./bad/\${n}.txt" }
          |                                   ^

      pipelines/p.yaml:5:42: the output '../x.txt' of 'b' leaves the project.
        5 |   b: { run: "echo > \${out.y}", out: { x: ../x.txt, y: /tmp/z, z: pinned/z } }
          |                                          ^

      pipelines/p.yaml:5:55: the output '/tmp/z' of 'b' is absolute; an output is inside its project.
        5 |   b: { run: "echo > \${out.y}", out: { x: ../x.txt, y: /tmp/z, z: pinned/z } }
          |                                                       ^

      pipelines/p.yaml:5:66: the output 'pinned/z' of 'b' is in 'pinned/', which is kept for sources and state.
        5 |   b: { run: "echo > \${out.y}", out: { x: ../x.txt, y: /tmp/z, z: pinned/z } }
          |                                                                  ^

      pipelines/p.yaml:6:35: the output 'c//\${n}.txt' of 'c' has an empty name between its slashes.
        6 |   c: { run: "echo > \${out}", out: "c//\${n}.txt" }
          |                                   ^

      pipelines/p.yaml:7:35: the output '\${n}/' of 'd' ends with a slash, and an output is a file.
        7 |   d: { run: "echo > \${out}", out: "\${n}/" }
          |                                   ^"
    `);
  });

  test("cycles that have nothing to do with each other", () => {
    expect(
      complaints(`
targets:
  a: { task: join, in: { parts: [b, c] }, out: a.txt }
  b: { task: join, in: { parts: a }, out: b.txt }
  c: { task: join, in: { parts: d }, out: c.txt }
  d: { task: join, in: { parts: [e, c] }, out: d.txt }
  e: { task: join, in: { parts: e }, out: e.txt }
`),
    ).toMatchInlineSnapshot(`
      "pipelines/p.yaml:3:3: 'a' depends on itself: a → b → a.
        3 |   a: { task: join, in: { parts: [b, c] }, out: a.txt }
          |   ^

      pipelines/p.yaml:5:3: 'c' depends on itself: c → d → c.
        5 |   c: { task: join, in: { parts: d }, out: c.txt }
          |   ^

      pipelines/p.yaml:7:3: 'e' depends on itself: e → e.
        7 |   e: { task: join, in: { parts: e }, out: e.txt }
          |   ^"
    `);
  });

  test("a neighbour that is none, and an output that there is not", () => {
    expect(
      complaints(`
axes:
  region: { values: [a, b] }
  other: { values: [a, b] }
targets:
  sorted: { run: "echo > \${out.rows} > \${out.count}", out: { rows: "r/\${region}", count: "c/\${region}" } }
  merged: { run: "cat \${in.all} > \${out}", in: { all: "sorted.rows[region+x]" }, out: "m/\${region}" }
  b: { run: "cat \${in.all} > \${out}", in: { all: ["sorted.rows[regin]", "sorted.rows[ other + 1 ]"] }, out: "b/\${region}" }
  c: { run: "cat \${in.all} > \${out}", in: { all: "merged.csv" }, out: c }
  d: { run: "cat \${in.all} > \${out}", in: { all: ["set[ab].txt", "./sorted[ab].txt"] }, out: d }
`),
    ).toMatchInlineSnapshot(`
      "pipelines/p.yaml:7:55: 'region+x' is no neighbour: it takes an axis and how far, such as sorted.rows[region+1] or sorted.rows[region-1].
        7 |   merged: { run: "cat \${in.all} > \${out}", in: { all: "sorted.rows[region+x]" }, out: "m/\${region}" }
          |                                                       ^

      pipelines/p.yaml:8:51: 'regin' is no neighbour: it takes an axis and how far, such as sorted.rows[region+1] or sorted.rows[region-1].
        8 |   b: { run: "cat \${in.all} > \${out}", in: { all: ["sorted.rows[regin]", "sorted.rows[ other + 1 ]"] }, out: "b/\${region}" }
          |                                                   ^

      pipelines/p.yaml:8:73: ' other + 1 ' is no neighbour: it takes an axis and how far, such as sorted.rows[other+1] or sorted.rows[other-1].
        8 |   b: { run: "cat \${in.all} > \${out}", in: { all: ["sorted.rows[regin]", "sorted.rows[ other + 1 ]"] }, out: "b/\${region}" }
          |                                                                         ^

      pipelines/p.yaml:9:50: 'merged' has no output 'csv'. There is 'merged'. A file in the project's own folder is written ./merged.csv
        9 |   c: { run: "cat \${in.all} > \${out}", in: { all: "merged.csv" }, out: c }
          |                                                  ^"
    `);
  });

  test("what a command cannot name", () => {
    expect(
      complaints(`
targets:
  a: { run: "cat \${in.zz} \${in} > \${out.b}", out: a.txt }
  b: { run: "cat \${in.foto} \${in.x} > \${out.tow}; echo > \${out}", in: { photo: ./a.jpg }, out: { one: b1, two: b2 } }
`),
    ).toMatchInlineSnapshot(`
      "pipelines/p.yaml:3:18: there is no 'in.zz'. The target has no inputs: give it some under 'in'.
        3 |   a: { run: "cat \${in.zz} \${in} > \${out.b}", out: a.txt }
          |                  ^

      pipelines/p.yaml:3:27: 'in' needs a name after it. The target has no inputs: give it some under 'in'.
        3 |   a: { run: "cat \${in.zz} \${in} > \${out.b}", out: a.txt }
          |                           ^

      pipelines/p.yaml:3:35: there is no 'out.b'. The target has one output: write \${out}.
        3 |   a: { run: "cat \${in.zz} \${in} > \${out.b}", out: a.txt }
          |                                   ^

      pipelines/p.yaml:4:18: there is no 'in.foto'. There is 'in.photo'.
        4 |   b: { run: "cat \${in.foto} \${in.x} > \${out.tow}; echo > \${out}", in: { photo: ./a.jpg }, out: { one: b1, two: b2 } }
          |                  ^

      pipelines/p.yaml:4:29: there is no 'in.x'. There is 'in.photo'.
        4 |   b: { run: "cat \${in.foto} \${in.x} > \${out.tow}; echo > \${out}", in: { photo: ./a.jpg }, out: { one: b1, two: b2 } }
          |                             ^

      pipelines/p.yaml:4:39: there is no 'out.tow'. Did you mean 'out.two'?
        4 |   b: { run: "cat \${in.foto} \${in.x} > \${out.tow}; echo > \${out}", in: { photo: ./a.jpg }, out: { one: b1, two: b2 } }
          |                                       ^

      pipelines/p.yaml:4:58: 'out' needs a name after it. There are 'out.one', 'out.two'.
        4 |   b: { run: "cat \${in.foto} \${in.x} > \${out.tow}; echo > \${out}", in: { photo: ./a.jpg }, out: { one: b1, two: b2 } }
          |                                                          ^"
    `);
  });

  test("a pool that nothing bounds", () => {
    expect(
      complaints(`
targets:
  a: { run: "echo > \${out}", pool: netwrk, out: a.txt }
  b: { run: "echo > \${out}", pool: gpu, out: b.txt }
  c: { run: "echo > \${out}", pool: voice, out: c.txt }
  d: { run: "echo > \${out}", pool: cpu, out: d.txt }
  e: { run: "echo > \${out}", pool: network, out: e.txt }
`),
    ).toMatchInlineSnapshot(`
      "pipelines/p.yaml:3:36: there is no pool 'netwrk'. Did you mean 'network'? A pool of your own is bounded in faceless.config.yaml, as in: pools: { netwrk: 2 }
        3 |   a: { run: "echo > \${out}", pool: netwrk, out: a.txt }
          |                                    ^

      pipelines/p.yaml:4:36: there is no pool 'gpu'. Did you mean 'cpu'? A pool of your own is bounded in faceless.config.yaml, as in: pools: { gpu: 2 }
        4 |   b: { run: "echo > \${out}", pool: gpu, out: b.txt }
          |                                    ^"
    `);
  });

  test("a file in the project's own folder is told apart from a target", () => {
    expect(
      complaints("targets:\n  a: { task: upper, in: { text: notes.txt }, out: a.txt }\n"),
    ).toMatchInlineSnapshot(`
      "pipelines/p.yaml:2:33: there is no target 'notes'. There is 'a'. A file in the project's own folder is written ./notes.txt
        2 |   a: { task: upper, in: { text: notes.txt }, out: a.txt }
          |                                 ^"
    `);
  });
});

test("a source outside the project is told with the rest, as far as it is known by then", () => {
  expect(
    complaints(`
axes:
  story: { files: "../other/\${story}.txt" }
  n: { values: [a] }
targets:
  a: { task: upper, in: { text: "../\${n}/x.txt" }, out: "a_\${n}.txt" }
  b: { task: upper, in: { text: "x/\${project.niche}/../../x.txt" }, out: b.txt }
  c: { task: upper, in: { text: "..\${n}/x..txt" }, out: "c_\${n}.txt" }
`),
  ).toMatchInlineSnapshot(`
    "pipelines/p.yaml:3:19: the pattern of 'story' leaves the project; a path from the content repo's root begins with '/'.
      3 |   story: { files: "../other/\${story}.txt" }
        |                   ^

    pipelines/p.yaml:6:33: '../…/x.txt' leaves the project; a path from the content repo's root begins with '/'.
      6 |   a: { task: upper, in: { text: "../\${n}/x.txt" }, out: "a_\${n}.txt" }
        |                                 ^

    pipelines/p.yaml:7:33: 'x/demo/../../x.txt' leaves the project; a path from the content repo's root begins with '/'.
      7 |   b: { task: upper, in: { text: "x/\${project.niche}/../../x.txt" }, out: b.txt }
        |                                 ^"
  `);
});

describe("binding", () => {
  const FILM = `
axes:
  story: { files: "scripts/\${story}.txt" }
  platform: { values: "\${project.platforms}" }
  item: { items: "\${list.items}", key: number, pad: 2 }
targets:
  list: { task: split, in: { text: "scripts/\${story}.txt" }, out: "work/\${story}.json" }
  voice: { task: say, with: { text: "\${item.text}" }, out: "voice/\${story}_\${item}.txt" }
  image: { task: say, with: { text: "\${platform.size}" }, out: "image/\${story}_\${item}_\${platform}.txt" }
  final: { task: join, in: { parts: [image, voice] }, out: "final/\${story}_\${platform}.txt" }
`;
  const items = (...numbers: number[]) => ({
    items: numbers.map((number) => ({ number, text: `t${number}` })),
  });

  test("a target exists once for each combination of the axes that its output names", () => {
    expect(graph(FILM, ["scripts/a.txt"], { "work/a.json": items(1, 2) })).toEqual([
      "work/a.json",
      "final/a_wide.txt",
      "final/a_tall.txt",
      "voice/a_01.txt",
      "voice/a_02.txt",
      "image/a_01_wide.txt",
      "image/a_02_wide.txt",
      "image/a_01_tall.txt",
      "image/a_02_tall.txt",
    ]);
  });

  test("references bind by axis, and gather an axis that the consumer lacks in its order", () => {
    const built = new Graph(compile(FILM), () => ["scripts/a.txt"]);
    const source = built.maker("work/a.json")!;
    built.expand(built.expansionsOf(source)[0]!, items(2, 10, 1));
    const needs = built.needs(built.maker("final/a_tall.txt")!);
    expect(needs.actions.map((action) => action.id)).toEqual([
      "image/a_02_tall.txt",
      "image/a_10_tall.txt",
      "image/a_01_tall.txt",
      "voice/a_02.txt",
      "voice/a_10.txt",
      "voice/a_01.txt",
    ]);
  });

  test("a neighbour on an axis is absent past its end", () => {
    const built = new Graph(
      compile(`
axes: { n: { values: [a, b, c] } }
targets:
  one: { task: say, with: { text: "\${n}" }, out: "one_\${n}.txt" }
  two: { task: join, in: { parts: one, extra: "one[n+1]" }, out: "two_\${n}.txt" }
`),
      () => [],
    );
    expect(built.needs(built.maker("two_a.txt")!).actions.map((action) => action.id)).toEqual([
      "one_a.txt",
      "one_b.txt",
    ]);
    expect(built.needs(built.maker("two_c.txt")!).actions.map((action) => action.id)).toEqual(["one_c.txt"]);
  });

  const say = (name: string, out: string) => `  ${name}: { task: say, with: { text: x }, out: "${out}" }\n`;

  test.each([
    [
      "two targets with one output",
      say("a", "x.txt") + say("b", "x.txt"),
      "'b' and 'a' both make 'x.txt': every output has one target.",
    ],
    [
      "equal after case folding",
      say("a", "x.txt") + say("b", "X.txt"),
      "'X.txt' and 'x.txt' are one file where a file system folds case or accents.",
    ],
    [
      "equal after composing",
      say("a", "\u00e9.txt") + say("b", "e\u0301.txt"),
      "'e\u0301.txt' and '\u00e9.txt' are one file where a file system folds case or accents.",
    ],
    ["leaves the project", say("a", "../x.txt"), "the output '../x.txt' of 'a' leaves the project."],
    [
      "into the sources",
      say("a", "scripts/x.txt"),
      "the output 'scripts/x.txt' of 'a' is in 'scripts/', which is kept for sources and state.",
    ],
    [
      "absolute",
      say("a", "/x.txt"),
      "the output '/x.txt' of 'a' is absolute; an output is inside its project.",
    ],
  ])("an output path that cannot be: %s", (_, targets, message) => {
    expect(() => graph(`targets:\n${targets}`)).toThrow(message);
  });

  test.each<[string, Json, string]>([
    [
      "a key that leaves",
      { items: [{ number: "../x", text: "" }] },
      `work/a.json: list.items, which the axis 'item' lists: the key "../x" cannot stand in a path: a key has no '/' and no '\\', and is not '.' or '..'. The axis's 'key' says which member of an entry is its key, here 'number'.`,
    ],
    [
      "a key twice",
      { items: [{ number: 1 }, { number: 1 }] },
      `work/a.json: list.items, which the axis 'item' lists: two entries have the key "01". The axis's 'key' says which member of an entry is its key, here 'number'.`,
    ],
    [
      "no key",
      { items: [{ text: "" }] },
      "work/a.json: list.items, which the axis 'item' lists: entry 1 has no key 'number' that is a text or a number.",
    ],
    [
      "no list",
      { items: "none" },
      `work/a.json: list.items, which the axis 'item' lists: "none" is no list.`,
    ],
    ["no such member", {}, "work/a.json has no 'items', which the axis 'item' lists. There are none."],
  ])("a list that cannot be an axis: %s", (_, list, message) => {
    expect(() => graph(FILM, ["scripts/a.txt"], { "work/a.json": list })).toThrow(message);
  });

  test("what comes to light list by list is all that is needed once every list is known, in whatever order", () => {
    const nested = `
axes:
  story: { files: "scripts/\${story}.txt" }
  item: { items: "\${list.items}", key: number }
  part: { items: "\${cut.items}", key: number }
  group: { values: { some: [1, 2], last: [3], none: [] } }
targets:
  list: { task: split, in: { text: "scripts/\${story}.txt" }, out: "list/\${story}.json" }
  voice: { task: say, with: { text: "\${item.text}" }, out: "voice/\${story}_\${item}.txt" }
  cut: { task: split, in: { text: voice }, out: "cut/\${story}_\${item}.json" }
  piece: { task: say, with: { text: "\${part.text}" }, out: "piece/\${story}_\${item}_\${part}.txt" }
  pair: { task: join, in: { parts: ["voice[item+1]", "piece[item-1]", "piece[story+1]"] }, out: "pair/\${story}_\${item}.txt" }
  next: { task: join, in: { parts: ["piece[story+1]", "piece[item+1]", "voice[story-1]"] }, out: "next/\${story}_\${item}_\${part}.txt" }
  tale: { task: join, in: { parts: [voice, piece, "voice[story-1]"] }, out: "tale/\${story}.txt" }
  all: { task: join, in: { parts: [voice, piece, list, pair] }, out: all.txt }
  some: { task: join, in: { parts: ["voice[item in group]", "piece[item in group]", piece] }, out: "some/\${group}.txt" }
  few: { task: join, in: { parts: ["piece[part in group]", "piece[item in group]"] }, out: "few/\${story}_\${group}.txt" }
`;
    const choices = fc.array(fc.record({ which: fc.nat(), length: fc.integer({ min: 0, max: 3 }) }), {
      minLength: 30,
      maxLength: 30,
    });
    const order = (actions: Iterable<Action>) => [...actions].map(({ id }) => id).sort();
    fc.assert(
      fc.property(choices, (steps) => {
        const built = new Graph(compile(nested), () => ["scripts/a.txt", "scripts/b.txt", "scripts/c.txt"]);
        const known = new Map<Action, { actions: Set<Action>; pending: Set<Expansion> }>();
        const learn = (action: Action, { actions, pending }: Found) => {
          const before = known.get(action) ?? { actions: new Set(), pending: new Set() };
          known.set(action, before);
          for (const one of actions) before.actions.add(one);
          for (const one of pending) before.pending.add(one);
        };
        const settle = () => {
          for (const action of [...built.actions.values()]) {
            built.expansionsOf(action);
            if (!known.has(action)) learn(action, built.needs(action));
          }
        };
        settle();
        for (const { which, length } of steps) {
          const expansion = built.pending[which % Math.max(1, built.pending.length)];
          if (expansion === undefined) break;
          built.expand(expansion, items(...Array.from({ length }, (_, i) => i + 1)));
          for (const [action, { pending }] of known)
            if (pending.delete(expansion)) learn(action, built.newNeeds(action, expansion));
          settle();
        }
        for (const [action, { actions, pending }] of known) {
          const needs = built.needs(action);
          expect([action.id, order(actions)]).toEqual([action.id, order(needs.actions)]);
          expect(pending).toEqual(new Set(needs.pending));
        }
      }),
    );
  });
});
