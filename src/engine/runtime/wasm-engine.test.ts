// The wasm device's low half with real threads: equal bits on any number of them, order, failures, memory.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  add,
  binaryValue,
  elementAt,
  float,
  int,
  KernelBuilder,
  load,
  multiply,
  splat,
  type Kernel,
  type KernelProgram,
  type Slot,
} from "#engine/graph/kernel.ts";
import { installPlatform } from "#engine/platform/api.ts";
import { createNodePlatform } from "#engine/platform/node/node-platform.ts";
import { WasmEngine } from "#engine/runtime/wasm-engine.ts";

beforeAll(() => installPlatform(createNodePlatform()));

const chunkSize = 256;

/** y[i] = x[i] * factor + i, over chunks of 256. */
function scaleKernel(size: number, factor: number): Kernel {
  const builder = new KernelBuilder();
  const start = builder.let(multiply(builder.chunk, int(chunkSize)));
  builder.loop(start, add(start, int(chunkSize)), 4, (index) => {
    const x = load("vf32", "f32", elementAt(builder.buffer(0), "f32", index));
    const steps = { kind: "vector", type: "vi32", lanes: [0, 1, 2, 3].map((lane) => add(index, int(lane))) } as const;
    const position = { kind: "unary", type: "vf32", operation: "toF32", x: steps } as const;
    const y = add(multiply(x, splat(float(factor))), position);
    builder.store("f32", elementAt(builder.buffer(1), "f32", index), y);
  });
  return builder.finish({ name: "scale", numBuffers: 2, numChunks: size / chunkSize, flops: 0, bytes: 0 });
}

/** Divides by the value at buffer 0: traps where that is 0 and the divisor is not checked. */
function trapKernel(numChunks: number): Kernel {
  const builder = new KernelBuilder();
  const divisor = load("i32", "i32", builder.buffer(0));
  builder.store("i32", builder.buffer(1), binaryValue("divideUnsigned", builder.chunk, divisor));
  return builder.finish({ name: "trap", numBuffers: 2, numChunks, flops: 0, bytes: 0 });
}

const argument = (index: number): Slot => ({ kind: "argument", index });
const arena = (offset: number): Slot => ({ kind: "arena", offset });

/** argument 1 = scale(… scale(argument 0)), `length` times, through two places in the arena. */
function chain(size: number, length: number): KernelProgram {
  const steps = Array.from({ length }, (_, index) => ({
    kernel: 0,
    buffers: [
      index === 0 ? argument(0) : arena(((index + 1) % 2) * size * 4),
      index === length - 1 ? argument(1) : arena((index % 2) * size * 4),
    ],
  }));
  return { name: "chain", kernels: [scaleKernel(size, 0.5)], steps, numArguments: 2, arenaBytes: size * 8 };
}

const size = 8192;
const input = Float32Array.from({ length: size }, (_, index) => Math.sin(index));

function expected(length: number): Float32Array {
  let values = input;
  for (let step = 0; step < length; step += 1) {
    values = values.map((value, index) => Math.fround(Math.fround(value * 0.5) + index));
  }
  return values;
}

describe.each([
  { threads: 1, shared: true },
  { threads: 2, shared: true },
  { threads: 4, shared: true },
  { threads: 1, shared: false },
])("$threads threads, shared $shared", ({ threads, shared }) => {
  let engine: WasmEngine;
  beforeAll(() => {
    engine = new WasmEngine({ threads, shared });
  });
  afterAll(() => engine.close());

  test("runs a chain of kernels", async () => {
    const program = await engine.load(chain(size, 20));
    const x = engine.allocate(size * 4);
    const y = engine.allocate(size * 4);
    await engine.write(x, input);
    await engine.run(program, [x, y]);
    expect(await engine.read(y, "f32", size)).toEqual(expected(20));
  });
});
