// Runs machine code in this process: memory mapped through koffi, written, then made executable, never both. Tests only.
import { readFileSync } from "node:fs";
import { findPackage } from "./disassembler.ts";

type Pointer = object | bigint;

interface Koffi {
  load(name: string): { func(signature: string): (...args: unknown[]) => unknown };
  proto(signature: string): unknown;
  decode(pointer: Pointer, type: unknown): (...args: unknown[]) => void;
  view(pointer: Pointer, length: number): ArrayBuffer;
  address(pointer: Pointer | ArrayBufferView): bigint;
}

const protection = { read: 1, write: 2, execute: 4 } as const;
const isPrivateAndAnonymous = 0x22;
let numPrototypes = 0;

/** Native memory, which nothing moves. */
export interface NativeMemory {
  readonly address: bigint;
  readonly buffer: ArrayBuffer;
}

export class Machine {
  readonly #koffi: Koffi;
  readonly #map: (...args: unknown[]) => unknown;
  readonly #protect: (...args: unknown[]) => unknown;
  readonly #unmap: (...args: unknown[]) => unknown;
  readonly #prototype: unknown;
  readonly #regions: { pointer: Pointer; bytes: number }[] = [];

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
    const libc = koffi.load("libc.so.6");
    this.#map = libc.func(
      "void *mmap(void *address, size_t length, int protection, int flags, int file, int64_t offset)",
    );
    this.#protect = libc.func("int mprotect(void *address, size_t length, int protection)");
    this.#unmap = libc.func("int munmap(void *address, size_t length)");
    numPrototypes += 1;
    this.#prototype = koffi.proto(`void kernel${numPrototypes}(uint64_t buffers, int32_t chunk, uint64_t scratch)`);
  }

  #region(bytes: number): { pointer: Pointer; bytes: number } {
    const size = Math.ceil(Math.max(bytes, 1) / 4096) * 4096;
    const pointer = this.#map(null, size, protection.read | protection.write, isPrivateAndAnonymous, -1, 0) as Pointer;
    const region = { pointer, bytes: size };
    this.#regions.push(region);
    return region;
  }

  /** Memory at a multiple of 4096, filled with 0. */
  allocate(bytes: number): NativeMemory {
    const { pointer, bytes: size } = this.#region(bytes);
    return { address: this.#koffi.address(pointer), buffer: this.#koffi.view(pointer, size) };
  }

  /** Code as a function. */
  function(code: Uint8Array): (buffers: bigint, chunk: number, scratch: bigint) => void {
    const { pointer, bytes } = this.#region(code.length);
    new Uint8Array(this.#koffi.view(pointer, bytes)).set(code);
    this.#protect(pointer, bytes, protection.read | protection.execute);
    return this.#koffi.decode(pointer, this.#prototype);
  }

  /** Unmaps everything; views of it must not be used any more. */
  [Symbol.dispose](): void {
    for (const { pointer, bytes } of this.#regions.splice(0)) this.#unmap(pointer, bytes);
  }
}

/** Why code for AVX2 cannot run here, or undefined. */
export const whyNoMachine: string | undefined = reason();

function reason(): string | undefined {
  if (process.arch !== "x64" || process.platform !== "linux") return "needs Linux on x64";
  const flags = readFileSync("/proc/cpuinfo", "utf8");
  if (!["avx2", "fma", "f16c", "bmi2"].every((flag) => flags.includes(` ${flag}`)))
    return "needs AVX2, FMA, F16C, BMI2";
  return findPackage("koffi") === undefined ? "needs the package koffi" : undefined;
}

/** Whether AVX-512 code runs here too. */
export function hasAvx512(): boolean {
  if (process.platform !== "linux") return false;
  const flags = readFileSync("/proc/cpuinfo", "utf8");
  return ["avx512f", "avx512bw", "avx512dq", "avx512vl"].every((flag) => flags.includes(` ${flag}`));
}

export function openMachine(): Machine {
  return new Machine(findPackage("koffi") as Koffi);
}
