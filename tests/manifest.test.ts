/** Keys: other manifests have other keys, and what is no difference makes none. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decide, type Situation } from "../lib/engine/decide.ts";
import { actionKey, manifestChanges } from "../lib/engine/manifest.ts";
import { journalPath } from "../lib/engine/start.ts";
import type { TargetPath } from "../lib/model/pipeline.ts";
import type { ActionKey, Digest, Manifest, Trace } from "../lib/model/trace.ts";
import { Journal, loadJournal } from "../lib/store/journal.ts";
import { WORDS } from "./pipelines.ts";
import { type Workshop, workshop } from "./workshop.ts";

/** Few characters, all of which separate something somewhere: so that two texts are often alike but for where they end. */
const text = fc.string({
  unit: fc.constantFrom('"', "\\", "\n", "\r", "\u2028", ",", "[", "]", " ", "\0", "a"),
  maxLength: 4,
});
const line = fc.tuple(text, text);
const manifest: fc.Arbitrary<Manifest> = fc.array(line, { maxLength: 4 });

/** The same text, divided in another way. */
const divided = (lines: Manifest): fc.Arbitrary<Manifest> => {
  const whole = lines.map((one) => one.join("")).join("");
  const cuts = fc.array(fc.nat(whole.length), { minLength: 1, maxLength: 5 });
  return cuts.map((at) => {
    const ends = [...at, whole.length].sort((a, b) => a - b);
    const parts = ends.map((end, i) => whole.slice(ends[i - 1] ?? 0, end));
    return parts.flatMap((part, i) => (i % 2 === 0 ? [[part, parts[i + 1] ?? ""] as const] : []));
  });
};

describe("a key", () => {
  test("is another one for every other manifest, whatever separators its labels and values hold", () => {
    const same = (a: Manifest, b: Manifest) => {
      expect(actionKey(a) === actionKey(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    };
    fc.assert(fc.property(manifest, manifest, same), { numRuns: 2_000 });
    const pair = manifest.chain((a) => fc.tuple(fc.constant(a), divided(a)));
    fc.assert(
      fc.property(pair, ([a, b]) => same(a, b)),
      { numRuns: 2_000 },
    );
  });

  test("that is another one has a reason, even if no line is another", () => {
    const lines = fc.uniqueArray(line, { maxLength: 4, selector: ([label]) => label });
    fc.assert(
      fc.property(lines, lines, fc.boolean(), (before, after, otherForm) => {
        const key = actionKey(after);
        const old = otherForm ? ("of another format" as ActionKey) : actionKey(before);
        const decision = decide(situation(after, key, { key: old, manifest: before }));
        expect(decision.kind === "fresh").toBe(key === old);
        if (decision.kind !== "run") return;
        const changes = manifestChanges(before, after);
        expect(decision.because).toEqual(changes.length > 0 ? changes : [{ reason: "key-form" }]);
      }),
    );
  });
});

test("what was made under a key of another form is restored or made again, and says why", async () => {
  const shop = workshop({ "/pipelines/p.yaml": WORDS, "notes.txt": "hello" });
  await shop.build();
  for (const [how, loseCache] of [
    ["restored", () => {}],
    ["ran", () => shop.remove("/.faceless/cache")],
  ] as const) {
    const path = journalPath(shop.places);
    const loaded = loadJournal(path, "journal");
    const journal = Journal.open(path, loaded, () => {});
    journal.record({ ...loaded.traces.get("words.txt" as TargetPath)!, key: "0".repeat(64) as ActionKey });
    journal.close();
    shop.remove(".faceless/snapshot");
    loseCache();
    const { ran, events } = await shop.build();
    expect(ran).toEqual({ "words.txt": how });
    const because = events.flatMap((event) => (event.type === "finished" ? event.because : []));
    expect(because).toEqual([{ reason: "key-form" }]);
    expect((await shop.build()).ran).toEqual({ "words.txt": "fresh" });
  }
});

const PATH = "a.txt" as TargetPath;
const DIGEST = "0".repeat(64) as Digest;

/** One output, there as it was recorded. */
function situation(manifest: Manifest, key: ActionKey, was: Pick<Trace, "key" | "manifest">): Situation {
  const outputs = [{ name: "text", path: PATH, digest: DIGEST }];
  const trace: Trace = { ...was, id: PATH, target: "a", outputs, how: "ran", because: [] };
  return {
    ...{ key, manifest, trace },
    outputs: [{ path: PATH, digest: DIGEST, pinned: undefined, known: true }],
    cached: () => undefined,
    forced: new Set(),
    discardEdits: false,
    accept: undefined,
  };
}

describe("order in the YAML is in no key:", () => {
  async function movesNothing(before: string, after: string): Promise<Workshop> {
    const shop = workshop({ "/pipelines/p.yaml": before, "a.txt": "a", "b.txt": "b", "c.txt": "c" });
    expect((await shop.build()).problems).toEqual([]);
    shop.write("/pipelines/p.yaml", after);
    const built = await shop.build();
    expect(new Set(Object.values(built.ran))).toEqual(new Set(["fresh"]));
    expect(built.events.filter(({ type }) => type === "removed" || type === "kept")).toEqual([]);
    expect(shop.upToDate()).toBe(true);
    return shop;
  }

  const pipeline = (join: string) => `targets:\n  one: { task: join, ${join}, out: one.txt }\n`;

  test("of inputs", async () => {
    await movesNothing(
      pipeline("in: { parts: [./b.txt, ./a.txt], extra: ./c.txt }"),
      pipeline("in: { extra: ./c.txt, parts: [./b.txt, ./a.txt] }"),
    );
  });

  test("of parameters", async () => {
    const say = (params: string) => `targets:\n  one: { task: say, with: { ${params} }, out: one.txt }\n`;
    await movesNothing(say("text: hi, times: 2"), say("times: 2, text: hi"));
  });

  test("of a command's inputs and outputs; the first output alone names it", async () => {
    const run = (slots: string, outputs: string) =>
      `targets:\n  one: { run: "cat \${in.x} > \${out.y}; cat \${in.w} > \${out.z}", in: { ${slots} }, out: { ${outputs} } }\n`;
    const shop = await movesNothing(
      run("x: ./a.txt, w: ./b.txt", "z: out/z.txt, y: out/y.txt"),
      run("w: ./b.txt, x: ./a.txt", "y: out/y.txt, z: out/z.txt"),
    );
    expect([shop.read("out/y.txt"), shop.read("out/z.txt")]).toEqual(["a", "b"]);
  });

  test("but of the files of one input it is: the task sees it", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": pipeline("in: { parts: [./a.txt, ./b.txt] }"),
      "a.txt": "a",
      "b.txt": "b",
    });
    await shop.build();
    shop.write("/pipelines/p.yaml", pipeline("in: { parts: [./b.txt, ./a.txt] }"));
    expect((await shop.build()).ran).toEqual({ "one.txt": "ran" });
  });
});
