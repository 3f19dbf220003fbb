/** `faceless generate` where scripts cannot be written, or not as they are wanted: nothing paid is lost, doubled or bought unasked. */
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { inside, niches, REFUSED, SCRIPT, scriptsIn, writer, written } from "./generate-kit.ts";
import { ended, told } from "./small-repo.ts";

const WRITTEN = "output/demo/work/written_script.json";
const REFUSAL = (topic: string) =>
  `studio refuses the topic '${topic}' by its content policy: refusal, I cannot help with that.`;

/** What follows the films that were built. */
const lastWords = (out: string) => out.slice(out.lastIndexOf("\n\n") + 2);

describe("of several scripts", () => {
  test("one that is refused keeps no other from being written, nor from its film", async () => {
    const { shop, asked, generate } = await writer(({ topic, take }) =>
      topic === "the moon" ? REFUSED : written(`${topic} ${take}`),
    );
    const { code, out, err } = await generate("-c", "3", "-p", "wide");
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(asked()).toEqual(["the sea 1", "the moon 1", "the sea 2"]);
    expect(inside(shop, "output/demo/final")).toEqual(["the_sea_1_wide.txt", "the_sea_2_wide.txt"]);
    expect(lastWords(out)).toBe(
      `1 of 3 scripts was not written:\nfailed    the moon  ${REFUSAL("the moon")}\n`,
    );
  });

  test("of a model that costs nothing, a bad answer is asked for anew each time, and nothing is said of a price", async () => {
    const { shop, generate, server } = await writer(() => written("x", []));
    const config = shop.read("faceless.config.yaml");
    shop.write("faceless.config.yaml", config.replace("type: openai,", "type: openai, paid: false,"));
    for (const requests of [2, 4]) {
      const { code, out } = await generate("-c", "2");
      expect([code, server.log.length]).toEqual([1, requests]);
      expect(out).toContain(
        "          What the text provider wrote has 0 scenes; about 8 were asked for.\n" +
          "          Say the topic in other words, and it is asked for anew.\nfailed: 1 failed\n",
      );
    }
  });

  test("those after one whose service takes no key are not asked for, but with -k", async () => {
    const { shop, generate, server } = await writer(({ topic }) => written(topic));
    expect((await generate("-p", "wide")).code).toBe(0);
    const keyless = (...words: string[]) =>
      shop.run(["generate", "demo", "-c", "3", ...words], { env: { STUDIO_KEY: "sk-other" } });
    const failed = (topic: string) =>
      `failed    ${topic}  studio does not accept the key: 401 invalid_api_key, "Incorrect API key provided: ***. You can find your key at the website".\n`;
    const { code, out } = await keyless();
    expect([code, server.log.length]).toEqual([1, 2]);
    const left = (topic: string) =>
      `left      ${topic}  not asked for: it would have met the same failure; --keep-going asks all the same\n`;
    expect(lastWords(out)).toBe(
      `3 of 3 scripts were not written:\n${failed("the moon")}${left("the sea")}${left("the moon")}`,
    );
    const kept = await keyless("-k");
    expect([kept.code, server.log.length]).toEqual([1, 5]);
    expect(lastWords(kept.out)).toBe(
      `3 of 3 scripts were not written:\n${failed("the moon")}${failed("the sea")}${failed("the moon")}`,
    );
  });

  test("what a budget allows is written, and its film built", async () => {
    const { shop, generate, asked } = await writer(({ topic }) => written(topic));
    const { code, out } = await generate("-c", "3", "-p", "wide", "--budget", "0.03");
    expect([code, asked()]).toEqual([1, ["the sea 1"]]);
    expect(inside(shop, "output/demo/final")).toEqual(["the_sea_wide.txt"]);
    expect(lastWords(out)).toBe(
      "2 of 3 scripts were not written:\n" +
        "failed    the moon  a request to studio (writer) costs up to $0.026, which would pass the budget of $0.03: $0.005 is spent. It was not sent.\n" +
        "left      the sea  not asked for: it would have met the same failure; --keep-going asks all the same\n",
    );
  });

  test("the one under way at Ctrl-C is kept, and no other is begun", async () => {
    const { shop, server, env, asked } = await writer(({ topic }) => written(topic));
    const gate = server.hold();
    const child = shop.start(["generate", "demo", "-c", "3"], { env });
    await server.arrived(1);
    const end = ended(child);
    child.kill("SIGINT");
    // Only when the signal was seen may the answer come.
    await told(child.stdout!, "stopping, once what is being paid for has come");
    gate.open();
    expect((await end).code).toBe(130);
    expect(asked()).toEqual(["the sea 1"]);
    expect(scriptsIn(shop)).toEqual(["the_sea_script.json"]);
    expect(inside(shop, "output/demo/final")).toEqual([]);
  });

  test("as events: the last one tells what is missing, and why", async () => {
    const { generate } = await writer(({ topic }) => (topic === "the moon" ? REFUSED : written(topic)));
    const { out } = await generate("-c", "2", "-p", "wide", "--json");
    expect(JSON.parse(out.trim().split("\n").at(-1)!)).toEqual({
      type: "scripts-missing",
      project: "output/demo",
      wanted: 2,
      missing: [
        {
          topic: "the moon",
          problem: {
            code: "api.text",
            message: REFUSAL("the moon"),
            help: expect.stringContaining("--force"),
            isolated: true,
          },
        },
      ],
    });
  });
});

