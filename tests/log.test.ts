/** The log that LOG_LEVEL, LOG_FORMAT or DEBUG asks for. */
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { hideSecrets, hidingIn, maskSecret, secretsIn } from "../lib/base/secrets.ts";
import type { BuildEvent } from "../lib/model/event.ts";
import type { TargetPath } from "../lib/model/pipeline.ts";
import { discreet } from "../lib/report/discreet.ts";
import { complained, type Repo, repo, said } from "./small-repo.ts";

const BUILT =
  "ran       loud/a.txt  N s\nran       count/a.txt  N s\n\noutput/demo/count/a.txt\ndone in N s: 2 ran\n";

type Line = Readonly<Record<string, unknown>> & { readonly msg: string; readonly level: string };

async function logOf(shop: Repo, env: Record<string, string>, words = ["build"]) {
  const { code, out, err } = await shop.run(words, { env: { LOG_FORMAT: "json", ...env } });
  const lines = err.split("\n").filter((line) => line.startsWith("{"));
  return { code, out, err, lines: lines.map((line) => JSON.parse(line) as Line) };
}

describe("a log", () => {
  test("is not kept unless it is asked for", async () => {
    expect(await repo().run(["build"])).toEqual(said(0, BUILT));
    expect(await repo().run(["build"], { env: { DEBUG: "express:*", LOG_LEVEL: "" } })).toEqual(
      said(0, BUILT),
    );
  });

  test("goes to standard error, each line bound to its build and its target", async () => {
    const { code, out, lines } = await logOf(repo(), {});
    expect({ code, out }).toEqual({ code: 0, out: BUILT });
    expect(lines.map(({ level, project, target, msg }) => [level, project, target, msg])).toEqual([
      ["info", "output/demo", undefined, "building output/demo"],
      ["info", "output/demo", "loud", "ran loud/a.txt"],
      ["info", "output/demo", "count", "ran count/a.txt"],
      ["info", "output/demo", undefined, "done: 2 ran"],
    ]);
    expect(new Set(lines.map(({ build }) => build)).size).toBe(1);
    expect(lines[0]!.build).toMatch(/^[0-9a-f-]{36}$/);
    expect(lines[1]!.because).toEqual(["never built"]);
  });

  test("has the levels that it is asked for, from .env too", async () => {
    const shop = repo({ ".env": "LOG_LEVEL=warn\n" });
    expect((await logOf(shop, {})).lines).toEqual([]);
    const levels = async (env: Record<string, string>) =>
      new Set((await logOf(shop, env)).lines.map(({ level }) => level));
    expect(await levels({ LOG_LEVEL: "debug" })).toEqual(new Set(["debug", "info"]));
    shop.write(".env", "DEBUG=1\n");
    expect(await levels({})).toEqual(new Set(["debug", "info"]));
    expect(await levels({ LOG_LEVEL: "silent" })).toEqual(new Set());
  });

  test("is a line to read if nothing else is wished", async () => {
    const { err } = await repo().run(["build"], { env: { LOG_LEVEL: "info" } });
    expect(err.replace(/^\d\d:\d\d:\d\d/gm, "TIME")).toBe(`TIME info   building output/demo
TIME info  loud  ran loud/a.txt
TIME info  count  ran count/a.txt
TIME info   done: 2 ran
`);
  });

  test("tells what fails with its code, and what ends the command", async () => {
    const shop = repo({ "pipelines/p.yaml": 'targets:\n  bad: { run: "exit 3", out: bad.txt }\n' });
    const failed = await logOf(shop, {});
    expect(failed.code).toBe(1);
    expect(failed.lines.find(({ event }) => event === "finished")).toMatchObject({
      level: "error",
      target: "bad",
      code: "pipeline.target",
      msg: "failed bad.txt: pipelines/p.yaml:2:16: the command ended with exit code 3: exit 3",
    });
    shop.write("pipelines/p.yaml", "targets:\n  bad: { ran: x }\n");
    const ended = await logOf(shop, {});
    expect(ended.lines.at(-1)).toMatchObject({ level: "fatal", code: "config.invalid" });
    expect(ended.err).toMatch(/^faceless: pipelines\/p.yaml:2:3: /m);
  });

  test("of a level or a format that there is not: said", async () => {
    const shop = repo();
    expect(await shop.run(["build"], { env: { LOG_LEVEL: "inof" } })).toEqual(
      complained("LOG_LEVEL is 'inof', and there is no such one.\n  Did you mean 'info'?"),
    );
    expect(await shop.run(["build"], { env: { LOG_FORMAT: "xml" } })).toMatchObject({ code: 2 });
    expect(existsSync(shop.path("output/demo/loud"))).toBe(false);
  });

  test.runIf(process.platform === "linux")(
    "goes to a file where the display is live, which stays whole",
    async () => {
      const shop = repo();
      // The words that follow are the program and its file.
      const under = ["bash", "-c", `exec script -qec "$0 $1 build" /dev/null`];
      const { out } = await shop.run([], { under, env: { LOG_LEVEL: "info", TERM: "xterm" } });
      expect(out).toContain("done in");
      expect(out).not.toContain("building output/demo");
      expect(shop.read(".faceless/log")).toMatch(/info {3}building output\/demo\n/);
    },
  );
});

