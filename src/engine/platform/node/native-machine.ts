// Memory, code and threads outside of JavaScript, by calls of libc through koffi. Linux on x64 and arm64; others say that
// they have none. Knows no program.

import { createRequire } from "node:module";
import { isMainThread } from "node:worker_threads";
import type * as koffiModule from "koffi";
import { messageOf, SinterError } from "#engine/base/error.ts";
import type { LoadedCode, NativeMachine } from "#engine/platform/api.ts";

type Koffi = typeof koffiModule;
type SystemFunction = ReturnType<ReturnType<Koffi["load"]>["func"]>;
type Entry = koffiModule.KoffiFunc<(argument: number) => unknown>;

const protection = { readWrite: 3, readExecute: 5 };
/** Private and anonymous; and not counted before it is touched. */
const mapping = { plain: 0x22, unreserved: 0x4022 };
const advice = { hugePages: 14, dontNeed: 4 };
const pageBytes = 4096;

let machine: NativeMachine | undefined;

/** The machine. @throws missing where there is none; device with the reason where it cannot be used */
export function openNativeMachine(): NativeMachine {
  machine ??= createMachine();
  return machine;
}

function createMachine(): NativeMachine {
  const { platform, arch } = process;
  if (!isMainThread) {
    throw new SinterError("missing", 'native: in a worker thread koffi cannot call machine code. Use "wasm" there.');
  }
  if (platform === "linux" && (arch === "x64" || arch === "arm64")) return new LinuxMachine(loadKoffi(), arch);
  throw new SinterError(
    "missing",
    `native: machine code is emitted for Linux on x64 and arm64, this is ${platform} on ${arch}. Use "wasm".`,
  );
}

function loadKoffi(): Koffi {
  const require: (name: "koffi") => Koffi = createRequire(import.meta.url);
  try {
    return require("koffi");
  } catch (error) {
    const [reason = ""] = messageOf(error).split("\n");
    const remedy = 'Run npm install koffi, or use "wasm".';
    throw new SinterError(
      "device",
      `native: the optional package koffi cannot be loaded (${reason}). ${remedy}`,
      {},
      error,
    );
  }
}

/** Where glibc keeps its functions; those of threads moved into the first of these in 2021. */
const libraries = ["libc.so.6", "libpthread.so.0"];

/**
 * A function of the system.
 * @param signature as koffi reads it
 * @throws device where none of the libraries has it
 */
export function systemFunction(koffi: Koffi, signature: string, names: readonly string[] = libraries): SystemFunction {
  let problem: unknown;
  for (const name of names) {
    try {
      return koffi.load(name).func(signature);
    } catch (error) {
      problem = error;
    }
  }
  const reason = messageOf(problem);
  throw new SinterError("device", `native: the system's libraries lack a function (${reason}). Use "wasm".`);
}

/** Calls of libc that the machine is made of; pointers are numbers. */
function callsOf(koffi: Koffi) {
  return {
    map: systemFunction(koffi, "size_t mmap(size_t, size_t, int, int, int, long)"),
    unmap: systemFunction(koffi, "int munmap(size_t, size_t)"),
    protect: systemFunction(koffi, "int mprotect(size_t, size_t, int)"),
    advise: systemFunction(koffi, "int madvise(size_t, size_t, int)"),
    copyIn: systemFunction(koffi, "size_t memcpy(size_t, const void*, size_t)"),
    copyOut: systemFunction(koffi, "size_t memcpy(void*, size_t, size_t)"),
    startThread: systemFunction(koffi, "int pthread_create(_Out_ size_t*, size_t, size_t, size_t)"),
    joinThread: systemFunction(koffi, "int pthread_join(size_t, size_t)"),
  };
}

class LinuxMachine implements NativeMachine {
  readonly architecture: "x64" | "arm64";
  readonly #koffi: Koffi;
  readonly #calls: ReturnType<typeof callsOf>;
  readonly #entryType: ReturnType<Koffi["proto"]>;
  /** Where processors fetch instructions past what was just written, until they are told. */
  readonly #clearCache: ((from: number, to: number) => unknown) | undefined;

  constructor(koffi: Koffi, architecture: "x64" | "arm64") {
    this.architecture = architecture;
    this.#koffi = koffi;
    this.#clearCache =
      architecture === "arm64"
        ? systemFunction(koffi, "void __clear_cache(size_t, size_t)", ["libgcc_s.so.1"])
        : undefined;
    this.#calls = callsOf(koffi);
    this.#entryType = koffi.proto("int entry(size_t)");
  }

  reserve(bytes: number): number {
    const address = this.#map(bytes, mapping.unreserved);
    // Where the system has none, small pages serve.
    this.#calls.advise(address, bytes, advice.hugePages);
    return address;
  }

  free(address: number, bytes: number): void {
    this.#calls.unmap(address, bytes);
  }

  giveBack(address: number, bytes: number): void {
    this.#calls.advise(address, bytes, advice.dontNeed);
  }

  copyIn(address: number, bytes: Uint8Array): void {
    if (bytes.length > 0) this.#calls.copyIn(address, bytes, bytes.length);
  }

  copyOut(address: number, into: Uint8Array): void {
    if (into.length > 0) this.#calls.copyOut(into, address, into.length);
  }

  loadCode(code: Uint8Array): LoadedCode {
    const bytes = Math.ceil(code.length / pageBytes) * pageBytes;
    const address = this.#map(bytes, mapping.plain);
    this.copyIn(address, code);
    if (this.#calls.protect(address, bytes, protection.readExecute) === 0) {
      this.#clearCache?.(address, address + bytes);
      return { address, free: () => this.free(address, bytes) };
    }
    this.free(address, bytes);
    throw new SinterError("device", 'native: the system lets no memory be executed. Use "wasm".');
  }

  call(address: number, argument: number): number {
    return Number(this.#entryAt(address)(argument));
  }

  callAside(address: number, argument: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#entryAt(address).async(argument, (error: unknown, result: unknown) => {
        if (error === null || error === undefined) resolve(Number(result));
        else reject(error instanceof Error ? error : new Error(messageOf(error)));
      });
    });
  }

  startThread(address: number, argument: number): () => Promise<void> {
    const thread = [0];
    const problem: unknown = this.#calls.startThread(thread, 0, address, argument);
    if (problem === 0) return () => new Promise((end) => this.#calls.joinThread.async(thread[0], 0, () => end()));
    throw new SinterError("device", `native: the system starts no thread (${String(problem)}). Use fewer threads.`);
  }

  #entryAt(address: number): Entry {
    const entry: Entry = this.#koffi.decode(address, this.#entryType);
    return entry;
  }

  #map(bytes: number, flags: number): number {
    const address: unknown = this.#calls.map(0, bytes, protection.readWrite, flags, -1, 0);
    if (typeof address === "number" && Number.isSafeInteger(address)) return address;
    throw new SinterError(
      "memory",
      `native: the system maps no ${bytes} bytes. Use a smaller batch or model, or "wasm".`,
    );
  }
}
