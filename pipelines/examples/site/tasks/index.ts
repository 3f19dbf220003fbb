/** The cards of all pages → the page that lists them. */
import { readFile } from "node:fs/promises";
import { defineTask, z } from "faceless/task";
import { escapeHtml, htmlPage } from "./lib/html.ts";

export default defineTask({
  type: "index",
  params: z.strictObject({ site: z.string() }),
  inputs: { cards: "list", words: "optional", style: "file" },
  outputs: { html: "html" },
  async run({ params, inputs, outputs }) {
    const texts = await Promise.all(inputs.cards.map(({ path }) => readFile(path, "utf8")));
    const cards = texts.map((text) => JSON.parse(text) as { name: string; title: string });
    const items = cards.map(({ name, title }) => `<li><a href="${name}.html">${escapeHtml(title)}</a></li>`);
    const words = inputs.words && (await readFile(inputs.words.path, "utf8")).trim();
    const total = words === undefined ? "" : `\n<p>${words} words</p>`;
    const body = `<h1>${escapeHtml(params.site)}</h1>\n<ul>${items.join("")}</ul>${total}`;
    await outputs.html.write(htmlPage(params.site, await readFile(inputs.style.path, "utf8"), body));
  },
});
