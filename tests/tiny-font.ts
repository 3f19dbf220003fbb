/** Builds a TrueType font with one glyph, a square, for any characters: what no other font has can then be set. */

/** Units to the em. */
const EM = 1000;

export function tinyFont(...characters: string[]): Buffer {
  const tables: Record<string, Buffer> = {
    "OS/2": os2(),
    cmap: cmap(characters.map((character) => character.codePointAt(0)!).sort((a, b) => a - b)),
    glyf: square(),
    head: head(),
    hhea: words([1, 0, EM, 0x10000 - 200, 0, EM, 0, 0, 800, 1, 0, 0, 0, 0, 0, 0, 0, 2]),
    hmtx: words([EM, 0, EM, 100]),
    loca: words([0, 0, square().length / 2]),
    maxp: words([1, 0, 2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
    name: words([0, 0, 6]),
    post: Buffer.concat([words([3, 0]), Buffer.alloc(28)]),
  };
  const names = Object.keys(tables).sort();
  const directory = [words([1, 0, names.length, 128, 3, names.length * 16 - 128])];
  let offset = 12 + names.length * 16;
  for (const name of names) {
    const entry = Buffer.alloc(16);
    entry.write(name, 0, "latin1");
    entry.writeUInt32BE(offset, 8);
    entry.writeUInt32BE(tables[name]!.length, 12);
    directory.push(entry);
    offset += Math.ceil(tables[name]!.length / 4) * 4;
  }
  const padded = names.map((name) =>
    Buffer.concat([tables[name]!, Buffer.alloc((4 - (tables[name]!.length % 4)) % 4)]),
  );
  return Buffer.concat([...directory, ...padded]);
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value & 0xffff, index * 2);
  return bytes;
}

/** One contour, four points, each given in 16 bits. */
function square(): Buffer {
  const flags = Buffer.from([1, 1, 1, 1]);
  const [across, down] = [words([100, 0, 700, 0]), words([0, 700, 0, -700])];
  return Buffer.concat([words([1, 100, 0, 800, 700, 3, 0]), flags, across, down]);
}

function head(): Buffer {
  const table = Buffer.alloc(54);
  table.writeUInt32BE(0x10000, 0);
  table.writeUInt32BE(0x5f0f3cf5, 12);
  table.writeUInt16BE(EM, 18);
  words([100, 0, 800, 700]).copy(table, 36);
  table.writeUInt16BE(8, 46);
  return table;
}

/** Format 12: one group for each character, all of them glyph 1. */
function cmap(codes: readonly number[]): Buffer {
  const groups = codes.map((code) => {
    const group = Buffer.alloc(12);
    group.writeUInt32BE(code, 0);
    group.writeUInt32BE(code, 4);
    group.writeUInt32BE(1, 8);
    return group;
  });
  const header = Buffer.alloc(28);
  words([0, 1, 3, 10, 0, 12, 12, 0]).copy(header);
  header.writeUInt32BE(16 + groups.length * 12, 16);
  header.writeUInt32BE(groups.length, 24);
  return Buffer.concat([header, ...groups]);
}

function os2(): Buffer {
  const table = Buffer.alloc(96);
  words([4, EM, 400, 5]).copy(table);
  words([800, 0x10000 - 200, 0, EM, 200]).copy(table, 68);
  return table;
}
