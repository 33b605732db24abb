// Elementwise kernels for tests: one element, or one vector of four, a chunk; run as wasm or over whole arrays.
import {
  elementAt,
  int,
  KernelBuilder,
  load,
  multiply,
  vectorOf,
  type Kernel,
  type Value,
} from "#engine/graph/kernel.ts";
import { encodeProgram } from "#engine/target/wasm/encode.ts";
import { heapStart, table } from "#engine/target/wasm/layout.ts";
import { runOnArrays } from "./arrays.ts";

export type Numbers = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
export type Emit = (k: KernelBuilder, ...inputs: readonly Value[]) => Value;

/** `wasm` and `wasm vectors` round a multiply-add twice; the other two are emulated. */
export const machines = ["wasm", "wasm vectors", "fused", "fused vectors"] as const;
export type Machine = (typeof machines)[number];

const typeOf = (numbers: Numbers): "f32" | "i32" => (numbers instanceof Float32Array ? "f32" : "i32");

/** `result` filled with emit(inputs), element by element; lengths are equal multiples of 4. */
export function compute<Result extends Numbers>(
  machine: Machine,
  emit: Emit,
  inputs: readonly Numbers[],
  result: Result,
): Result {
  const lanes = machine.endsWith("vectors") ? 4 : 1;
  const kernel = elementwiseKernel(lanes, emit, inputs, result);
  if (machine.startsWith("wasm")) runOnWasm(kernel, [...inputs, result]);
  else runOnArrays(kernel, { buffers: [...inputs, result], lanes, fused: true });
  return result;
}

function elementwiseKernel(lanes: 1 | 4, emit: Emit, inputs: readonly Numbers[], result: Numbers): Kernel {
  const k = new KernelBuilder();
  const place = k.let(multiply(k.chunk, int(lanes)));
  const values = inputs.map((input, index) => {
    const type = typeOf(input);
    return load(lanes === 1 ? type : vectorOf(type), type, elementAt(k.buffer(index), type, place));
  });
  const memory = typeOf(result);
  k.store(memory, elementAt(k.buffer(inputs.length), memory, place), emit(k, ...values));
  const numChunks = result.length / lanes;
  return k.finish({ name: "test", numBuffers: inputs.length + 1, numChunks, flops: 0, bytes: 0 });
}

function runOnWasm(kernel: Kernel, buffers: readonly Numbers[]): void {
  const steps = [{ kernel: 0, buffers: buffers.map((_, index) => ({ kind: "argument", index }) as const) }];
  const program = { name: "test", kernels: [kernel], steps, numArguments: buffers.length, arenaBytes: 0 };
  const bytes = encodeProgram(program, { isThreaded: false, isShared: false, relaxed: false, profile: false });
  const size = Math.max(...buffers.map(({ byteLength }) => byteLength));
  const memory = new WebAssembly.Memory({ initial: Math.ceil((heapStart + size * buffers.length) / 65536) });
  const words = new Int32Array(memory.buffer);
  for (const [index, buffer] of buffers.entries()) {
    const address = heapStart + index * size;
    words[table.header / 4 + index] = address;
    words.set(new Int32Array(buffer.buffer, buffer.byteOffset, buffer.length), address / 4);
  }
  const { main } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports;
  (main as (thread: number, table: number) => number)(0, 0);
  const result = buffers.at(-1)!;
  const from = (heapStart + (buffers.length - 1) * size) / 4;
  new Int32Array(result.buffer, result.byteOffset, result.length).set(words.subarray(from, from + result.length));
}

/** f32 of `count` evenly spread bit patterns, every sign and exponent, after the numbers where functions turn. */
export function spreadFloats(count: number): Float32Array<ArrayBuffer> {
  const bits = Int32Array.from({ length: count }, (_, index) => Math.floor((index * 2 ** 32) / count) + (index % 7919));
  const floats = new Float32Array(bits.buffer);
  floats.set(specialFloats);
  return floats;
}

const positive = [
  0,
  1,
  2,
  3,
  0.5,
  1.5,
  2.5,
  0.625,
  1.25,
  88.72283172607422,
  88.72283935546875,
  87.33654022216797,
  9.02,
  3.92,
  16777215,
  16777217,
  1e30,
  3.4028234663852886e38,
  2 ** -126,
  1.0000001192092896,
  0.9999999403953552,
  17.4,
  Math.PI,
  295.2471923828125,
  31696.31640625,
  32768,
  Infinity,
];
export const specialFloats: readonly number[] = [...positive, ...positive.map((value) => -value), NaN];

/** How many units in the last place of the f32 nearest to `exact` a result is off; denormals count as 0. */
export function ulpsBetween(result: number, exact: number): number {
  const nearest = Math.fround(exact);
  if (Number.isNaN(exact) || !Number.isFinite(nearest)) return Object.is(result, nearest) ? 0 : Infinity;
  const size = Math.abs(exact);
  if (size < 2 ** -126) {
    const isZero = Math.abs(result) <= 2 ** -126;
    return isZero && (exact !== 0 || Object.is(result, exact)) ? 0 : Infinity;
  }
  return Math.abs(result - exact) / 2 ** (Math.floor(Math.log2(size)) - 23);
}
