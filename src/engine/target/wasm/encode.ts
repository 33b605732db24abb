// A kernel program to the bytes of one WebAssembly module: imports `env.memory` (and `env.clock` when profiled), exports
// `main(thread, table)`. Pure; the same program gives the same bytes.

import type { Kernel, KernelProgram } from "#engine/graph/kernel.ts";
import { ByteWriter } from "#engine/target/byte-writer.ts";
import type { Conversion } from "#engine/target/conversion.ts";
import { encodeBarrier } from "./barrier-function.ts";
import { encodeConversion, encodeKernel } from "./kernel-function.ts";
import { maxPages } from "./layout.ts";
import { encodeMain } from "./main-function.ts";
import { wasmType, type WasmType } from "./opcodes.ts";

export interface EncodeOptions {
  /** Several threads run each step together; needs shared memory. */
  readonly isThreaded: boolean;
  readonly isShared: boolean;
  /** Multiply-add by relaxed SIMD: a host without it refuses the whole module. */
  readonly relaxed: boolean;
  /** Times each step in thread 0. */
  readonly profile: boolean;
}

interface Signature {
  readonly parameters: readonly WasmType[];
  readonly results: readonly WasmType[];
}

const signatures = {
  clock: { parameters: [], results: ["f64"] },
  conversion: { parameters: ["v128"], results: ["v128"] },
  kernel: { parameters: ["i32", "i32", "i32"], results: [] },
  barrier: { parameters: [], results: ["i32"] },
  main: { parameters: ["i32", "i32"], results: ["i32"] },
} as const satisfies Record<string, Signature>;

type SignatureName = keyof typeof signatures;

const signatureNames: readonly SignatureName[] = ["clock", "conversion", "kernel", "barrier", "main"];

/** The module's bytes. */
export function encodeProgram(program: KernelProgram, options: EncodeOptions): Uint8Array<ArrayBuffer> {
  const parts = encodeByParts(program, options);
  for (;;) {
    const { done, value } = parts.next();
    if (done === true) return value;
  }
}

/** The module's bytes, too; rests after every kernel, so that a page may do other work. */
export function* encodeByParts(
  program: KernelProgram,
  options: EncodeOptions,
): Generator<undefined, Uint8Array<ArrayBuffer>> {
  const numImports = options.profile ? 1 : 0;
  const numKernels = program.kernels.length;
  const conversions: Conversion[] = [];
  const firstConversion = numImports + numKernels + (options.isThreaded ? 1 : 0);
  const conversion = (name: Conversion): number => {
    if (!conversions.includes(name)) conversions.push(name);
    return firstConversion + conversions.indexOf(name);
  };
  const functions: { signature: SignatureName; body: Uint8Array }[] = [];
  // Equal kernels share their body.
  const bodies = new Map<Kernel["body"], Uint8Array>();
  for (const kernel of program.kernels) {
    const body = bodies.get(kernel.body) ?? encodeKernel(kernel, { relaxed: options.relaxed, conversion });
    bodies.set(kernel.body, body);
    functions.push({ signature: "kernel", body });
    yield undefined;
  }
  if (options.isThreaded) functions.push({ signature: "barrier", body: encodeBarrier() });
  for (const name of conversions) functions.push({ signature: "conversion", body: encodeConversion(name) });
  const body = encodeMain(program, {
    isThreaded: options.isThreaded,
    kernel: (index) => numImports + index,
    barrier: numImports + numKernels,
    clock: options.profile ? 0 : undefined,
  });
  functions.push({ signature: "main", body });
  return assemble(functions, numImports + functions.length - 1, options);
}

function assemble(
  functions: readonly { readonly signature: SignatureName; readonly body: Uint8Array }[],
  main: number,
  options: EncodeOptions,
): Uint8Array<ArrayBuffer> {
  const module = new ByteWriter();
  module.bytes([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  section(module, 1, typeSection);
  section(module, 2, (writer) => importSection(writer, options));
  section(module, 3, (writer) => {
    writer.unsigned(functions.length);
    for (const { signature } of functions) writer.unsigned(signatureNames.indexOf(signature));
  });
  section(module, 7, (writer) => {
    writer.unsigned(1);
    writer.name("main");
    writer.byte(0);
    writer.unsigned(main);
  });
  section(module, 10, (writer) => {
    writer.unsigned(functions.length);
    for (const { body } of functions) writer.sized(body);
  });
  return module.finish();
}

function section(module: ByteWriter, id: number, fill: (writer: ByteWriter) => void): void {
  const writer = new ByteWriter();
  fill(writer);
  module.byte(id);
  module.sized(writer.finish());
}

function typeSection(writer: ByteWriter): void {
  writer.unsigned(signatureNames.length);
  for (const name of signatureNames) {
    const { parameters, results } = signatures[name];
    writer.byte(0x60);
    for (const types of [parameters, results]) {
      writer.unsigned(types.length);
      for (const type of types) writer.byte(wasmType[type]);
    }
  }
}

function importSection(writer: ByteWriter, options: EncodeOptions): void {
  writer.unsigned(options.profile ? 2 : 1);
  writer.name("env");
  writer.name("memory");
  writer.byte(2);
  // A shared memory must be declared with a maximum.
  writer.byte(options.isShared ? 3 : 0);
  writer.unsigned(0);
  if (options.isShared) writer.unsigned(maxPages);
  if (!options.profile) return;
  writer.name("env");
  writer.name("clock");
  writer.byte(0);
  writer.unsigned(signatureNames.indexOf("clock"));
}
