/** Composes the background music from the scores below: `node compose.mjs [name…]` writes name.mp3 beside itself. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sound from "./sound.mjs";

const { RATE } = sound;
/** Louder than this and it crowds the voice; the mix of a video turns it down further. */
const LOUDNESS = -18;
/** LAME turns its input down by this, unasked (measured: 0.45 dB), so the WAV is as much louder. */
const LAME_SCALE = 0.95;
const FRAME = 1_152;
/** Frames of the loop's end that the encoder hears before its beginning; they are cut off again. */
const LEAD = 4;
/** Bytes of a frame: 160 kbit/s at 48 kHz come out even. */
const FRAME_BYTES = 480;

/**
 * A chord is [bass, pad, arpeggio from low to high, how many of its steps sound]. A step of a pattern is an index into
 * the arpeggio, or "." for a rest. A melody is [beat, note, velocity]. Times are beats of `beat` seconds.
 */
const SCORES = {
  /** D major, one chord in eight seconds: a morning that gets brighter and settles again. */
  "first-light": {
    seed: 11,
    beat: 1,
    chords: [
      ["D2", "D3 A3 E4 F#4", "D4 A4 D5 E5 F#5 A5", 0.55],
      ["B1", "B2 F#3 D4 E4", "B3 F#4 A4 D5 E5 F#5", 0.7],
      ["G1", "G2 D3 B3 F#4", "G3 D4 A4 B4 D5 F#5", 0.85],
      ["A1", "A2 E3 B3 D4", "A3 E4 B4 C#5 E5 A5", 0.9],
      ["F#1", "F#2 D3 A3 E4", "F#3 D4 A4 D5 E5 A5", 1],
      ["E2", "E3 B3 D4 G4", "E4 B4 D5 E5 F#5 G5", 0.95],
      ["G1", "G2 D3 B3 A3", "G3 D4 A4 B4 D5 F#5", 0.8],
      ["A1", "A2 E3 A3 D4", "A3 E4 A4 B4 D5 E5", 0.6],
    ],
    pattern: "0213 4312 0243 5.31",
    melody: [
      [12, "F#5", 0.7],
      [14, "E5", 0.55],
      [16, "D5", 0.7],
      [20, "F#5", 0.7],
      [22, "A5", 0.6],
      [24, "E5", 0.8],
      [34, "A5", 0.75],
      [36, "F#5", 0.65],
      [38, "E5", 0.6],
      [40, "G5", 0.8],
      [44, "F#5", 0.6],
      [48, "D5", 0.75],
      [52, "B4", 0.6],
      [56, "D5", 0.65],
      [60, "C#5", 0.55],
    ],
    keys: sound.felt,
    levels: { pad: 0.036, bass: 0.1, keys: 0.3, melody: 0.1, wind: 0.018, boom: 0 },
    pad: { from: 380, to: 900, breaths: 4, attack: 3, release: 4.5 },
    room: { t60: 4.5, shimmer: 0.16, damp: 0.5, wet: 0.5 },
    wind: 5_600,
  },
  /** A low D that never leaves, and chords that lean against it: for stories told after dark. */
  "night-watch": {
    seed: 1_313,
    beat: 1.5,
    chords: [
      ["D1", "D2 A2 D3 F3", "D3 A3 D4 F4 A4", 0.5],
      ["D1", "D2 Bb2 D3 G3", "D3 Bb3 D4 Eb4 G4", 0.6],
      ["D1", "D2 A2 Eb3 G3", "D3 A3 Eb4 G4 Bb4", 0.65],
      ["D1", "D2 A2 E3 F3", "D3 A3 D4 E4 F4", 0.45],
    ],
    pattern: "0... 2..3 ..1. 4...",
    melody: [
      [3, "A4", 0.6],
      [5, "F4", 0.5],
      [11, "D5", 0.6],
      [13, "Eb5", 0.7],
      [19, "Bb4", 0.6],
      [21, "A4", 0.6],
      [28, "E4", 0.5],
    ],
    keys: sound.felt,
    levels: { pad: 0.055, bass: 0.13, keys: 0.38, melody: 0.1, wind: 0.35, boom: 0.35 },
    pad: { from: 220, to: 620, breaths: 3, attack: 4.5, release: 6 },
    room: { t60: 7, shimmer: 0.1, damp: 0.32, wet: 0.75 },
    wind: 420,
  },
  /** F major with sevenths and ninths on an electric piano, never in a hurry: for fine things. */
  "gold-hour": {
    seed: 77,
    beat: 5 / 6,
    chords: [
      ["F1", "F2 C3 A3 E4", "F3 C4 E4 G4 A4 C5", 0.8],
      ["D2", "D3 A3 C4 E4", "D3 A3 C4 E4 F4 A4", 0.75],
      ["G1", "G2 D3 Bb3 F4", "G3 D4 F4 A4 Bb4 D5", 0.85],
      ["C2", "C3 G3 Bb3 D4", "C4 G4 A4 Bb4 D5 E5", 0.8],
      ["A1", "A2 E3 C4 G4", "A3 E4 G4 B4 C5 E5", 0.9],
      ["D2", "D3 A3 C4 F4", "D3 A3 C4 E4 F4 A4", 0.8],
      ["Bb1", "Bb2 F3 D4 A4", "Bb3 F4 A4 C5 D5 F5", 0.9],
      ["C2", "C3 F3 Bb3 D4", "C4 F4 Bb4 C5 D5 G5", 0.65],
    ],
    pattern: "0.2. 314. 0.3. 52..",
    melody: [
      [4, "A4", 0.6],
      [6, "C5", 0.6],
      [16, "D5", 0.7],
      [20, "F5", 0.6],
      [30, "E5", 0.6],
      [34, "G5", 0.65],
      [36, "E5", 0.6],
      [48, "D5", 0.7],
      [52, "C5", 0.6],
      [56, "Bb4", 0.55],
    ],
    keys: sound.tines,
    levels: { pad: 0.022, bass: 0.085, keys: 0.4, melody: 0.12, wind: 0.012, boom: 0 },
    pad: { from: 420, to: 1_000, breaths: 4, attack: 2.5, release: 3.5 },
    room: { t60: 3.2, shimmer: 0.08, damp: 0.45, wet: 0.4 },
    wind: 6_200,
  },
};
const BEATS_PER_CHORD = 8;

