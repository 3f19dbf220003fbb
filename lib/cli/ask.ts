/** Asks a question that yes or no answers. */
import { createInterface } from "node:readline";

/** Anything but yes is no: an empty line, the end of the input, the signal. */
export function askYesOrNo(
  question: string,
  input: NodeJS.ReadableStream,
  output: { write(text: string): unknown },
  signal: AbortSignal,
): Promise<boolean> {
  // As no terminal of its own: else it would take Ctrl-C for itself.
  const lines = createInterface({ input, terminal: false });
  return new Promise((resolve) => {
    const end = () => lines.close();
    lines.once("line", (line) => {
      resolve(/^\s*y(es)?\s*$/i.test(line));
      lines.close();
    });
    lines.once("close", () => {
      signal.removeEventListener("abort", end);
      resolve(false);
    });
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    else output.write(question);
  });
}