describe("an answer that is no script", () => {
  const topic = "it's a test";
  const again = `\`faceless generate demo --topic='it'\\''s a test' --force ${WRITTEN}\` asks anew for the same, at its price, with your other options as they were.`;

  test.each([
    [
      "refused",
      REFUSED,
      /^failed {4}work\/written_script.json {2}.* api.text\n {10}studio refuses the topic/m,
    ],
    [
      "too short",
      written("x", []),
      /^ {10}What the text provider wrote has 0 scenes; about 8 were asked for\.$/m,
    ],
    [
      "cut off",
      { finish_reason: "length", message: { role: "assistant", content: "{", refusal: null } },
      /^ {10}the answer of 'writer' was longer than 256 tokens, and is cut off\.$/m,
    ],
    [
      "against the rules of scripts",
      written(
        "x",
        ["", "b", "c"].map((narration) => ({ narration, image_prompt: "d" })),
      ),
      /^ {10}The text provider's answer is not what it was asked for: .*\n.*→ at scenes\[0\]\.narration$/m,
    ],
  ])("%s: is bought once, and again by the command that the message names", async (_, bad, message) => {
    let answer = bad;
    const { shop, generate, server } = await writer(() => answer);
    const first = await generate("--topic", topic, "-p", "wide");
    expect([first.code, server.log.length]).toEqual([1, 1]);
    expect(first.out).toMatch(message);
    expect(first.out).toContain(`          ${again}\nfailed: 1 failed; paid $`);
    answer = written("Better");
    const second = await generate("--topic", topic, "-p", "wide");
    expect([second.code, server.log.length]).toEqual([1, 1]);
    expect(second.out).toContain(`          ${again}\nfailed: 1 failed\n`);
    const forced = await generate("--topic", topic, "-p", "wide", "--force", WRITTEN);
    expect([forced.code, server.log.length]).toEqual([0, 2]);
    expect(inside(shop, "output/demo/final")).toEqual(["better_wide.txt"]);
  });

  test("whose end nobody knows is asked for again with --pay-again alone", async () => {
    const { generate, server } = await writer(() => written("Better"));
    server.script("reset", "reset");
    expect((await generate("--topic", topic)).code).toBe(1);
    const sent = server.log.length;
    const second = await generate("--topic", topic);
    expect(second.out).toContain(
      "          The provider's own records tell. `faceless generate demo --topic='it'\\''s a test' --pay-again` buys it again, with your other options as they were.\n",
    );
    expect(server.log.length).toBe(sent);
    expect((await generate("--topic", topic, "--pay-again")).code).toBe(0);
    expect(server.log.length).toBe(sent + 1);
  });
});

