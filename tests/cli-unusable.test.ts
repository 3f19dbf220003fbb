/** The program with a model whose answers are whole, charged, and of no use: what is told, booked, and asked the next time. */
import { expect, onTestFinished, test } from "vitest";
import { KEY, startApiServer } from "./api-server.ts";
import { repo } from "./small-repo.ts";

const PIPELINE = `targets:
  enhanced:
    task: enhance
    with:
      title: A lake
      niche: demo
      visual_style: {}
      scenes: [{ scene_number: 1, narration: The lake is still., image_prompt: a lake }]
    out: enhanced.json
`;

/** Each answer lacks a member, and is charged $0.01 for what it takes in and $0.02 for what it gives. */
async function offShape() {
  const server = await startApiServer();
  onTestFinished(() => server.close());
  const made = repo({
    "faceless.config.yaml": `pipeline: p
providers: { studio: { type: openai, base_url: "${server.url}/v1", api_key_env: STUDIO_KEY, text: { model: writer, max_output_tokens: 1000 } } }
use: { text: studio }
prices: { writer: { text: { input: 10, output: 20 } } }
niches: { demo: {} }
`,
    "pipelines/p.yaml": PIPELINE,
  });
  const content = JSON.stringify({ scenes: [{ scene_number: 1, narration: "Still." }] });
  server.answerText = () => ({
    finish_reason: "stop",
    message: { role: "assistant", content, refusal: null },
  });
  server.answerUsage = { prompt_tokens: 1000, completion_tokens: 1000 };
  const run = (...words: string[]) => made.run(words, { env: { STUDIO_KEY: KEY } });
  return { server, run };
}

const WRONG = "at 'scenes.0.image_prompt', Invalid input: expected string, received undefined";
const AGAIN = `note      enhanced.json
          studio: a request failed, and was charged $0.03 (${WRONG}); asking again in N s.
`;

test("it is charged by its usage, asked three times at most, and nobody is asked about it", async () => {
  const { server, run } = await offShape();
  const { code, out } = await run("build", "output/demo");
  expect([code, server.log.length]).toEqual([1, 3]);
  expect(out).toBe(`${AGAIN}${AGAIN}failed    enhanced.json  N s  api.provider
          'writer' of studio does not keep to the shape that is asked for: ${WRONG}. It was asked 3 times. Request id: req_test.
          Name another model in the provider's 'text' in faceless.config.yaml: one with structured outputs, by JSON schemas.
failed: 1 failed; paid $0.09
`);
  const told = JSON.parse((await run("costs", "--json")).out);
  expect(told.projects[0].total).toEqual({
    ...{ name: "total", requests: 3, paid: 0.09, unpriced: 0, maybe: 0, saved: 0 },
  });
  const plan = await run("plan");
  expect([plan.code, plan.out.includes("may have been charged")]).toEqual([0, false]);

  server.answerText = undefined;
  expect((await run("build", "output/demo")).code).toBe(0);
  expect(server.log).toHaveLength(4);
});

test("it counts in the budget by what it cost", async () => {
  const { server, run } = await offShape();
  const { code, out } = await run("build", "output/demo", "--budget", "0.1");
  expect([code, server.log.length]).toEqual([1, 2]);
  expect(out).toMatch(/which would pass the budget of \$0\.10: \$0\.06 is spent\. It was not sent\./);
});
