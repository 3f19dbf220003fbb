/** `faceless generate`: scripts that are written or taken, and their films, made by a pipeline of a test's own. */
import { describe, expect, test } from "vitest";
import { inside, niches, SCRIPT, writer, written } from "./generate-kit.ts";
import { complained } from "./small-repo.ts";

describe("writes", () => {
  test("a script about the first topic of the niche, and builds its films alone", async () => {
    const shop = niches({ "output/demo/scripts/old_script.json": SCRIPT });
    const { code, out, err } = await shop.run(["generate", "demo"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const [written] = inside(shop, "output/demo/scripts").filter((name) => !/^(a.txt|old)/.test(name));
    const story = written!.replace("_script.json", "");
    expect(out).toContain("note      the topic is 'the sea', from the niche's 'topics'.\n");
    expect(out).toContain(`note      wrote output/demo/scripts/${written}: it is a source from now on`);
    expect(inside(shop, "output/demo/final")).toEqual([`${story}_tall.txt`, `${story}_wide.txt`]);
    expect(JSON.parse(shop.read(`output/demo/scripts/${written}`))).toMatchObject({
      topic: "the sea",
      take: 1,
    });
    // What was written is a source: a build finds nothing of it to remove.
    const built = await shop.run(["build", "output/demo"]);
    expect(built.out).not.toMatch(/removed|kept/);
    expect(inside(shop, "output/demo/work")).toEqual(["old.json", `${story}.json`].sort());
  });

  test("the next topics first, then others about the same, and never over one that is there", async () => {
    const shop = niches();
    const topics = async () => {
      const { code, out } = await shop.run(["generate", "demo", "-c", "3", "-p", "wide"]);
      expect(code).toBe(0);
      return [...out.matchAll(/the topic is '([^']+)'/g)].map(([, topic]) => topic);
    };
    expect(await topics()).toEqual(["the sea", "the moon", "the sea"]);
    expect(await topics()).toEqual(["the moon", "the sea", "the moon"]);
    const scripts = inside(shop, "output/demo/scripts").filter((name) => name.endsWith("_script.json"));
    expect(scripts.length).toBe(6);
    expect(new Set(scripts.map((name) => shop.read(`output/demo/scripts/${name}`))).size).toBe(6);
    expect(inside(shop, "output/demo/final").every((name) => name.endsWith("_wide.txt"))).toBe(true);
  });

  test("about --topic, or the niche's own name, into a folder that is new", async () => {
    const shop = niches();
    const named = await shop.run(["generate", "quiet-places"]);
    expect(named.code).toBe(0);
    expect(named.out).toContain(
      "note      the topic is 'quiet places', the niche's own name: give --topic, or 'topics'",
    );
    const { out } = await shop.run(["generate", "quiet-places", "--topic", "old stairs"]);
    expect(out).toContain("note      the topic is 'old stairs', from --topic.\n");
    expect(inside(shop, "output/quiet-places/scripts").length).toBe(2);
  });

  test("nothing in a dry run", async () => {
    const shop = niches();
    const before = shop.tree();
    const { code, out } = await shop.run(["generate", "demo", "-c", "2", "-n"]);
    expect(code).toBe(0);
    expect(out.match(/^run {7}work\/written_script.json$/gm)?.length).toBe(2);
    expect(shop.tree()).toEqual(before);
  });

  test("nothing where the pipeline that writes fails", async () => {
    const shop = niches({ "shared/prompts/generate.md": " " });
    expect(await shop.run(["generate", "demo"])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^faceless: shared\/prompts\/generate.md is empty/),
    });
    expect(inside(shop, "output/demo/scripts")).toEqual(["a.txt"]);
  });
});

