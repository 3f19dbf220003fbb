/** Pipelines that the tests of several files build: of the workshop's tasks, and of commands. */

/** One file, in capitals. */
export const WORDS = `
targets:
  words: { task: upper, in: { text: ./notes.txt }, out: words.txt }
`;

export const WORDS_THEN_VOICE = `${WORDS}  voice: { task: join, in: { parts: [words] }, out: voice.txt }
`;

/** A list whose items are said one by one and joined. */
export const LIST = `
options: { glue: "|" }
axes:
  story: { files: "scripts/\${story}.txt" }
  item: { items: "\${list.items}", key: number, pad: 2 }
targets:
  list: { task: split, in: { text: "scripts/\${story}.txt" }, out: "work/\${story}.json" }
  said: { task: say, with: { text: "\${item.text}" }, out: "said/\${story}_\${item}.txt" }
  all: { task: join, in: { parts: said }, with: { glue: "\${options.glue}" }, out: "final/\${story}.txt" }
`;

/** Of the task whose work is the test's own (`withTask`). */
export const OWN = `
targets:
  own: { task: own, in: { text: ./notes.txt }, out: own.txt }
`;

/** One command for each story. */
export const COPY = `
axes:
  story: { files: "scripts/\${story}.txt" }
targets:
  copy: { run: "cat \${in.text} > \${out}", in: { text: "scripts/\${story}.txt" }, out: "copy/\${story}.txt" }
`;
