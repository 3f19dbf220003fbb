/** What a build takes at most does not grow with how much there is to make. */
import { expect, test } from "vitest";
import { CONFIG, repo } from "./small-repo.ts";

/** Peak resident set of a build that draws so many pictures, in megabytes: told by the process itself as it ends. */
async function peakOf(pictures: number): Promise<number> {
  const keys = Array.from({ length: pictures }, (_, i) => i + 1);
  const shop = repo({
    "faceless.config.yaml": CONFIG,
    "pipelines/p.yaml": `
axes: { n: { values: [${keys.join(", ")}] } }
targets:
  picture: { task: image, with: { prompt: "a road to hill \${n}", style: {}, size: 1536x1536 }, out: "\${n}.png" }
`,
  });
  const tell = 'process.on("exit", () => console.error(process.resourceUsage().maxRSS));';
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}` };
  const { code, err } = await shop.run(["build", "output/demo", "-j", "2"], { env });
  expect(code).toBe(0);
  return Number(err.trim().split("\n").at(-1)) / 1024;
}

test("pictures that were drawn are given back: thirty take no more than ten", { timeout: 0 }, async () => {
  // A picture of this size, with all that is made on its way to a file, is 30 MB.
  expect(await peakOf(30)).toBeLessThan((await peakOf(10)) + 200);
});
