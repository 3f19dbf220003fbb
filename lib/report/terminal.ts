/** The report on a terminal: what is done scrolls by, and below it a few lines that are redrawn show what runs. */
import { styleText } from "node:util";
import type { BuildEvent } from "../model/event.ts";
import { type Entry, type Tone, teller, WORD_WIDTH } from "./entries.ts";
import { liveRegion } from "./live.ts";
import { Progress } from "./progress.ts";
import { displayWidth, fitEnd, fitMiddle, printable, wrap } from "./width.ts";

export interface TerminalStream {
  write(text: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
}

export interface TerminalClock {
  /** Milliseconds; only differences count. */
  now(): number;
  /** Calls `tick` every so many milliseconds until the returned function is called. */
  every(ms: number, tick: () => void): () => void;
}

export interface TerminalOptions {
  readonly verbose: boolean;
  /** `wantsColor(process.env)` */
  readonly color: boolean;
}

export interface TerminalReport {
  onEvent(event: BuildEvent): void;
  /** Takes the live lines away and gives the cursor back; may be called twice, and after any event. */
  dispose(): void;
}

/** NO_COLOR as on no-color.org: any value but an empty one. */
export function wantsColor(env: Readonly<Record<string, string | undefined>>): boolean {
  return (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb";
}

/** Whether lines can be redrawn; where they cannot, `plainReport` is the right one. */
export function canRedraw(
  isTTY: boolean | undefined,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return isTTY === true && env.TERM !== "dumb";
}

/** A redraw is at most every so many milliseconds, however fast the events come. */
const FRAME = 100;
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const COLORS = { good: "green", bad: "red", odd: "yellow", quiet: "gray" } as const;

/** After these nothing runs that could be shown. */
const LAST: ReadonlySet<BuildEvent["type"]> = new Set([
  "build-finished",
  "watch-round",
  "watch-failed",
  "watch-waiting",
  "scripts-missing",
]);

/** The report of one build; the next build takes a new one. */
export function terminalReport(
  stream: TerminalStream,
  clock: TerminalClock,
  options: TerminalOptions,
): TerminalReport {
  const tell = teller(options);
  const progress = new Progress();
  let waiting: string[] = [];
  /** The widths of the live lines on the screen: a narrower window has folded them since. */
  let drawn: number[] = [];
  let hidden = false;

  // The last column stays empty: there, terminals differ on where the cursor is.
  const columns = () => Math.max(1, (stream.columns || 80) - 1);
  const rows = () => Math.max(1, (stream.rows || 24) - 1);
  const paint = (tone: Tone, text: string) =>
    options.color && text !== "" ? styleText(COLORS[tone], text, { validateStream: false }) : text;

  /** One write for a frame, so that no half of it is ever seen. */
  const frame = (live: readonly string[]) => {
    if (waiting.length === 0 && live.length === 0 && drawn.length === 0) return;
    const cursor = live.length > 0 && !hidden ? HIDE_CURSOR : "";
    hidden ||= live.length > 0;
    const scrolled = waiting.map((line) => `${line}\x1b[K\n`).join("");
    stream.write(
      `${cursor}${toTop(drawn, columns() + 1)}${scrolled}${live.map((line) => `${line}\x1b[K`).join("\n")}\x1b[J`,
    );
    waiting = [];
    drawn = live.map(displayWidth);
  };

  const draw = () => {
    const busy = progress.running.size > 0 || (progress.finished > 0 && progress.finished < progress.planned);
    frame(busy ? liveRegion(progress, clock.now(), columns(), rows()) : []);
  };
  const stop = clock.every(FRAME, draw);

  const dispose = () => {
    stop();
    frame([]);
    if (hidden) stream.write(SHOW_CURSOR);
    hidden = false;
  };

  return {
    onEvent(event) {
      progress.onEvent(event, clock.now());
      for (const entry of tell(event)) waiting.push(...setEntry(entry, columns(), paint));
      if (LAST.has(event.type)) dispose();
    },
    dispose,
  };
}

/** Moves from the end of the live lines to the start of the first, counting the rows that each takes now. */
function toTop(widths: readonly number[], columns: number): string {
  const rowsOf = (width: number) => Math.max(1, Math.ceil(width / columns));
  const up = widths.reduce((sum, width) => sum + rowsOf(width), 0) - 1;
  return up > 0 ? `\r\x1b[${up}A` : "\r";
}

/** An entry as lines that are no wider than the screen: paths lose their middle, messages are wrapped and lose nothing. */
function setEntry(entry: Entry, columns: number, paint: (tone: Tone, text: string) => string): string[] {
  if (entry.kind === "line") return wrap(printable(entry.text), columns).map((row) => paint(entry.tone, row));
  const { tone, word, body } = entry;
  const room = columns - WORD_WIDTH - 2;
  const first =
    room < 4
      ? paint(tone, fitEnd(word, columns))
      : `${paint(tone, word.padEnd(WORD_WIDTH))}  ${setRest(entry, room, paint)}`.trimEnd();
  if (body === "") return [first];
  // On a narrow screen the message needs the columns more than the margin does.
  const margin = " ".repeat(columns < 10 ? 0 : columns < 40 ? 2 : WORD_WIDTH + 2);
  const lines = printable(body).split("\n");
  const wrapped = lines.flatMap((line) => wrap(line, columns - margin.length));
  const below = wrapped.map((line) => `${margin}${line}`.trimEnd());
  // A message about nothing in particular stands beside its word.
  const beside = entry.subject === "" && entry.remark === "" && margin.length === WORD_WIDTH + 2;
  return beside
    ? [`${paint(tone, word.padEnd(WORD_WIDTH))}  ${wrapped[0]}`, ...below.slice(1)]
    : [first, ...below];
}

/** Path and remark: the path may take half of the room, and what the remark leaves. */
function setRest(
  { subject, remark }: Extract<Entry, { kind: "item" }>,
  room: number,
  paint: (tone: Tone, text: string) => string,
): string {
  const oneLine = (text: string) => printable(text).replaceAll("\n", " ");
  const [path, note] = [oneLine(subject), oneLine(remark)];
  if (path === "") return fitEnd(note, room);
  if (note === "") return fitMiddle(path, room);
  const left = room - displayWidth(note) - 2;
  const shown = fitMiddle(path, Math.max(left, Math.min(room, 16), Math.floor(room / 2)));
  const rest = room - displayWidth(shown) - 2;
  return rest < 3 ? shown : `${shown}  ${paint("quiet", fitEnd(note, rest))}`;
}
