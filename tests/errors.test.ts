/** Every failure has a code, and the page that explains it says what the program does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../lib/base/assets.ts";
import { Diagnostics, diagnosedAs } from "../lib/base/diagnostic.ts";
import { FAILURES, Failure, type FailureCode } from "../lib/base/failure.ts";
import { problemOf } from "../lib/engine/problem.ts";
import { plainReport } from "../lib/report/plain.ts";

test("docs/errors.md has each code once, in order, with its exit status and what to do", () => {
  const rows = readFileSync(join(packageRoot, "docs/errors.md"), "utf8").matchAll(
    /^\| `([a-z.-]+)` \| (\d) \| ([^|]+) \| ([^|]+) \|$/gm,
  );
  const told = [...rows].map(([, code, exit]) => [code, Number(exit)]);
  expect(told).toEqual(Object.entries(FAILURES).map(([code, { exit }]) => [code, exit]));
});

test("whatever is thrown has a code", () => {
  const disk = Object.assign(new Error("no"), { code: "ENOSPC", syscall: "write" });
  const mistake = { where: { file: "a_script.json" }, message: "the file is empty." };
  const code = (error: unknown) => problemOf(error).code;
  expect(code(new Failure("no"))).toBe("pipeline.target");
  expect(code(new Failure("no", { code: "api.image" }))).toBe("api.image");
  expect(code(new Diagnostics([mistake]))).toBe("config.invalid");
  expect(code(disk)).toBe("pipeline.state");
  expect(code(new Error("BUG: no"))).toBe("program.error");
  expect(code("no")).toBe("program.error");
  const thrown = () =>
    diagnosedAs("script.invalid", () => {
      throw new Diagnostics([mistake]);
    });
  expect(thrown).toThrow(expect.objectContaining({ code: "script.invalid", list: [mistake] }));
});

test("a report shows the code beside what failed, where it says more than that", () => {
  const told = (code: FailureCode | undefined) => {
    const lines: string[] = [];
    const problem = { ...(code === undefined ? {} : { code }), message: "no.", help: "Change it." };
    const failed = {
      action: "a.png",
      target: "image",
      outcome: "failed",
      outputs: [],
      because: [],
      ms: 900,
    } as const;
    plainReport((text) => lines.push(text), { verbose: false })({ type: "finished", ...failed, problem });
    return lines.join("");
  };
  expect(told("api.image")).toBe("failed    a.png  0.9 s  api.image\n          no.\n          Change it.\n");
  const plain = "failed    a.png  0.9 s\n          no.\n          Change it.\n";
  expect([told("pipeline.target"), told(undefined)]).toEqual([plain, plain]);
});
