/** Builds as rounds of a watch: superseded, taken over, cancelled; and that what a build leaves lets the next one be right. */
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { workshop } from "./workshop.ts";

const LINES = `axes:
  line: { items: "\${list.items}", key: number }
targets:
  list: { task: split, in: { text: ./lines.txt }, out: list.json }
  spoken: { task: say, with: { text: "\${line.text}" }, out: "spoken/\${line}.txt" }
`;

test("what a stopped build no longer has in its graph is not forgotten: it is removed", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LINES, "lines.txt": "a\nb" });
  await shop.build();
  shop.write("lines.txt", "c");
  const stop = new AbortController();
  const built = await shop.build({
    stop: stop.signal,
    onEvent: (event) => event.type === "finished" && event.target === "list" && stop.abort(),
  });
  expect(built).toMatchObject({ interrupted: true });
  expect((await shop.build()).ran).toEqual({ "list.json": "fresh", "spoken/1.txt": "ran" });
  expect(existsSync(shop.path("spoken/2.txt"))).toBe(false);
});
