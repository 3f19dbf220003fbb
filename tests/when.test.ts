/** `when:`: targets that an option or the project switches off. */
import { describe, expect, test } from "vitest";
import { workshop } from "./workshop.ts";

const PIPELINE = `
options: { captions: true, theme: null }
axes:
  word: { items: "\${captions.items}", key: number }
targets:
  text: { task: upper, in: { text: ./text.txt }, out: upper.txt }
  captions: { task: split, in: { text: ./text.txt }, when: "\${options.captions}", out: captions.json }
  flash: { task: say, with: { text: "\${word.text}" }, when: "\${options.captions}", out: "flash/\${word}.txt" }
  film: { task: join, in: { parts: [text, flash], extra: captions }, out: film.txt }
  listed: { run: "cat /dev/null \${in.all} > \${out}; echo end >> \${out}", in: { all: [captions] }, out: listed.txt }
  gathered: { run: "cat /dev/null \${in.all} > \${out}; echo end >> \${out}", in: { all: flash }, out: gathered.txt }
`;

function shopOf(pipeline: string) {
  return workshop({ "/pipelines/p.yaml": pipeline, "text.txt": "one\ntwo\n" });
}

test("switched off, a target is gone with its files, and what reads it does without", async () => {
  const shop = shopOf(PIPELINE);
  expect((await shop.build()).ran).toEqual({
    "upper.txt": "ran",
    "captions.json": "ran",
    "flash/1.txt": "ran",
    "flash/2.txt": "ran",
    "film.txt": "ran",
    "listed.txt": "ran",
    "gathered.txt": "ran",
  });
  expect(shop.read("gathered.txt")).toBe("onetwoend\n");
  const off = await shop.build({ options: { captions: false } });
  expect(off.ran).toEqual({
    "upper.txt": "fresh",
    "film.txt": "ran",
    "listed.txt": "ran",
    "gathered.txt": "ran",
  });
  expect(off.events.flatMap((event) => (event.type === "removed" ? [event.output] : []))).toEqual([
    "captions.json",
    "flash/1.txt",
    "flash/2.txt",
  ]);
  expect(shop.read("film.txt")).toBe("ONE\nTWO\n");
  expect([shop.read("listed.txt"), shop.read("gathered.txt")]).toEqual(["end\n", "end\n"]);
  const on = await shop.build();
  expect(on.ran).toEqual({
    "upper.txt": "fresh",
    "captions.json": "restored",
    "flash/1.txt": "restored",
    "flash/2.txt": "restored",
    "film.txt": "restored",
    "listed.txt": "restored",
    "gathered.txt": "restored",
  });
});

test("what was edited by hand stays when its target is switched off, and is named", async () => {
  const shop = shopOf(PIPELINE);
  await shop.build();
  shop.write("flash/1.txt", "mine");
  const { events } = await shop.build({ options: { captions: false } });
  expect(events.flatMap((event) => (event.type === "kept" ? [event.output] : []))).toEqual(["flash/1.txt"]);
  expect(shop.read("flash/1.txt")).toBe("mine");
});

test("of two targets for one input, the one that exists is taken", async () => {
  const shop = shopOf(`
options: { loud: true, quiet: false }
targets:
  loud: { task: upper, in: { text: ./text.txt }, when: "\${options.loud}", out: loud.txt }
  quiet: { run: "tr A-Z a-z < \${in.text} > \${out}", in: { text: ./text.txt }, when: "\${options.quiet}", out: quiet.txt }
  one: { task: upper, in: { text: [loud, quiet] }, out: one.txt }
`);
  expect((await shop.build()).ran).toEqual({ "loud.txt": "ran", "one.txt": "ran" });
  expect((await shop.build({ options: { loud: false, quiet: true } })).ran).toEqual({
    "quiet.txt": "ran",
    "one.txt": "restored",
  });
});

test("a project value can switch too, and null is off", async () => {
  const shop = shopOf(`
targets:
  a: { task: upper, in: { text: ./text.txt }, when: "\${project.subtitles}", out: a.txt }
  b: { task: upper, in: { text: ./text.txt }, when: true, out: b.txt }
`);
  expect((await shop.build({ settings: { subtitles: null } })).ran).toEqual({ "b.txt": "ran" });
  expect((await shop.build({ settings: { subtitles: true } })).ran).toEqual({
    "a.txt": "restored",
    "b.txt": "fresh",
  });
});

test("'not' is the opposite, alone and in a list", async () => {
  const shop = shopOf(`
options: { loud: false, late: null }
targets:
  a: { task: upper, in: { text: ./text.txt }, when: { not: "\${options.loud}" }, out: a.txt }
  b: { task: upper, in: { text: ./text.txt }, when: [true, { not: "\${options.late}" }], out: b.txt }
  c: { task: upper, in: { text: ./text.txt }, when: "\${options.loud}", out: c.txt }
`);
  expect(Object.keys((await shop.build()).ran)).toEqual(["a.txt", "b.txt"]);
  expect(Object.keys((await shop.build({ options: { loud: true } })).ran)).toEqual(["b.txt", "c.txt"]);
  expect(Object.keys((await shop.build({ options: { late: true } })).ran)).toEqual(["a.txt"]);
});

test("with everything switched off there is nothing to build", async () => {
  const shop = shopOf(`targets: { a: { run: "echo > \${out}", when: false, out: a.txt } }`);
  const { events, ran } = await shop.build();
  expect(ran).toEqual({});
  expect(events).toContainEqual({
    type: "notice",
    action: undefined,
    text: "pipelines/p.yaml has no targets, or none whose 'when' is true.",
  });
});

