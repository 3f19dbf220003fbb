/** `in: { parts: "${page.plates}" }`: an input whose value is a list of paths. */
import { describe, expect, test } from "vitest";
import { type Workshop, workshop } from "./workshop.ts";

/** Without `parts` a sheet is given nothing. */
const pipeline = (parts: string) => `
axes:
  page: { items: "\${plan.pages}", key: name }
targets:
  plan: { run: "cp \${in.plan} \${out}", in: { plan: ./plan.json }, out: work/plan.json }
  sheet: { task: join, ${parts}out: "sheets/\${page}.txt" }
`;

const LISTED = pipeline('in: { parts: "${page.plates}" }, ');

const plan = (plates: Readonly<Record<string, unknown>>) =>
  JSON.stringify({ pages: Object.entries(plates).map(([name, plates]) => ({ name, plates })) });

function shopOf(text: string, plates: Readonly<Record<string, unknown>>): Workshop {
  return workshop({
    "/pipelines/p.yaml": text,
    "/shared/sun.txt": "sun",
    "plan.json": plan(plates),
    "ink/[a].txt": "a",
    "ink/b.txt": "b",
  });
}

describe("as many files as the list has, in its order", () => {
  test("a path in it stands for itself, and a leading slash is the content repo's root", async () => {
    const shop = shopOf(LISTED, { two: ["ink/[a].txt", "/shared/sun.txt"], one: ["ink/b.txt"] });
    expect((await shop.build()).problems).toEqual([]);
    expect([shop.read("sheets/two.txt"), shop.read("sheets/one.txt")]).toEqual(["a|sun", "b"]);
    shop.write("ink/b.txt", "B");
    expect((await shop.build()).ran).toEqual({
      "work/plan.json": "fresh",
      "sheets/two.txt": "fresh",
      "sheets/one.txt": "ran",
    });
  });

  test("another order is another input", async () => {
    const shop = shopOf(LISTED, { two: ["ink/[a].txt", "ink/b.txt"] });
    await shop.build();
    shop.write("plan.json", plan({ two: ["ink/b.txt", "ink/[a].txt"] }));
    expect((await shop.build()).ran["sheets/two.txt"]).toBe("ran");
    expect(shop.read("sheets/two.txt")).toBe("b|a");
  });

  test("a command finds them by number, also one alone", async () => {
    const command = LISTED.replace("task: join,", 'run: "echo ${in.parts} > ${out}",');
    const shop = shopOf(command, { two: ["ink/[a].txt", "/shared/sun.txt"], one: ["ink/b.txt"] });
    expect((await shop.build()).problems).toEqual([]);
    expect([shop.read("sheets/two.txt"), shop.read("sheets/one.txt")]).toEqual([
      "in/parts/0001.txt in/parts/0002.txt\n",
      "in/parts/0001.txt\n",
    ]);
  });
});

test("to give an empty list is no other action than to give none", async () => {
  const shop = shopOf(pipeline('in: { extra: "${page.extra}" }, '), {});
  const write = (text: string) => shop.write("/pipelines/p.yaml", text);
  const extra = { pages: [{ name: "two", plates: [], extra: "ink/b.txt" }] };
  shop.write("plan.json", JSON.stringify(extra));
  expect((await shop.build()).ran["sheets/two.txt"]).toBe("ran");
  write(pipeline('in: { extra: "${page.extra}", parts: "${page.plates}" }, '));
  expect((await shop.build()).ran["sheets/two.txt"]).toBe("fresh");
  shop.write("plan.json", JSON.stringify({ pages: [{ ...extra.pages[0], plates: ["ink/[a].txt"] }] }));
  const { ran, events } = await shop.build();
  expect(ran["sheets/two.txt"]).toBe("ran");
  const because = events.flatMap((event) =>
    event.type === "finished" && event.action === "sheets/two.txt" ? event.because : [],
  );
  expect(because).toEqual([
    { reason: "changed", label: "in.parts[0]", before: undefined, after: expect.stringMatching(/^sha256:/) },
  ]);
});

describe("what is no list of files", () => {
  const problemsOf = async (plates: unknown, slot = "parts") =>
    (await shopOf(LISTED.replace("parts:", `${slot}:`), { two: plates }).build({ keepGoing: true })).problems;
  const told = (column: number, message: string, slot = "parts") =>
    [
      `pipelines/p.yaml:6:${column}: ${message}`,
      `  6 |   sheet: { task: join, in: { ${slot}: "\${page.plates}" }, out: "sheets/\${page}.txt" }`,
      `${"|".padStart(5)}${"^".padStart(column + 1)}`,
    ].join("\n");

  test("a file that is not there is told by its name", async () =>
    expect(await problemsOf(["ink/b.txt", "ink/c.txt"])).toEqual([
      told(37, "'parts': there is no file output/demo/ink/c.txt."),
    ]));

  test("a member that is no path", async () =>
    expect(await problemsOf(["ink/b.txt", 7])).toEqual([
      told(38, "'page.plates' is a list of paths, and has 7 in it."),
    ]));

  test("two files where one is taken", async () =>
    expect(await problemsOf(["ink/[a].txt", "ink/b.txt"], "extra")).toEqual([
      told(
        37,
        "'extra' takes one file, and 2 match: output/demo/ink/[a].txt, output/demo/ink/b.txt.",
        "extra",
      ),
    ]));
});
