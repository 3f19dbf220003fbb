/** Files that are put where there is none, within a disk and from one to another. */
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { copyToNew, isSameFile, moveToNew } from "../lib/store/new-file.ts";

function folder(within = tmpdir()): string {
  const made = mkdtempSync(join(within, "faceless-new-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const file = (within: string, name: string, content: string) => {
  writeFileSync(join(within, name), content);
  return join(within, name);
};

// Another disk than the temporary folder's, where this machine has one.
const DISKS = [tmpdir(), ...(existsSync("/dev/shm") ? ["/dev/shm"] : [])];

describe.each(DISKS)("to a folder in %s", (disk) => {
  test("a file is moved, and its folder made", async () => {
    const [here, there] = [folder(), folder(disk)];
    const from = file(here, "a", "one");
    expect(await moveToNew(from, join(there, "deep", "b"))).toBe(true);
    expect([readdirSync(here), readdirSync(join(there, "deep"))]).toEqual([[], ["b"]]);
    expect(readFileSync(join(there, "deep", "b"), "utf8")).toBe("one");
  });

  test("neither a move nor a copy goes over what is there", async () => {
    const [here, there] = [folder(), folder(disk)];
    const [from, to] = [file(here, "a", "one"), file(there, "b", "two")];
    expect([await moveToNew(from, to), await copyToNew(from, to)]).toEqual([false, false]);
    expect([readFileSync(from, "utf8"), readFileSync(to, "utf8")]).toEqual(["one", "two"]);
    expect(readdirSync(there)).toEqual(["b"]);
  });

  test("a copy leaves the file where it is, and takes away what a kill has left of an earlier one", async () => {
    const [here, there] = [folder(), folder(disk)];
    const from = file(here, "a", "one");
    file(there, ".b.copy", "o");
    expect(await copyToNew(from, join(there, "b"))).toBe(true);
    expect([readFileSync(from, "utf8"), readFileSync(join(there, "b"), "utf8")]).toEqual(["one", "one"]);
    expect(readdirSync(there)).toEqual(["b"]);
    // They are two files: an edit of the one is none of the other.
    expect(isSameFile(from, join(there, "b"))).toBe(false);
  });

  test("what cannot be read leaves nothing", async () => {
    const [here, there] = [folder(), folder(disk)];
    mkdirSync(join(here, "a"));
    await expect(copyToNew(join(here, "a"), join(there, "b"))).rejects.toThrow(/a directory|EISDIR/);
    expect(readdirSync(there)).toEqual([]);
  });
});

test("two names of one file are told from two files, and from none", () => {
  const here = folder();
  const [one, other] = [file(here, "one", "x"), file(here, "other", "x")];
  linkSync(one, join(here, "again"));
  expect(isSameFile(one, join(here, "again"))).toBe(true);
  expect(isSameFile(one, other)).toBe(false);
  expect(isSameFile(one, join(here, "none"))).toBe(false);
  expect(isSameFile(join(here, "none"), join(here, "none"))).toBe(false);
});