describe("--budget", () => {
  const writing = async (words: readonly string[]) => {
    const { generate, server } = await writer(() => written("The sea"));
    return { ...(await generate(...words)), requests: server.log.length };
  };

  test("holds for the writing of scripts: nothing is asked that would pass it", async () => {
    const { code, out, requests } = await writing(["--budget", "0.02"]);
    expect([code, requests]).toEqual([1, 0]);
    expect(out).toContain(
      "a request to studio (writer) costs up to $0.026, which would pass the budget of $0.02: $0.00 is spent. It was not sent.\n",
    );
  });

  test("is one for all scripts and their films", async () => {
    const { code, out, requests } = await writing(["-c", "2", "--budget", "0.03"]);
    expect([code, requests]).toEqual([1, 1]);
    expect(out).toContain("wrote output/demo/scripts/the_sea_script.json");
    expect(out).toContain(
      "a request to studio (writer) costs up to $0.026, which would pass the budget of $0.03: $0.005 is spent. It was not sent.\n",
    );
  });
});

describe("takes", () => {
  test("a script of the niche as it is, and one from elsewhere as a copy; its options are those of the pipeline", async () => {
    const shop = niches({
      "output/demo/scripts/mine_script.json": SCRIPT,
      "drafts/My Day.json": SCRIPT,
      "x.mp3": "x",
    });
    const words = [
      "generate",
      "demo",
      "-s",
      "output/demo/scripts/mine_script.json",
      "-s",
      "drafts/My Day.json",
    ];
    const flags = ["-e", "-t", "--subtitles", "-m", "x.mp3", "-p", "tall"];
    const { code, out } = await shop.run([...words, ...flags]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /\n`faceless build` goes by .*, give the niche 'demo' there:\n {2}options: \{ enhance: true, thumbnails: true, subtitles: true \}\n {2}music: \/x.mp3\n$/,
    );
    expect(out).toContain("copied    drafts/My Day.json  to output/demo/scripts\n");
    expect(inside(shop, "output/demo/final")).toEqual(["mine_tall.txt", "my_day_tall.txt"]);
    expect(shop.read("output/demo/final/mine_tall.txt")).toBe("Own true true true /x.mp3\n");
    expect((await shop.run(words)).code).toBe(0);
    expect(shop.read("output/demo/final/mine_tall.txt")).toBe("Own false false false /own.mp3\n");
    shop.write("drafts/My Day.json", SCRIPT.replace("Own", "Other"));
    const again = await shop.run(words);
    expect(again.code).toBe(2);
    expect(again.err).toMatch(
      /my_day_script.json is there already, and is another script than drafts\/My Day.json\.\n/,
    );
  });
});

describe("refuses", () => {
  test.each([
    [["generate"], "generate takes one niche.\n  Such as `faceless generate finance`."],
    [
      ["generate", "dmeo"],
      /^faceless: faceless.config.yaml has no niche 'dmeo'\.\n {2}Did you mean 'demo'\?/,
    ],
    [["generate", "demo", "-c", "11"], "-c takes a whole number from 1 to 10, and '11' is none."],
    [["generate", "demo", "-p", "tal"], "the niche 'demo' has no platform 'tal'.\n  Did you mean 'tall'?"],
    [["generate", "demo", "--topic", " "], "--topic takes what the script is about, and it is empty."],
    [
      ["generate", "demo", "--topic", "x".repeat(301)],
      "--topic has 301 characters, and takes 300 at most.\n  Say in a sentence what the script is about; what it is to say in full can be edited into it afterwards.",
    ],
    [["generate", "demo", "-m", "no.mp3"], "there is no file no.mp3."],
    [["generate", "demo", "-s", "no.json"], "there is no file no.json."],
    [
      ["generate", "demo", "-s", "a_script.json", "-c", "2"],
      "--count is about scripts that are to be written, and --script names one that is.\n  Give the one or the other.",
    ],
  ])("%j", async (words, message) => {
    const shop = niches();
    const ended = await shop.run(words);
    if (typeof message === "string") expect(ended).toEqual(complained(message));
    else expect(ended.err).toMatch(message);
    expect(inside(shop, "output/demo/scripts")).toEqual(["a.txt"]);
  });
});