describe("mistakes", () => {
  test("what needs a target that is switched off is told with its place, and so is the switch", async () => {
    const shop = shopOf(`
options: { captions: false }
axes:
  word: { items: "\${captions.items}", key: number }
targets:
  captions: { task: split, in: { text: ./text.txt }, when: "\${options.captions}", out: captions.json }
  flash: { task: say, with: { text: "\${word.text}" }, out: "flash/\${word}.txt" }
  loud: { task: upper, in: { text: captions }, out: loud.txt }
  shown: { run: "cat \${in.text} > \${out}", in: { text: captions }, out: shown.txt }
  title: { task: say, with: { text: "\${captions.title}" }, out: title.txt }
`);
    await expect(shop.build()).rejects.toThrowErrorMatchingInlineSnapshot(`
      [Diagnostics: pipelines/p.yaml:7:60: 'flash' needs the list 'word' of 'captions', which does not exist: its 'when' (pipelines/p.yaml:6:60) is false. Give 'flash' a 'when' as well, or take \${word} out of this path.
        7 |   flash: { task: say, with: { text: "\${word.text}" }, out: "flash/\${word}.txt" }
          |                                                            ^

      pipelines/p.yaml:8:36: 'loud' needs 'captions', which does not exist: its 'when' (pipelines/p.yaml:6:60) is false. Give 'loud' a 'when' as well, or name another input beside it.
        8 |   loud: { task: upper, in: { text: captions }, out: loud.txt }
          |                                    ^

      pipelines/p.yaml:9:56: 'shown' needs 'captions', which does not exist: its 'when' (pipelines/p.yaml:6:60) is false. Give 'shown' a 'when' as well, or name another input beside it.
        9 |   shown: { run: "cat \${in.text} > \${out}", in: { text: captions }, out: shown.txt }
          |                                                        ^

      pipelines/p.yaml:10:38: 'title' needs 'captions', which does not exist: its 'when' (pipelines/p.yaml:6:60) is false. Give 'title' a 'when' as well, or take this value out.
        10 |   title: { task: say, with: { text: "\${captions.title}" }, out: title.txt }
           |                                      ^]
    `);
  });

  test.each([
    ["not: never", `5:55: 'when' takes true, false or null, and this is "never".`],
    [
      "nott: true",
      "5:48: 'when' takes true, false or null, a ${…} that comes to one of them, { not: … } with one of these, or a list of these.",
    ],
    [
      'not: "${options.captions}"',
      "6:33: 'c' needs 'b', which does not exist: its 'when' (pipelines/p.yaml:5:55) is false. Give 'c' a 'when' as well, or name another input beside it.",
    ],
  ])("{ %s } is told with its place", async (condition, message) => {
    const shop = shopOf(`
options: { captions: true }
targets:
  a: { task: upper, in: { text: ./text.txt }, out: a.txt }
  b: { run: "echo > \${out}", out: b.txt, when: { ${condition} } }
  c: { task: upper, in: { text: b }, out: c.txt }
`);
    await expect(shop.build()).rejects.toMatchObject({
      message: expect.stringContaining(`pipelines/p.yaml:${message}\n`),
    });
  });

  test("only options and project values, and only true, false and null", async () => {
    const shop = shopOf(`
options: { theme: dark, captions: true }
axes:
  story: { files: "\${story}.txt" }
targets:
  a: { run: "echo > \${out}", when: "\${options.theme}", out: a.txt }
  b: { run: "echo > \${out}", when: "yes", out: b.txt }
  c: { run: "echo > \${out}", when: "\${a.title}", out: c.txt }
  d: { run: "echo > \${out}", when: "\${story}", out: "d/\${story}.txt" }
  e: { run: "echo > \${out}", when: "\${options.caption}", out: e.txt }
  f: { run: "echo > \${out}", when: "\${option.captions}", out: f.txt }
`);
    await expect(shop.build()).rejects.toThrowErrorMatchingInlineSnapshot(`
      [Diagnostics: pipelines/p.yaml:6:36: 'when' takes true, false or null, and this is "dark".
        6 |   a: { run: "echo > \${out}", when: "\${options.theme}", out: a.txt }
          |                                    ^

      pipelines/p.yaml:7:36: 'when' takes true, false or null, and this is "yes".
        7 |   b: { run: "echo > \${out}", when: "yes", out: b.txt }
          |                                    ^

      pipelines/p.yaml:8:37: 'when' is decided before anything is built, from options and project values alone, and 'a' is a target.
        8 |   c: { run: "echo > \${out}", when: "\${a.title}", out: c.txt }
          |                                     ^

      pipelines/p.yaml:9:37: 'when' is decided before anything is built, from options and project values alone, and 'story' is an axis.
        9 |   d: { run: "echo > \${out}", when: "\${story}", out: "d/\${story}.txt" }
          |                                     ^

      pipelines/p.yaml:10:37: options has no 'caption'. Did you mean 'captions'?
        10 |   e: { run: "echo > \${out}", when: "\${options.caption}", out: e.txt }
           |                                     ^

      pipelines/p.yaml:11:37: there is no 'option' here. Did you mean 'options'?
        11 |   f: { run: "echo > \${out}", when: "\${option.captions}", out: f.txt }
           |                                     ^]
    `);
  });

  test("of another kind altogether", async () => {
    const shop = shopOf(`targets: { a: { run: "echo > \${out}", when: 1, out: a.txt } }`);
    await expect(shop.build()).rejects.toThrowErrorMatchingInlineSnapshot(`
      [Diagnostics: pipelines/p.yaml:1:45: 'when' takes true, false or null, a \${…} that comes to one of them, { not: … } with one of these, or a list of these.
        1 | targets: { a: { run: "echo > \${out}", when: 1, out: a.txt } }
          |                                             ^]
    `);
  });
});
