/** Types for the parts of WebAssembly used here: @types/node 20 has none, and lib.dom is no library of Node's. */

declare const compiled: unique symbol;

export interface WasmModule {
  readonly [compiled]: true;
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  instantiate(module: WasmModule, imports: Record<string, Record<string, unknown>>): Promise<WasmInstance>;
  readonly RuntimeError: new (message?: string) => Error;
}

export const wasm: WebAssemblyApi = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
