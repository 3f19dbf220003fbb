/** Reads a .cpuprofile of our bundle: the functions that took the most time themselves, by their place in the sources. */
import { readFileSync } from "node:fs";
import module from "node:module";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface Hot {
  /** Function and file:line. */
  readonly name: string;
  /** Of the function's own code, in milliseconds. */
  readonly self: number;
  /** With all that it calls, in milliseconds. */
  readonly total: number;
}

/** Most self time first. What Node does in C++ is told with the function of ours that called it. */
export function hottest(path: string): readonly Hot[] {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(path, "utf8")) as Profile;
  const own = new Map<number, number>();
  for (const [i, id] of samples.entries()) own.set(id, (own.get(id) ?? 0) + timeDeltas[i]! / 1_000);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const self = new Map<string, number>();
  const total = new Map<string, number>();
  const add = (sums: Map<string, number>, name: string, ms: number) =>
    sums.set(name, (sums.get(name) ?? 0) + ms);
  const visit = (id: number, caller: string, above: ReadonlySet<string>): number => {
    const { callFrame, children } = byId.get(id)!;
    const ours = callFrame.url.startsWith("file:");
    const name = ours
      ? `${callFrame.functionName || "(anonymous)"} ${place(callFrame)}`
      : caller === "" || callFrame.functionName.startsWith("(")
        ? callFrame.functionName || "(anonymous)"
        : `${callFrame.functionName || "(anonymous)"} ← ${caller}`;
    let ms = own.get(id) ?? 0;
    add(self, name, ms);
    const inside = new Set([...above, name]);
    for (const child of children ?? []) ms += visit(child, ours ? name : caller, inside);
    // A function that calls itself is counted once.
    if (!above.has(name)) add(total, name, ms);
    return ms;
  };
  visit(nodes[0]!.id, "", new Set());
  return [...self]
    .map(([name, ms]) => ({ name, self: ms, total: total.get(name) ?? ms }))
    .sort((a, b) => b.self - a.self);
}

const maps = new Map<string, module.SourceMap | undefined>();

function place({ url, lineNumber, columnNumber }: Profile["nodes"][number]["callFrame"]): string {
  const file = fileURLToPath(url);
  if (!maps.has(file)) maps.set(file, readMap(file));
  const entry = maps.get(file)?.findEntry(lineNumber, columnNumber);
  if (entry === undefined || !("originalSource" in entry))
    return `${relative(process.cwd(), file)}:${lineNumber + 1}`;
  return `${entry.originalSource.replace(/^(\.\.\/)+/, "").replace(/^.*?(?=(lib|bench|node_modules)\/)/, "")}:${entry.originalLine + 1}`;
}

function readMap(file: string): module.SourceMap | undefined {
  try {
    return new module.SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8")));
  } catch {
    return undefined; // one of Node's own modules, or none was written
  }
}