/** The instruments, each on a loop of its own, since each takes another way through the filters. */
function play(score, length) {
  const { beat, levels, pad } = score;
  const rng = sound.random(score.seed);
  const parts = {
    pad: sound.silence(length),
    low: sound.silence(length),
    keys: sound.silence(length),
    melody: sound.silence(length),
  };
  const span = BEATS_PER_CHORD * beat;
  for (const [index, [low, high, , share]] of score.chords.entries()) {
    const at = index * span;
    const held = {
      at: at - pad.attack / 3,
      seconds: span + pad.release,
      attack: pad.attack,
      release: pad.release,
      rng,
    };
    // The fuller a chord is played, the nearer its pad.
    const gain = levels.pad * (0.75 + 0.25 * share);
    for (const note of high.split(" ")) sound.pad(parts.pad, { ...held, note, gain });
    sound.bass(parts.low, {
      at: at - 0.2,
      seconds: span + 1.6,
      note: low,
      gain: levels.bass,
      attack: 1.2,
      release: 1.8,
    });
    if (levels.boom > 0) sound.boom(parts.low, { at, gain: levels.boom });
  }
  arpeggio(score, parts.keys, rng);
  for (const [at, note, velocity] of score.melody) {
    sound.bell(parts.melody, {
      at: at * beat,
      note,
      velocity,
      pan: (rng() - 0.5) * 0.8,
      gain: levels.melody,
    });
  }
  return parts;
}

