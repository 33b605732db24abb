// Memory, code and threads outside of JavaScript, by calls of libc through koffi. Linux on x86-64; others say that they are
// not there. Knows no program.

import { createRequire } from "node:module";
import type { KoffiFunc } from "koffi";
import { messageOf, SinterError } from "#engine/base/error.ts";
import type { NativeMachine } from "#engine/platform/api.ts";

type Koffi = typeof import("koffi");
type Entry = KoffiFunc<(argument: number) => unknown>;

const protection = { none: 0, readWrite: 3, readExecute: 5 };
/** Private, anonymous; and not counted before it is touched. */
const mapping = { plain: 0x22, unreserved: 0x4022 };
const adviceHugePages = 14;
const failure = -1;
const pageBytes = 4096;

let machine: NativeMachine | undefined;

/** The machine. @throws device with the reason why code cannot be run here */
export function openNativeMachine(): NativeMachine {
  machine ??= createMachine();
  return machine;
}

function createMachine(): NativeMachine {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new SinterError(
      "device",
      `native: machine code is emitted for Linux on x64, this is ${process.platform} on ${process.arch}. Use "wasm".`,
    );
  }
  const koffi = loadKoffi();
  const libc = koffi.load("libc.so.6");
  const mmap = libc.func("size_t mmap(size_t, size_t, int, int, int, long)");
  const munmap = libc.func("int munmap(size_t, size_t)");
  const mprotect = libc.func("int mprotect(size_t, size_t, int)");
  const madvise = libc.func("int madvise(size_t, size_t, int)");
  const copyIn = libc.func("size_t memcpy(size_t, const void*, size_t)");
  const copyOut = libc.func("size_t memcpy(void*, size_t, size_t)");
  const create = libc.func("int pthread_create(_Out_ size_t*, size_t, size_t, size_t)");
  const join = libc.func("int pthread_join(size_t, size_t)");
  const entry = koffi.proto("int entry(size_t)");
  const entries = new Map<number, Entry>();
  const entryAt = (address: number): Entry => {
    const known = entries.get(address) ?? (koffi.decode(address, entry) as Entry);
    entries.set(address, known);
    return known;
  };
  const map = (bytes: number, flags: number): number => {
    const address: unknown = mmap(0, bytes, protection.readWrite, flags, failure, 0);
    if (typeof address === "number" && Number.isSafeInteger(address)) return address;
    throw new SinterError(
      "memory",
      `native: the system maps no ${bytes} bytes. Use a smaller batch or model, or "wasm".`,
    );
  };
  return {
    architecture: "x64",
    reserve: (bytes) => {
      const address = map(bytes, mapping.unreserved);
      // Where the system has none, small pages serve.
      madvise(address, bytes, adviceHugePages);
      return address;
    },
    free: (address, bytes) => void munmap(address, bytes),
    copyIn: (address, bytes) => {
      if (bytes.length > 0) copyIn(address, bytes, bytes.length);
    },
    copyOut: (address, into) => {
      if (into.length > 0) copyOut(into, address, into.length);
    },
    loadCode: (code) => {
      const bytes = Math.ceil(code.length / pageBytes) * pageBytes;
      const address = map(bytes, mapping.plain);
      copyIn(address, code, code.length);
      if (mprotect(address, bytes, protection.readExecute) === 0) {
        return { address, free: () => void munmap(address, bytes) };
      }
      munmap(address, bytes);
      throw new SinterError("device", 'native: the system lets no memory be executed. Use "wasm".');
    },
    call: (address, argument) => Number(entryAt(address)(argument)),
    callAside: (address, argument) =>
      new Promise((resolve, reject) => {
        entryAt(address).async(argument, (error: unknown, result: unknown) => {
          if (error === null || error === undefined) resolve(Number(result));
          else reject(error instanceof Error ? error : new Error(messageOf(error)));
        });
      }),
    startThread: (address, argument) => {
      const thread = [0];
      const code: unknown = create(thread, 0, address, argument);
      if (code !== 0) {
        throw new SinterError(
          "device",
          `native: the system starts no thread (error ${String(code)}). Use fewer threads.`,
        );
      }
      return () => new Promise((resolve) => join.async(thread[0], 0, () => resolve()));
    },
  };
}

function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)("koffi") as Koffi;
  } catch (error) {
    throw new SinterError(
      "device",
      `native: the optional package koffi cannot be loaded (${messageOf(error)}). Run npm install koffi, or use "wasm".`,
      {},
      error,
    );
  }
}
