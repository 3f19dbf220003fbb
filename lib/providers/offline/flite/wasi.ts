/** A minimal WASI preview1 host: arguments and files in memory in, exit code, print-out and files in memory out. */
import { MemoryFile } from "./memory-file.ts";
import { type WasmMemory, type WasmModule, wasm } from "./webassembly.ts";

/** Errno values of the preview1 witx: github.com/WebAssembly/WASI, legacy/preview1/docs.md. */
const OK = 0;
const EBADF = 8;
const ENOENT = 44;
const ESPIPE = 70;

const CHARACTER_DEVICE = 2;
const DIRECTORY = 3;
const REGULAR_FILE = 4;
const O_CREAT = 1;
const O_TRUNC = 8;
const ALL_RIGHTS = 0xffff_ffff_ffff_ffffn;

/** The one folder the program sees; its files are named in `/w/…` arguments. */
export const FOLDER = "/w";
const FOLDER_FD = 3;

export interface WasiRun {
  /** Without the program's own name. */
  readonly args: readonly string[];
  /** Names relative to FOLDER. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

export interface WasiResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Every file of the folder afterwards, by its name relative to FOLDER. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/**
 * Runs the module's `_start` once in a fresh instance. Not node:wasi, which prints an ExperimentalWarning, wants
 * real files and crashed the whole process on long texts. The clock always
 * says 0, so that the same run gives the same bytes. Rejects with WebAssembly.RuntimeError if the program traps.
 */
export async function runWasi(module: WasmModule, run: WasiRun): Promise<WasiResult> {
  const host = new Host(run);
  const { exports } = await wasm.instantiate(module, { wasi_snapshot_preview1: host.imports() });
  host.memory = exports.memory as WasmMemory;
  let exitCode = 0;
  try {
    (exports._start as () => void)();
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    exitCode = error.code;
  }
  return {
    exitCode,
    stdout: new TextDecoder().decode(host.out.content),
    stderr: new TextDecoder().decode(host.err.content),
    files: new Map([...host.files].map(([name, file]) => [name, file.content])),
  };
}

type Descriptor = MemoryFile | "stdin" | "folder" | undefined;

class Host {
  memory!: WasmMemory;
  readonly out = new MemoryFile();
  readonly err = new MemoryFile();
  readonly files: Map<string, MemoryFile>;
  private readonly args: readonly Uint8Array[];
  private readonly descriptors: Descriptor[] = ["stdin", this.out, this.err, "folder"];

  constructor({ args, files = {} }: WasiRun) {
    this.args = ["program", ...args].map((arg) => new TextEncoder().encode(`${arg}\0`));
    this.files = new Map(Object.entries(files).map(([name, content]) => [name, new MemoryFile(content)]));
  }

  // Made anew for each use: memory that grows gets a new buffer, and the old one is detached.
  private get view(): DataView {
    return new DataView(this.memory.buffer);
  }

  private bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, length);
  }

  /** The pieces of a scatter/gather list: `count` pairs of address and length. */
  private *pieces(at: number, count: number): Generator<Uint8Array> {
    for (let i = 0; i < count; i++) {
      yield this.bytes(this.view.getUint32(at + i * 8, true), this.view.getUint32(at + i * 8 + 4, true));
    }
  }

  imports(): Record<string, (...values: never[]) => number> {
    return { ...this.process(), ...this.descriptorCalls(), ...this.fileCalls() };
  }

  private process() {
    return {
      args_sizes_get: (count: number, size: number) => {
        this.view.setUint32(count, this.args.length, true);
        this.view.setUint32(size, sum(this.args.map((arg) => arg.length)), true);
        return OK;
      },
      args_get: (pointers: number, buffer: number) => {
        let at = buffer;
        for (const [i, arg] of this.args.entries()) {
          this.view.setUint32(pointers + i * 4, at, true);
          this.bytes(at, arg.length).set(arg);
          at += arg.length;
        }
        return OK;
      },
      clock_time_get: (_clock: number, _precision: bigint, time: number) => {
        this.view.setBigUint64(time, 0n, true);
        return OK;
      },
      proc_exit: (code: number) => {
        throw new Exit(code);
      },
    };
  }

  private descriptorCalls() {
    return {
      fd_close: (fd: number) => {
        if (this.descriptors[fd] === undefined) return EBADF;
        this.descriptors[fd] = undefined;
        return OK;
      },
      fd_fdstat_get: (fd: number, stat: number) => {
        const descriptor = this.descriptors[fd];
        if (descriptor === undefined) return EBADF;
        this.bytes(stat, 24).fill(0);
        const file = fd < FOLDER_FD ? CHARACTER_DEVICE : REGULAR_FILE;
        this.view.setUint8(stat, descriptor === "folder" ? DIRECTORY : file);
        this.view.setBigUint64(stat + 8, ALL_RIGHTS, true);
        this.view.setBigUint64(stat + 16, ALL_RIGHTS, true);
        return OK;
      },
      fd_fdstat_set_flags: () => OK,
      fd_prestat_get: (fd: number, prestat: number) => {
        if (fd !== FOLDER_FD) return EBADF; // the C library asks from 3 upwards until it is told so
        this.view.setUint32(prestat, 0, true);
        this.view.setUint32(prestat + 4, FOLDER.length, true);
        return OK;
      },
      fd_prestat_dir_name: (fd: number, name: number, length: number) => {
        if (fd !== FOLDER_FD) return EBADF;
        this.bytes(name, length).set(new TextEncoder().encode(FOLDER).subarray(0, length));
        return OK;
      },
    };
  }

  private fileCalls() {
    return {
      path_open: (
        _folder: number,
        _lookup: number,
        pathAt: number,
        pathLength: number,
        flags: number,
        _rights: bigint,
        _inherited: bigint,
        _fdFlags: number,
        opened: number,
      ) => {
        const name = new TextDecoder().decode(this.bytes(pathAt, pathLength));
        let file = this.files.get(name);
        if (file === undefined) {
          if ((flags & O_CREAT) === 0) return ENOENT;
          file = new MemoryFile();
          this.files.set(name, file);
        }
        if ((flags & O_TRUNC) !== 0) file.truncate();
        file.position = 0;
        this.view.setUint32(opened, this.descriptors.push(file) - 1, true);
        return OK;
      },
      fd_read: (fd: number, list: number, count: number, done: number) => {
        const file = this.descriptors[fd];
        if (file === undefined || file === "folder") return EBADF;
        let total = 0;
        for (const piece of this.pieces(list, count)) {
          const chunk = file === "stdin" ? new Uint8Array(0) : file.read(piece.length);
          piece.set(chunk);
          total += chunk.length;
          if (chunk.length < piece.length) break;
        }
        this.view.setUint32(done, total, true);
        return OK;
      },
      fd_write: (fd: number, list: number, count: number, done: number) => {
        const file = this.descriptors[fd];
        if (!(file instanceof MemoryFile)) return EBADF;
        let total = 0;
        for (const piece of this.pieces(list, count)) {
          file.write(piece);
          total += piece.length;
        }
        this.view.setUint32(done, total, true);
        return OK;
      },
      fd_seek: (fd: number, offset: bigint, whence: number, position: number) => {
        const file = this.descriptors[fd];
        if (!(file instanceof MemoryFile) || fd < FOLDER_FD) return ESPIPE;
        this.view.setBigUint64(position, BigInt(file.seek(Number(offset), whence)), true);
        return OK;
      },
    };
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