/** Two steps to a beat. A hand is never quite even: a few milliseconds and a little weight, from the seed. */
function arpeggio({ beat, chords, pattern, keys, levels }, loop, rng) {
  const steps = [...pattern.replaceAll(" ", "")];
  for (const [index, [, , arp, share]] of chords.entries()) {
    const notes = arp.split(" ");
    for (const [step, mark] of steps.entries()) {
      const [late, weight, kept] = [rng(), rng(), rng()];
      const accent = step === 0 ? 1 : step % 4 === 0 ? 0.8 : 0.6;
      if (mark === "." || (step % 4 !== 0 && kept > share)) continue;
      const at = (index * BEATS_PER_CHORD + step / 2) * beat + 0.012 * late;
      const velocity = accent * (0.8 + 0.3 * weight) * (0.7 + 0.3 * share);
      const pitch = Number(mark) / (notes.length - 1);
      keys(loop, {
        at,
        note: notes[Number(mark)],
        velocity,
        pan: (pitch - 0.5) * 0.9,
        gain: levels.keys,
        rng,
      });
    }
  }
}

function mix(...tracks) {
  const out = sound.silence(tracks[0][0].length);
  for (const [track, gain] of tracks) {
    for (let i = 0; i < out.length; i++) {
      out.left[i] += gain * track.left[i];
      out.right[i] += gain * track.right[i];
    }
  }
  return out;
}

function compose(score) {
  const length = Math.round(score.chords.length * BEATS_PER_CHORD * score.beat * RATE);
  if (length % (2 * sound.WINDOW) !== 0)
    throw new Error(`a loop of ${length} samples would jump at its seam`);
  const parts = play(score, length);
  const pads = sound.breathe(parts.pad, score.pad.from, score.pad.to, score.pad.breaths);
  const keys = sound.filter(parts.keys, "low", 3_200, 0.6);
  const wind = sound.wind(length, score.seed, score.wind);
  const dry = mix([pads, 1], [keys, 1], [parts.melody, 1], [wind, score.levels.wind]);
  const wet = sound.room(
    mix([pads, 0.5], [keys, 0.8], [parts.melody, 1.2], [wind, score.levels.wind]),
    score.room,
  );
  const all = mix([dry, 1], [parts.low, 1], [wet, score.room.wet]);
  // Room for the voice: what makes speech clear lies between 1 and 4 kHz.
  const voice = sound.filter(sound.filter(all, "peak", 2_000, 0.6, -5), "high", 28, 0.7);
  return level(voice);
}

/** Integrated loudness in LUFS, as ITU-R BS.1770-4 has it for two channels at 48 kHz: 400 ms blocks, gated twice. */
function loudness(loop) {
  const weigh = () => {
    const shelf = sound.biquad([
      1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585,
    ]);
    const pass = sound.biquad([1, -2, 1, -1.99004745483398, 0.99007225036621]);
    return (x) => pass(shelf(x));
  };
  const [left, right] = [weigh(), weigh()];
  const heard = sound.around(loop, (l, r) => [left(l), right(r)]);
  const powers = [];
  for (let start = 0; start + 19_200 <= loop.length; start += 4_800) {
    let sum = 0;
    for (let i = start; i < start + 19_200; i++) sum += heard.left[i] ** 2 + heard.right[i] ** 2;
    powers.push(sum / 19_200);
  }
  const mean = (list) => list.reduce((sum, power) => sum + power, 0) / list.length;
  const lufs = (power) => -0.691 + 10 * Math.log10(power);
  const loud = powers.filter((power) => lufs(power) > -70);
  return lufs(mean(loud.filter((power) => lufs(power) > lufs(mean(loud)) - 10)));
}

/** Brings it to its loudness. There is no limiter: a bed that needs one has the wrong score. */
function level(loop) {
  const gain = 10 ** ((LOUDNESS - loudness(loop)) / 20) / LAME_SCALE;
  const out = mix([loop, gain]);
  const peak = out.left.reduce((most, x, i) => Math.max(most, Math.abs(x), Math.abs(out.right[i])), 0);
  if (peak > 0.79)
    throw new Error(`peaks at ${(20 * Math.log10(peak)).toFixed(1)} dB: too little room above`);
  return { ...out, peak };
}