describe("secrets", () => {
  const env = {
    AZURE_OPENAI_API_KEY: 'azure-"0123456789"-wxyz',
    GITHUB_TOKEN: "azure",
    AWS_ACCESS_KEY_ID: "AKIA0123456789ABCDEF",
    SHORT_KEY: "abcdefgh",
    KEYBOARD: "a-long-name-of-a-layout",
    PATH: "/usr/bin:/usr/local/bin",
  };

  test("are told by the names of their variables", () => {
    expect([...secretsIn(env).keys()]).toEqual(["AZURE_OPENAI_API_KEY", "AWS_ACCESS_KEY_ID", "SHORT_KEY"]);
  });

  test("are masked wherever they stand, in JSON too", () => {
    const hide = hideSecrets(env);
    const text = `${env.AZURE_OPENAI_API_KEY}, ${JSON.stringify(env.AZURE_OPENAI_API_KEY)}; ${env.SHORT_KEY}${env.KEYBOARD}`;
    expect(hide(text)).toBe('azu…wxyz, "azu…wxyz"; …a-long-name-of-a-layout');
    expect(maskSecret("sk-proj-0123456789abcd")).toBe("sk-…abcd");
    expect(hide(encodeURIComponent(env.AZURE_OPENAI_API_KEY))).toBe("azu…wxyz");
  });

  test("are taken out of bytes, whose length and whose other bytes stay what they are", () => {
    const key = 'azure-"0123456789"-wxyz';
    const sound = Buffer.from([0xff, 0x00, 0x80, 0x2a]);
    const given = Buffer.concat([sound, Buffer.from(key), sound, Buffer.from(JSON.stringify(key)), sound]);
    const before = Buffer.from(given);
    const hidden = Buffer.from(hidingIn([key, "short"])(given));
    const stars = "*".repeat(key.length);
    expect(hidden).toEqual(
      Buffer.concat([sound, Buffer.from(stars), sound, Buffer.from(`"${stars}**"`), sound]),
    );
    expect(given).toEqual(before);
    expect(hidingIn([key])(sound)).toEqual(sound);
    expect(Buffer.from(hidingIn(["12345678", "1234567890"])(Buffer.from("1234567890"))).toString()).toBe(
      "**********",
    );
  });

  test("are taken out of the words of an event; its numbers stay what they are", () => {
    const told: unknown[] = [];
    const event: BuildEvent = {
      ...{ type: "finished", action: "a" as TargetPath, target: "t", outcome: "failed", outputs: [] },
      ...{ because: [], ms: 12_345_678, problem: { message: "12345678 is no key" } },
    };
    discreet({ MY_KEY: "12345678" }, (one) => told.push(one))(event);
    expect(told).toEqual([{ ...event, problem: { message: "… is no key" } }]);
  });
});