describe("no script is lost or doubled", () => {
  test("one that was removed comes back for nothing, and another one by force", async () => {
    const { shop, generate, asked } = await writer(({ topic }) => written(topic));
    await generate("--topic", "a", "-p", "wide");
    rmSync(shop.path("output/demo/scripts/a_script.json"));
    const { out } = await generate("--topic", "a", "-p", "wide");
    expect(out).toContain(
      `wrote output/demo/scripts/a_script.json: it is a source from now on, to be edited and kept in git. It had been written before: \`--force ${WRITTEN}\` has another one written.\n`,
    );
    expect(asked()).toEqual(["a 1"]);
    rmSync(shop.path("output/demo/scripts/a_script.json"));
    await generate("--topic", "a", "-p", "wide", "--force", WRITTEN);
    expect(asked()).toEqual(["a 1", "a 1"]);
  });

  test("the next one about a topic is another than all that are there, whichever are gone or were refused", async () => {
    const { shop, generate, asked } = await writer(({ topic, take }) =>
      take === 2 ? REFUSED : written(`${topic} ${take}`),
    );
    await generate("--topic", "a", "-c", "4", "-p", "wide");
    expect(scriptsIn(shop)).toEqual(["a_1_script.json", "a_3_script.json", "a_4_script.json"]);
    rmSync(shop.path("output/demo/scripts/a_1_script.json"));
    await generate("--topic", "a", "-p", "wide");
    expect(asked()).toEqual(["a 1", "a 2", "a 3", "a 4", "a 5"]);
    expect(scriptsIn(shop)).toEqual(["a_3_script.json", "a_4_script.json", "a_5_script.json"]);
  });

  test.each([
    '"topic": "a \\"b\\"", "scenes"',
    '"topic":"a \\"b\\"","take":1,"scenes"',
    '"source": "about: a \\"b\\"", "scenes"',
    // With a slip in it.
    '"topic": "a \\"b\\"",, "scenes"',
  ])("a script that says %s is the first about its topic", async (told) => {
    const { shop, generate, asked } = await writer(() => written("Other"));
    shop.write("output/demo/scripts/own_script.json", SCRIPT.replace('"scenes"', told));
    await generate("--topic", 'a "b"', "-p", "wide");
    expect(asked()).toEqual(['a "b" 2']);
  });

  test("nor by a kill between its two names, and an edit of it", async () => {
    const { shop, generate, asked } = await writer(({ topic, take }) => written(`${topic} ${take}`));
    await generate("--topic", "a", "-p", "wide");
    mkdirSync(shop.path("output/demo/work"), { recursive: true });
    linkSync(shop.path("output/demo/scripts/a_1_script.json"), shop.path(WRITTEN));
    const own = SCRIPT.replace('"scenes"', '"topic":"a","scenes"');
    // In place, as some editors do: both names show it.
    writeFileSync(shop.path("output/demo/scripts/a_1_script.json"), own);
    expect((await generate("--topic", "a", "-p", "wide")).code).toBe(0);
    expect(asked()).toEqual(["a 1", "a 2"]);
    expect(scriptsIn(shop)).toEqual(["a_1_script.json", "a_2_script.json"]);
    expect(shop.read("output/demo/scripts/a_1_script.json")).toBe(own);
  });

  test("nor by a kill before it has its name in scripts/", async () => {
    const { shop, generate, asked } = await writer(({ topic, take }) => written(`${topic} ${take}`));
    await generate("--topic", "a", "-p", "wide");
    renameSync(shop.path("output/demo/scripts/a_1_script.json"), shop.path(WRITTEN));
    const before = shop.tree();
    expect((await generate("--topic", "a", "-p", "wide", "-n", "--verbose")).code).toBe(0);
    expect(shop.tree()).toEqual(before);
    expect((await generate("--topic", "a", "-p", "wide")).code).toBe(0);
    expect([asked(), scriptsIn(shop), inside(shop, "output/demo/work")]).toEqual([
      ["a 1"],
      ["a_1_script.json"],
      ["a_1.json"],
    ]);
  });

  test("nor by two that write for one niche at once", async () => {
    const { shop, generate, asked } = await writer(({ topic, take }) => written(`${topic} ${take}`));
    const both = await Promise.all([1, 2].map(() => generate("--topic", "a", "-p", "wide")));
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(asked()).toEqual(["a 1", "a 2"]);
    expect(scriptsIn(shop)).toEqual(["a_1_script.json", "a_2_script.json"]);
  });
});

describe("scripts that are given", () => {
  test("are all looked at before one is copied, and told of where they are", async () => {
    const shop = niches({ "drafts/good.json": SCRIPT, "drafts/bad.json": '{ "title": "x" }' });
    const { code, err } = await shop.run([
      "generate",
      "demo",
      "-s",
      "drafts/good.json",
      "-s",
      "drafts/bad.json",
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(/^faceless: drafts\/bad\.json:1:1: .*scenes/);
    expect(scriptsIn(shop)).toEqual([]);
    shop.write("drafts/bad.json", SCRIPT);
    expect((await shop.run(["generate", "demo", "-s", "drafts/bad.json"])).code).toBe(0);
    expect(scriptsIn(shop)).toEqual(["bad_script.json"]);
  });

  test("are no second one of a story that has a script in YAML", async () => {
    const shop = niches({ "drafts/a.json": SCRIPT });
    shop.write(
      "output/demo/scripts/a_script.yaml",
      "title: Other\nscenes: [{ narration: a, image_prompt: b }]\n",
    );
    const { code, err } = await shop.run(["generate", "demo", "-s", "drafts/a.json"]);
    expect(code).toBe(2);
    expect(err).toMatch(/a_script\.yaml is there already, and is another script than drafts\/a\.json\.\n/);
  });

  test("are no folders", async () => {
    const shop = niches({ "drafts/a.json/x.txt": "x" });
    const { code, err } = await shop.run(["generate", "demo", "-s", "drafts/a.json"]);
    expect({ code, err }).toEqual({ code: 2, err: "faceless: there is no file drafts/a.json.\n" });
  });
});

test("a path of --force that is of no film is told before anything is asked for", async () => {
  const { generate, server } = await writer(() => written("x"));
  const { code, err } = await generate("--force", "own.mp3");
  expect([code, server.log.length]).toEqual([2, 0]);
  expect(err).toMatch(/^faceless: own\.mp3 is no file of a project that is being built\.\n/);
});
