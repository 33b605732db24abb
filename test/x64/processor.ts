// The processor as a machine: memory mapped through koffi, written, then made executable, never both. Tests only.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { KernelCode } from "#engine/target/machine/kernel-code.ts";
import type { KernelCall, Machine, Region } from "../machine/machine.ts";

type Pointer = object | bigint;

interface Koffi {
  load(name: string): { func(signature: string): (...args: unknown[]) => unknown };
  proto(signature: string): unknown;
  decode(pointer: Pointer, type: unknown): (...args: unknown[]) => void;
  view(pointer: Pointer, length: number): ArrayBuffer;
  address(pointer: Pointer): bigint;
}

const protection = { read: 1, write: 2, execute: 4 } as const;
const isPrivateAndAnonymous = 0x22;
const pageBytes = 4096;
let numPrototypes = 0;

class Processor implements Machine {
  readonly #koffi: Koffi;
  readonly #map: (...args: unknown[]) => unknown;
  readonly #protect: (...args: unknown[]) => unknown;
  readonly #unmap: (...args: unknown[]) => unknown;
  readonly #prototype: unknown;
  readonly #mapped: { readonly pointer: Pointer; readonly bytes: number }[] = [];

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
    const libc = koffi.load("libc.so.6");
    this.#map = libc.func(
      "void *mmap(void *address, size_t length, int protection, int flags, int file, int64_t offset)",
    );
    this.#protect = libc.func("int mprotect(uint64_t address, size_t length, int protection)");
    this.#unmap = libc.func("int munmap(void *address, size_t length)");
    numPrototypes += 1;
    this.#prototype = koffi.proto(`void kernel${numPrototypes}(uint64_t buffers, int32_t chunk, uint64_t scratch)`);
  }

  #mapPages(bytes: number): { readonly pointer: Pointer; readonly bytes: number } {
    const size = Math.ceil(Math.max(bytes, 1) / pageBytes) * pageBytes;
    const access = protection.read | protection.write;
    const pointer = this.#map(null, size, access, isPrivateAndAnonymous, -1, 0) as Pointer;
    const pages = { pointer, bytes: size };
    this.#mapped.push(pages);
    return pages;
  }

  /** Ends where a page begins that nothing may touch, so that reading beyond the end is a crash. */
  allocate(bytes: number): Region {
    const { pointer, bytes: mapped } = this.#mapPages(bytes + pageBytes);
    const pages = mapped - pageBytes;
    const address = this.#koffi.address(pointer);
    this.#protect(address + BigInt(pages), pageBytes, 0);
    const start = pages - Math.ceil(bytes / 4) * 4;
    return {
      address: address + BigInt(start),
      bytes: new Uint8Array(this.#koffi.view(pointer, pages)).subarray(start, start + bytes),
    };
  }

  function({ code }: KernelCode): KernelCall {
    const { pointer, bytes } = this.#mapPages(code.length);
    new Uint8Array(this.#koffi.view(pointer, bytes)).set(code);
    this.#protect(this.#koffi.address(pointer), bytes, protection.read | protection.execute);
    return this.#koffi.decode(pointer, this.#prototype);
  }

  [Symbol.dispose](): void {
    for (const { pointer, bytes } of this.#mapped.splice(0)) this.#unmap(pointer, bytes);
  }
}

/** Why code for AVX2 cannot run here, or undefined. */
export const whyNoProcessor: string | undefined = reason();

function reason(): string | undefined {
  if (process.arch !== "x64" || process.platform !== "linux") return "needs Linux on x64";
  if (!hasFlags(["avx2", "fma", "f16c", "bmi2"])) return "needs AVX2, FMA, F16C and BMI2";
  return findKoffi() === undefined ? "needs the package koffi" : undefined;
}

/** Whether AVX-512 code runs here too. */
export function hasAvx512(): boolean {
  return whyNoProcessor === undefined && hasFlags(["avx512f", "avx512bw", "avx512dq", "avx512vl"]);
}

function hasFlags(names: readonly string[]): boolean {
  const flags = readFileSync("/proc/cpuinfo", "utf8");
  return names.every((name) => flags.includes(` ${name}`));
}

export function openProcessor(): Machine {
  return new Processor(findKoffi()!);
}

function findKoffi(): Koffi | undefined {
  try {
    return createRequire(import.meta.url)("koffi") as Koffi;
  } catch {
    return undefined;
  }
}