/** `count` frames of the loop from sample `from` on, round and round: 24-bit PCM, the header by hand. */
function wav({ left, right, length }, from = 0, count = length) {
  const bytes = Buffer.alloc(44 + count * 6);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(36 + count * 6, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(2, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(RATE * 6, 28);
  bytes.writeUInt16LE(6, 32);
  bytes.writeUInt16LE(24, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(count * 6, 40);
  for (let i = 0; i < count; i++) {
    const at = (((from + i) % length) + length) % length;
    bytes.writeIntLE(Math.round(left[at] * 8_388_607), 44 + i * 6, 3);
    bytes.writeIntLE(Math.round(right[at] * 8_388_607), 47 + i * 6, 3);
  }
  return bytes;
}

/** KEEP_WAV names a folder that also gets the WAV, to be measured. */
function encode(name, loop) {
  const folder = mkdtempSync(join(tmpdir(), "faceless-music-"));
  try {
    const [from, to] = [join(folder, "loop.wav"), join(folder, "loop.mp3")];
    writeFileSync(from, wav(loop, -LEAD * FRAME, LEAD * FRAME + loop.length + FRAME));
    if (process.env.KEEP_WAV) writeFileSync(join(process.env.KEEP_WAV, `${name}.wav`), wav(loop));
    const exact = [
      "-map_metadata",
      "-1",
      "-id3v2_version",
      "0",
      "-fflags",
      "+bitexact",
      "-flags:a",
      "+bitexact",
    ];
    const args = [
      "-nostdin",
      "-v",
      "error",
      "-i",
      from,
      "-c:a",
      "libmp3lame",
      "-b:a",
      "160k",
      "-reservoir",
      "0",
      ...exact,
      to,
    ];
    const { status, error } = spawnSync("ffmpeg", args, { stdio: ["ignore", "inherit", "inherit"] });
    if (error) throw error;
    if (status !== 0) throw new Error(`ffmpeg ended with ${status}`);
    writeFileSync(
      fileURLToPath(new URL(`${name}.mp3`, import.meta.url)),
      trim(readFileSync(to), loop.length),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Cuts off the frames of the lead and says in the LAME tag which samples are the loop. So the first frame left was made
 * knowing what sounds before it: had the encoder heard silence around the loop, its error would click at the seam. No
 * frame borrows bits from another (`-reservoir 0`), so that any of them can be the first, also after a seek.
 * https://web.archive.org/web/2020/http://gabriel.mp3-tech.org/mp3infotag.html
 */
function trim(mp3, length) {
  const tag = mp3.indexOf("Info", 0, "latin1");
  if (tag !== 36) throw new Error("the mp3 does not begin with an Info tag");
  const frames = mp3.readUInt32BE(tag + 8);
  const head = mp3.length - frames * FRAME_BYTES;
  const music = mp3.subarray(head + LEAD * FRAME_BYTES);
  const delay = mp3.readUIntBE(tag + 141, 3) >> 12;
  const padding = (frames - LEAD) * FRAME - delay - length;
  if (head < 192 || padding < 529 || padding > 4_095)
    throw new Error(`a head of ${head} bytes, a padding of ${padding}`);
  const out = Buffer.concat([mp3.subarray(0, head), music]);
  out.writeUInt32BE(frames - LEAD, tag + 8);
  out.writeUInt32BE(out.length, tag + 12);
  out.writeUIntBE((delay << 12) | padding, tag + 141, 3);
  out.writeUInt32BE(out.length, tag + 148);
  out.writeUInt16BE(crc16(music), tag + 152);
  out.writeUInt16BE(crc16(out.subarray(0, 190)), 190);
  return out;
}

/** CRC-16/ARC, as the tag ends with. */
function crc16(bytes) {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(SCORES)) {
  const score = SCORES[name];
  if (score === undefined) throw new Error(`no score '${name}'; there are ${Object.keys(SCORES).join(", ")}`);
  const loop = compose(score);
  encode(name, loop);
  const peak = (20 * Math.log10(loop.peak * LAME_SCALE)).toFixed(1);
  console.log(
    `${name}.mp3  ${(loop.length / RATE).toFixed(2)} s  ${(loudness(loop) + 20 * Math.log10(LAME_SCALE)).toFixed(1)} LUFS  peak ${peak} dB`,
  );
}
