/** A file in memory with one position, as a WASI program reads and writes it. */

export class MemoryFile {
  private bytes: Uint8Array;
  private size: number;
  position = 0;

  constructor(content: Uint8Array = new Uint8Array(0)) {
    this.bytes = content.slice();
    this.size = content.length;
  }

  get content(): Uint8Array {
    return this.bytes.subarray(0, this.size);
  }

  truncate(): void {
    this.size = 0;
  }

  read(length: number): Uint8Array {
    const start = Math.min(this.position, this.size);
    this.position = Math.min(start + length, this.size);
    return this.bytes.subarray(start, this.position);
  }

  write(chunk: Uint8Array): void {
    const end = this.position + chunk.length;
    if (end > this.bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.bytes.length * 2, 1 << 16));
      larger.set(this.content);
      this.bytes = larger;
    }
    this.bytes.set(chunk, this.position);
    this.position = end;
    this.size = Math.max(this.size, end);
  }

  /** The new position; `whence` is 0 from the start, 1 from here, 2 from the end. */
  seek(offset: number, whence: number): number {
    const from = whence === 0 ? 0 : whence === 1 ? this.position : this.size;
    this.position = Math.max(0, from + offset);
    return this.position;
  }
}
