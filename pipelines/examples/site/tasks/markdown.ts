/** One Markdown file → its page, and a card with its title for the index. */
import { readFile } from "node:fs/promises";
import { defineTask, Failure, z } from "faceless/task";
import { htmlPage } from "./lib/html.ts";
import { convert } from "./lib/markdown.ts";

export default defineTask({
  type: "markdown",
  params: z.strictObject({ name: z.string(), site: z.string() }),
  inputs: { text: "file", style: "file" },
  outputs: { html: "html", card: "json" },
  async run({ params, inputs, outputs }) {
    const { title, html } = convert(await readFile(inputs.text.path, "utf8"));
    if (title === undefined) {
      throw new Failure(`${inputs.text.name} has no title.`, {
        help: "Begin it with a line such as '# Title'.",
      });
    }
    const style = await readFile(inputs.style.path, "utf8");
    const body = `<nav><a href="index.html">all pages</a></nav>\n${html}`;
    await outputs.html.write(htmlPage(`${title} - ${params.site}`, style, body));
    await outputs.card.write(JSON.stringify({ name: params.name, title }));
  },
});
