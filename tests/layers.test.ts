/** The floors of the house: imports run downward only, without cycles. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../lib/base/assets.ts";

/** Rooms on one floor do not know each other. */
const FLOORS: readonly (readonly string[])[] = [
  ["base"],
  ["model"],
  ["config", "pipeline", "store", "media", "providers"],
  ["task.ts", "engine"],
  ["watch", "report"],
  ["worker.ts", "cli"],
];

/** What a task may see besides its own folder. */
const TASK_SEES = /^lib\/(task\.ts|base\/|model\/|media\/|providers\/[^/]+\.ts)/;

function sources(folder: string): string[] {
  return readdirSync(join(packageRoot, folder), { recursive: true, encoding: "utf8" })
    .map((name) => posix.join(folder, name.replaceAll("\\", "/")))
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".as.ts"));
}

/** Files of ours that a file imports, statically, lazily or as types. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(packageRoot, file), "utf8");
  const found = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)"(\.[^"]+)"/g);
  return [...found].map(([, path]) => posix.join(posix.dirname(file), path!));
}

const FILES = [...sources("lib"), ...sources("tasks")];

function room(file: string): string {
  return file.split("/")[1]!;
}

function floor(file: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room(file)));
}

test("every file of lib is in a room that has a floor", () => {
  expect(FILES.filter((file) => file.startsWith("lib/") && floor(file) < 0)).toEqual([]);
});

test("imports run downward only", () => {
  const upward = FILES.filter((file) => file.startsWith("lib/")).flatMap((file) =>
    importsOf(file)
      .filter((other) => {
        // Only the program's own entry joins tasks and library.
        if (other.startsWith("tasks/")) return room(file) !== "cli";
        return room(other) !== room(file) && floor(other) >= floor(file);
      })
      .map((other) => `${file} → ${other}`),
  );
  expect(upward).toEqual([]);
});

test("a task sees the task interface, media and the provider interfaces, and nothing else", () => {
  const tasks = FILES.filter((file) => file.startsWith("tasks/"));
  const beyond = tasks.flatMap((file) =>
    importsOf(file)
      .filter((other) => !other.startsWith("tasks/") && !TASK_SEES.test(other))
      .map((other) => `${file} → ${other}`),
  );
  expect(beyond).toEqual([]);
});

test("no file imports itself, by whatever way round", () => {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, above: readonly string[]) => {
    if (above.includes(file)) cycles.push([...above.slice(above.indexOf(file)), file].join(" → "));
    if (done.has(file) || above.includes(file)) return;
    for (const other of importsOf(file)) visit(other, [...above, file]);
    done.add(file);
  };
  for (const file of FILES) visit(file, []);
  expect(cycles).toEqual([]);
});
