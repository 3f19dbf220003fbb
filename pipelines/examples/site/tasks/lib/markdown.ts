/** As much Markdown as notes need: headings, paragraphs, lists, code, emphasis and links. */
import { escapeHtml } from "./html.ts";

export interface Converted {
  /** The first heading, as text. */
  readonly title: string | undefined;
  readonly html: string;
}

export function convert(markdown: string): Converted {
  const blocks = markdown
    .split(/\n\s*\n/)
    .map((block) => block.trim())
    .filter((block) => block !== "");
  const title = blocks.find((block) => block.startsWith("#"))?.replace(/^#+\s*/, "");
  return { title, html: blocks.map(blockHtml).join("\n") };
}

function blockHtml(block: string): string {
  const heading = /^(#{1,6})\s+(.*)$/.exec(block);
  if (heading !== null) {
    const level = heading[1]?.length;
    return `<h${level}>${inline(heading[2] ?? "")}</h${level}>`;
  }
  const lines = block.split("\n");
  if (lines.every((line) => line.startsWith("- "))) {
    return `<ul>${lines.map((line) => `<li>${inline(line.slice(2))}</li>`).join("")}</ul>`;
  }
  return `<p>${inline(block)}</p>`;
}

function inline(text: string): string {
  return escapeHtml(text)
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
    .replace(/\*([^*]+)\*/g, "<em>$1</em>")
    .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, '<a href="$2">$1</a>');
}
