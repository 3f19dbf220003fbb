/** The graph as text for other programs: Mermaid, Graphviz's DOT, or JSON. */
import { plural } from "../base/plural.ts";
import type { GraphFormat, Outline, OutlineEdge, OutlineNode } from "../model/outline.ts";

/** Ends in a line break. */
export function sayGraph(outlines: readonly Outline[], format: GraphFormat): string {
  switch (format) {
    case "mermaid":
      return sayMermaid(outlines);
    case "dot":
      return sayDot(outlines);
    case "json":
      return `${JSON.stringify({ format: 1, projects: outlines }, null, 2)}\n`;
  }
}

/** A flowchart; https://mermaid.js.org/syntax/flowchart.html */
function sayMermaid(outlines: readonly Outline[]): string {
  const lines = ["flowchart LR"];
  const sources: string[] = [];
  for (const [i, { project, nodes, edges }] of outlines.entries()) {
    const names = shortNames(nodes, i);
    const label = (rows: readonly string[]) => rows.map(mermaidText).join("<br/>");
    lines.push(`  subgraph p${i}["${mermaidText(project)}"]`);
    for (const node of nodes) {
      const [open, close] = node.kind === "source" ? ["([", "])"] : ["[", "]"];
      lines.push(`    ${names.get(node.id)}${open}"${label(labelOf(node))}"${close}`);
      if (node.kind === "source") sources.push(names.get(node.id)!);
    }
    lines.push("  end");
    for (const { from, to, ties } of edges)
      lines.push(`  ${names.get(from)} ${isFile(ties) ? "-->" : "-.->"} ${names.get(to)}`);
  }
  if (sources.length > 0) {
    lines.push("  classDef source fill:none,stroke-dasharray:3 3", `  class ${sources.join(",")} source`);
  }
  return `${lines.join("\n")}\n`;
}

/** A directed graph; https://graphviz.org/doc/info/lang.html */
function sayDot(outlines: readonly Outline[]): string {
  const lines = ["digraph faceless {", "  rankdir=LR", "  node [shape=box]"];
  for (const [i, { project, nodes, edges }] of outlines.entries()) {
    const names = shortNames(nodes, i);
    lines.push(`  subgraph cluster_${i} {`, `    label=${dotText([project])}`);
    for (const node of nodes) {
      const shape = node.kind === "source" ? " shape=note" : "";
      lines.push(`    ${names.get(node.id)} [label=${dotText(labelOf(node))}${shape}]`);
    }
    lines.push("  }");
    for (const { from, to, ties } of edges)
      lines.push(`  ${names.get(from)} -> ${names.get(to)}${isFile(ties) ? "" : " [style=dashed]"}`);
  }
  return `${[...lines, "}"].join("\n")}\n`;
}

/** Drawn whole where a file is read, dashed where only values of it are. */
const isFile = (ties: OutlineEdge["ties"]) => ties.includes("file");

/** Names of letters and digits, so that no path has to be one. */
function shortNames(nodes: readonly OutlineNode[], project: number): ReadonlyMap<string, string> {
  return new Map(nodes.map(({ id }, i) => [id, `n${project}_${i}`]));
}

function labelOf(node: OutlineNode): readonly string[] {
  switch (node.kind) {
    case "source":
      return [node.path];
    case "action":
      return node.outputs;
    case "target":
      return [node.target, `${sayTask(node.task)}, ${sayNumber(node)}`];
  }
}

const sayTask = (task: string | null) => (task === null ? "command" : `task ${task}`);

function sayNumber({ outputs, atLeast }: Extract<OutlineNode, { kind: "target" }>): string {
  if (atLeast && outputs === 0) return "number of outputs not known yet";
  return `${atLeast ? "at least " : ""}${plural(outputs, "output")}`;
}

/** A line break in a name is shown as `\n`, and other control characters likewise. */
function visible(name: string): string {
  return name.replace(/\p{Cc}|[\u2028\u2029]/gu, (control) => {
    const json = JSON.stringify(control).slice(1, -1);
    return json === control ? `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}` : json;
  });
}

/**
 * Inside of `"…"`. Whatever could mean something is written as a character code (`#34;`): quotes, `#` and `;` of codes
 * themselves, HTML, Markdown, `%%{` of directives, `$$` of formulas, and the `:` that Mermaid's search for styles stops at.
 */
function mermaidText(text: string): string {
  return visible(text)
    .replace(/[^\p{L}\p{M}\p{N}\p{S} ./_,(){}-]|[$<>^`~|+=]/gu, (sign) =>
      sign === "$" ? sign : `#${sign.codePointAt(0)};`,
    )
    .replaceAll("$$", "#36;#36;");
}

/** A quoted string whose backslashes stand for themselves; `&` would begin an HTML entity. */
function dotText(rows: readonly string[]): string {
  const escaped = rows.map((row) =>
    visible(row).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("&", "&amp;"),
  );
  return `"${escaped.join("\\n")}"`;
}
