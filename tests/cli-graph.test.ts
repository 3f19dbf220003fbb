/** `faceless graph`: whole output for real projects, and names of every kind in formats that give signs a meaning. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Outline } from "../lib/model/outline.ts";
import { sayGraph } from "../lib/report/graph.ts";
import { complained, repo, said } from "./small-repo.ts";

/** A list that a command makes, and one file for each of its lines: how many there are is known once it is built. */
const LISTED = `axes:
  line: { items: "\${list.lines}", key: id }
targets:
  list: { run: "cp \${in.draft} \${out}", in: { draft: ./draft.json }, out: list.json }
  each: { run: "echo \${line.text} > \${out}", out: "each/\${line}.txt" }
  all: { run: "cat \${in.parts} \${in.music} > \${out}", in: { parts: each, music: "/shared/*.txt" }, out: all.txt }
  title: { run: "echo \${list.title} > \${out}", out: title.txt }
`;

function listed() {
  return repo({
    "pipelines/p.yaml": LISTED,
    "output/demo/draft.json":
      '{ "title": "t", "lines": [{ "id": 1, "text": "a" }, { "id": 2, "text": "b" }] }',
    "shared/b.txt": "b",
    "shared/a.txt": "a",
  });
}

describe("by target", () => {
  test("as Mermaid, before anything is built, and after", async () => {
    const shop = listed();
    const before = `flowchart LR
  subgraph p0["output/demo"]
    n0_0(["/shared/#42;.txt"])
    n0_1(["draft.json"])
    n0_2["list<br/>command, 1 output"]
    n0_3["each<br/>command, number of outputs not known yet"]
    n0_4["all<br/>command, 1 output"]
    n0_5["title<br/>command, 1 output"]
  end
  n0_1 --> n0_2
  n0_2 -.-> n0_3
  n0_0 --> n0_4
  n0_3 --> n0_4
  n0_2 -.-> n0_5
  classDef source fill:none,stroke-dasharray:3 3
  class n0_0,n0_1 source
`;
    expect(await shop.run(["graph"])).toEqual(said(0, before));
    await shop.run(["build"]);
    const after = before.replace("number of outputs not known yet", "2 outputs");
    expect(await shop.run(["graph", "output/demo"])).toEqual(said(0, after));
  });

  test("what is asked for, and what it needs", async () => {
    const shop = listed();
    expect(await shop.run(["graph", "output/demo/each/1.txt", "--format", "dot"])).toEqual(
      said(
        0,
        `digraph faceless {
  rankdir=LR
  node [shape=box]
  subgraph cluster_0 {
    label="output/demo"
    n0_0 [label="draft.json" shape=note]
    n0_1 [label="list\\ncommand, 1 output"]
    n0_2 [label="each\\ncommand, number of outputs not known yet"]
  }
  n0_0 -> n0_1
  n0_1 -> n0_2 [style=dashed]
}
`,
      ),
    );
    expect(await shop.run(["graph", "output/demo/nothing.txt"])).toEqual(
      complained(
        "no target makes output/demo/nothing.txt.\n  `faceless graph --outputs` lists what there is to build.",
      ),
    );
  });

  test("several projects in one picture", async () => {
    const shop = repo({ "output/other/scripts/b.txt": "b", "output/other/scripts/c.txt": "c" });
    expect(await shop.run(["graph", "output", "--format", "dot"])).toEqual(
      said(
        0,
        `digraph faceless {
  rankdir=LR
  node [shape=box]
  subgraph cluster_0 {
    label="output/demo"
    n0_0 [label="scripts/\${story}.txt" shape=note]
    n0_1 [label="loud\\ncommand, 1 output"]
    n0_2 [label="count\\ncommand, 1 output"]
  }
  n0_0 -> n0_1
  n0_1 -> n0_2
  subgraph cluster_1 {
    label="output/other"
    n1_0 [label="scripts/\${story}.txt" shape=note]
    n1_1 [label="loud\\ncommand, 2 outputs"]
    n1_2 [label="count\\ncommand, 2 outputs"]
  }
  n1_0 -> n1_1
  n1_1 -> n1_2
}
`,
      ),
    );
  });
});

