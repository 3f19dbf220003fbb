/** What a worker throws comes back as what it was: with its code, its help, its path. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Failure } from "../lib/base/failure.ts";
import { errorOf, toldError } from "../lib/base/offload.ts";
import { problemOf } from "../lib/engine/problem.ts";

function thrownBy(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** As it arrives in the other thread. */
const arrived = (error: unknown) => errorOf(structuredClone(toldError(error)!));

test("a failure keeps its code and its help", () => {
  const failure = new Failure("no such font.", { code: "media.font", help: "Put it into shared/fonts." });
  expect(arrived(failure)).toBeInstanceOf(Failure);
  expect(problemOf(arrived(failure))).toEqual({
    ...{ code: "media.font", message: "no such font.", help: "Put it into shared/fonts." },
  });
});

test("an error of the operating system keeps what tells what to do", () => {
  const full = Object.assign(new Error("ENOSPC"), { code: "ENOSPC", syscall: "write", path: "/a/scene.mp4" });
  expect(problemOf(arrived(full))).toEqual({
    code: "pipeline.state",
    message: "the disk is full: /a/scene.mp4 (ENOSPC, write).",
    help: "Free some space and build again: what was finished is kept.",
  });
  const missing = thrownBy(() => readFileSync("/nowhere/a.png"));
  expect(arrived(missing)).toMatchObject({ code: "ENOENT", syscall: "open", path: "/nowhere/a.png" });
});

test("a mistake of ours is none of these", () => {
  expect(toldError(new TypeError("x is undefined"))).toBeUndefined();
  expect(toldError(undefined)).toBeUndefined();
});
