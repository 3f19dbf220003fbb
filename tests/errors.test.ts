/** Every failure has a code, and the page that explains it says what the program does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../lib/base/assets.ts";
import { Diagnostics, diagnosedAs } from "../lib/base/diagnostic.ts";
import { FAILURES, Failure } from "../lib/base/failure.ts";
import { problemOf } from "../lib/engine/problem.ts";

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