describe("by output", () => {
  test("one node for each action, and the source files that it reads", async () => {
    const shop = listed();
    await shop.run(["build"]);
    expect(await shop.run(["graph", "--outputs"])).toEqual(
      said(
        0,
        `flowchart LR
  subgraph p0["output/demo"]
    n0_0(["/shared/a.txt"])
    n0_1(["/shared/b.txt"])
    n0_2(["draft.json"])
    n0_3["list.json"]
    n0_4["each/1.txt"]
    n0_5["each/2.txt"]
    n0_6["all.txt"]
    n0_7["title.txt"]
  end
  n0_2 --> n0_3
  n0_3 -.-> n0_4
  n0_3 -.-> n0_5
  n0_0 --> n0_6
  n0_1 --> n0_6
  n0_4 --> n0_6
  n0_5 --> n0_6
  n0_3 -.-> n0_7
  classDef source fill:none,stroke-dasharray:3 3
  class n0_0,n0_1,n0_2 source
`,
      ),
    );
  });

  test("as JSON, for one output", async () => {
    const shop = listed();
    await shop.run(["build"]);
    const { code, out, err } = await shop.run([
      "graph",
      "--outputs",
      "--format",
      "json",
      "output/demo/each/2.txt",
    ]);
    expect({ code, err, graph: JSON.parse(out) }).toEqual({
      code: 0,
      err: "",
      graph: {
        format: 1,
        projects: [
          {
            project: "output/demo",
            nodes: [
              { kind: "source", id: "source:draft.json", path: "draft.json" },
              { kind: "action", id: "output:list.json", target: "list", task: null, outputs: ["list.json"] },
              {
                kind: "action",
                id: "output:each/2.txt",
                target: "each",
                task: null,
                outputs: ["each/2.txt"],
              },
            ],
            edges: [
              { from: "source:draft.json", to: "output:list.json", ties: ["file"] },
              { from: "output:list.json", to: "output:each/2.txt", ties: ["list"] },
            ],
          },
        ],
      },
    });
  });

  test("a cheap list is made aside, so what follows from it is there without a build", async () => {
    const scene = (narration: string) => ({ narration, image_prompt: "p" });
    const shop = repo({
      "pipelines/p.yaml": `axes:
  scene: { items: "\${script.scenes}", key: scene_number, pad: 2 }
targets:
  script: { task: script, in: { draft: ./draft.json }, with: { niche: demo }, out: script.json }
  line: { run: "echo \${scene.narration} > \${out}", out: "\${scene}.txt" }
`,
      "output/demo/draft.json": JSON.stringify({ title: "t", scenes: [scene("one"), scene("two")] }),
    });
    const { out } = await shop.run(["graph", "--outputs", "--format", "dot"]);
    expect(out.match(/label=.*/g)).toEqual([
      'label="output/demo"',
      'label="draft.json" shape=note]',
      'label="script.json"]',
      'label="01.txt"]',
      'label="02.txt"]',
    ]);
    expect(shop.tree()).not.toHaveProperty("output/demo/script.json");
    shop.write("output/demo/draft.json", "{");
    const broken = await shop.run(["graph"]);
    expect(broken.code).toBe(1);
    expect(broken.err).toMatch(
      /^faceless: output\/demo\/script\.json cannot be made: output\/demo\/draft\.json:1:/,
    );
    expect(broken.out).toContain("line<br/>command, number of outputs not known yet");
  });
});

test("a format that is none", async () => {
  const shop = repo();
  expect(await shop.run(["graph", "--format", "dots"])).toEqual(
    complained("there is no format 'dots'.\n  Did you mean 'dot'?"),
  );
});

describe("names of every kind", () => {
  const named = (name: string): Outline => ({
    project: "output/demo",
    nodes: [
      { kind: "source", id: `source:${name}`, path: name },
      { kind: "action", id: "output:x", target: "x", task: null, outputs: [name, "x"] },
    ],
    edges: [{ from: `source:${name}`, to: "output:x", ties: ["file"] }],
  });

  /** Control characters as they are shown. */
  const shown = (name: string) =>
    name.replace(/\p{Cc}|[\u2028\u2029]/gu, (sign) => {
      const short: Record<string, string> = {
        "\n": "\\n",
        "\t": "\\t",
        "\r": "\\r",
        "\b": "\\b",
        "\f": "\\f",
      };
      return short[sign] ?? `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
    });

  test.each([
    ['a "quoted" [name].txt', "a #34;quoted#34; #91;name#93;.txt", 'a \\"quoted\\" [name].txt'],
    ["new\nline\\n", "new#92;nline#92;n", "new\\\\nline\\\\n"],
    ["夜の灯台 é🌊.txt", "夜の灯台 é🌊.txt", "夜の灯台 é🌊.txt"],
    ["<b>&amp;#35;</b>", "#60;b#62;#38;amp#59;#35;35#59;#60;/b#62;", "<b>&amp;amp;#35;</b>"],
    [
      "style: %%{init}%% $$x$$",
      "style#58; #37;#37;{init}#37;#37; #36;#36;x#36;#36;",
      "style: %%{init}%% $$x$$",
    ],
  ])("%j", (name, mermaid, dot) => {
    expect(sayGraph([named(name)], "mermaid")).toBe(`flowchart LR
  subgraph p0["output/demo"]
    n0_0(["${mermaid}"])
    n0_1["${mermaid}<br/>x"]
  end
  n0_0 --> n0_1
  classDef source fill:none,stroke-dasharray:3 3
  class n0_0 source
`);
    expect(sayGraph([named(name)], "dot")).toContain(`\n    n0_1 [label="${dot}\\nx"]\n`);
  });

  test("every line keeps its form, and every name can be read back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (name) => {
        const mermaid = sayGraph([named(name)], "mermaid").split("\n");
        expect(mermaid).toHaveLength(9);
        const code = /^ {4}n0_0\(\["([^"<>:%`\\]*)"\]\)$/.exec(mermaid[2]!)?.[1];
        const decoded = code?.replace(/#(\d+);/g, (_, sign) => String.fromCodePoint(Number(sign)));
        expect(decoded).toBe(shown(name));
        const dot = sayGraph([named(name)], "dot").split("\n");
        expect(dot).toHaveLength(11);
        const quoted = /^ {4}n0_0 \[label="((?:[^"\\]|\\["\\])*)" shape=note\]$/.exec(dot[5]!)?.[1];
        const plain = quoted?.replace(/\\(["\\])/g, "$1").replaceAll("&amp;", "&");
        expect(plain).toBe(shown(name));
      }),
    );
  });
});
