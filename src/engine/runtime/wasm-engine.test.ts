// The wasm device's low half with real threads: equal bits on any number of them, order, failures, memory.
import { constants, PerformanceObserver, type PerformanceEntry } from "node:perf_hooks";
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
import { installPlatform, platform, type WorkerThread } from "#engine/platform/api.ts";
import { createNodePlatform } from "#engine/platform/node/node-platform.ts";
import type { WasmBlock } from "#engine/runtime/wasm-block.ts";
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

/** y[chunk] = chunk, added up 2,000 times in the thread's scratch. */
function scratchProgram(numChunks: number): KernelProgram {
  const builder = new KernelBuilder();
  const sums = builder.scratch(4000);
  builder.store("i32", sums, int(0), 3996);
  builder.loop(int(0), int(2000), 1, () => {
    builder.store("i32", sums, add(load("i32", "i32", sums, 3996), builder.chunk), 3996);
  });
  builder.store("i32", elementAt(builder.buffer(0), "i32", builder.chunk), load("i32", "i32", sums, 3996));
  const kernel = builder.finish({ name: "scratch", numBuffers: 1, numChunks, flops: 0, bytes: 0 });
  const steps = [{ kernel: 0, buffers: [argument(0)] }];
  return { name: "scratch", kernels: [kernel], steps, numArguments: 1, arenaBytes: 0 };
}

function trapProgram(numChunks: number): KernelProgram {
  const step = { kernel: 0, buffers: [argument(0), argument(1)] };
  return { name: "trap", kernels: [trapKernel(numChunks)], steps: [step, step], numArguments: 2, arenaBytes: 0 };
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

function expected(length: number, from = input): Float32Array {
  let values = from;
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

  test("keeps the order of calls that nobody awaits", async () => {
    const program = await engine.load(chain(size, 3));
    const x = engine.allocate(size * 4);
    const y = engine.allocate(size * 4);
    const reads: Promise<unknown>[] = [];
    for (let round = 0; round < 5; round += 1) {
      void engine.write(
        x,
        input.map((value) => value + round),
      );
      void engine.run(program, [x, y]);
      void engine.write(x, new Float32Array(size));
      reads.push(engine.read(y, "f32", size));
    }
    const results = await Promise.all(reads);
    for (const [round, result] of results.entries()) {
      expect(result).toEqual(
        expected(
          3,
          input.map((value) => value + round),
        ),
      );
    }
  });

  test("frees a block only after the runs that use it", async () => {
    const program = await engine.load(chain(size, 3));
    const before = engine.liveBytes;
    const x = engine.allocate(size * 4);
    const y = engine.allocate(size * 4);
    await engine.write(x, input);
    const running = engine.run(program, [x, y]);
    const reading = engine.read(y, "f32", size);
    x.release();
    y.release();
    y.release();
    const other = engine.allocate(size * 4);
    await engine.write(other, new Float32Array(size).fill(7));
    await running;
    expect(await reading).toEqual(expected(3));
    other.release();
    expect(engine.liveBytes).toBe(before);
    await expect(async () => engine.run(program, [x, y])).rejects.toMatchObject({ code: "bug" });
  });

  test("a failing thread fails the call, the calls in flight behind it at most, and nothing later", async () => {
    const trap = trapProgram(8);
    const failing = await engine.load(trap);
    const program = await engine.load(chain(size, 3));
    const [divisor, x, y] = [4, size * 4, size * 4].map((bytes) => engine.allocate(bytes)) as [
      WasmBlock,
      WasmBlock,
      WasmBlock,
    ];
    await engine.write(x, input);
    for (let round = 0; round < 5; round += 1) {
      await engine.write(divisor, new Int32Array([0]));
      const runs = [engine.run(failing, [divisor, y]), engine.run(program, [x, y])];
      const [first] = await Promise.allSettled(runs);
      expect(first).toMatchObject({ status: "rejected", reason: { code: "device" } });
      expect(first).toHaveProperty("reason.message", expect.stringContaining("divide by zero"));
      await engine.run(program, [x, y]);
      expect(await engine.read(y, "f32", size)).toEqual(expected(3));
      await engine.write(divisor, new Int32Array([1]));
      await engine.run(failing, [divisor, y]);
    }
  });

  test("a thousand steps leave the memory flat", async () => {
    const program = await engine.load(chain(size, 3));
    const step = async (): Promise<void> => {
      const x = engine.allocate(size * 4);
      const y = engine.allocate(size * 4 + 1000);
      const writing = engine.write(x, input);
      const running = engine.run(program, [x, y]);
      x.release();
      y.release();
      await Promise.all([writing, running]);
    };
    await step();
    const { capacity, liveBytes } = engine;
    for (let round = 0; round < 1000; round += 1) await step();
    expect(engine.capacity).toBe(capacity);
    expect(engine.liveBytes).toBe(liveBytes);
  });

  test("times the steps of a profiled program", async () => {
    const program = await engine.load(chain(size, 4), { profile: true });
    const [x, y] = [engine.allocate(size * 4), engine.allocate(size * 4)];
    await engine.write(x, input);
    for (let round = 0; round < 3; round += 1) await engine.run(program, [x, y]);
    expect(await engine.read(y, "f32", size)).toEqual(expected(4));
    const { numRuns, milliseconds } = await engine.times(program);
    expect(numRuns).toBe(3);
    expect(milliseconds).toHaveLength(4);
    expect(milliseconds.every((time) => time >= 0 && time < 1000)).toBe(true);
    engine.unload(program);
  });

  test("each thread has its own scratch", async () => {
    const program = await engine.load(scratchProgram(64));
    const y = engine.allocate(64 * 4);
    for (let round = 0; round < 20; round += 1) await engine.run(program, [y]);
    expect(await engine.read(y, "i32", 64)).toEqual(Int32Array.from({ length: 64 }, (_, chunk) => chunk * 2000));
  });

  test("kernels of one chunk follow each other", async () => {
    const single = {
      ...chain(size, 9),
      kernels: [{ ...scaleKernel(size, 0.5), numChunks: 1 }, scaleKernel(size, 0.5)],
    };
    const steps = single.steps.map((step, index) => ({ ...step, kernel: index === 4 ? 1 : 0 }));
    const program = await engine.load({ ...single, steps });
    const [x, y] = [engine.allocate(size * 4), engine.allocate(size * 4)];
    await engine.write(x, input);
    await engine.run(program, [x, y]);
    const values = await engine.read(y, "f32", chunkSize);
    expect(values).toEqual(expected(9).subarray(0, chunkSize));
  });

  test("programs with larger regions come while others run", async () => {
    const small = await engine.load(chain(size, 3));
    const [x, y] = [engine.allocate(size * 4), engine.allocate(size * 4)];
    await engine.write(x, input);
    const running = Array.from({ length: 10 }, () => engine.run(small, [x, y]));
    const large = await engine.load({ ...chain(size, 3), arenaBytes: 40 * 2 ** 20 });
    running.push(engine.run(large, [x, y]), engine.run(small, [x, y]));
    await Promise.all(running);
    expect(await engine.read(y, "f32", size)).toEqual(expected(3));
  });
});

test("memory that is not there is refused by name, and what was released serves again", async () => {
  const engine = new WasmEngine({ threads: 1, maximumBytes: 64 * 2 ** 20 });
  const half = engine.allocate(32 * 2 ** 20);
  expect(() => engine.allocate(40 * 2 ** 20)).toThrow(/40\.0 MiB asked for, 32\.0 MiB of at most 64\.0 MiB taken/);
  await expect(engine.makeRoom(40 * 2 ** 20)).rejects.toMatchObject({ code: "memory" });
  half.release();
  await engine.makeRoom(40 * 2 ** 20);
  engine.allocate(40 * 2 ** 20).release();
  await engine.close();
  expect(() => engine.allocate(1)).toThrow(/closed/);
});

test("a process ends by itself while the device is open and idle", async () => {
  // Vitest's own worker would hang on a thread that keeps it alive; the engine must have let go of every one.
  const engine = new WasmEngine({ threads: 2 });
  const program = await engine.load(chain(size, 2));
  const [x, y] = [engine.allocate(size * 4), engine.allocate(size * 4)];
  await engine.run(program, [x, y]);
  expect(process.getActiveResourcesInfo().filter((name) => name === "MessagePort")).toEqual([]);
  await engine.close();
});

describe("a thread that dies", () => {
  const workers: WorkerThread[] = [];
  beforeAll(() => {
    const node = createNodePlatform();
    const startWorker = (): WorkerThread => {
      const worker = node.startWorker();
      workers.push(worker);
      return worker;
    };
    installPlatform({ ...node, startWorker });
  });
  afterAll(() => installPlatform(createNodePlatform()));

  test.each([1, 3])("of %i is replaced, and the memory stays", async (threads) => {
    const engine = new WasmEngine({ threads });
    const program = await engine.load(chain(size, 3));
    const [x, y] = [engine.allocate(size * 4), engine.allocate(size * 4)];
    await engine.write(x, input);
    await engine.run(program, [x, y]);
    for (let round = 0; round < 3; round += 1) {
      // The worker program knows no such message: it throws, and the thread ends.
      workers.at(-1)?.post({ kind: "nonsense" });
      await expect(engine.run(program, [x, y])).rejects.toMatchObject({ code: "device" });
      await engine.run(program, [x, y]);
      expect(await engine.read(y, "f32", size)).toEqual(expected(3));
    }
    await engine.close();
  });

  test("again and again closes the device with its reason", async () => {
    const engine = new WasmEngine({ threads: 2 });
    const program = await engine.load(chain(size, 3));
    const [x, y] = [engine.allocate(size * 4), engine.allocate(size * 4)];
    for (let round = 0; round < 3; round += 1) {
      const numStarted = workers.length;
      workers.at(-1)?.post({ kind: "nonsense" });
      await expect(engine.run(program, [x, y])).rejects.toMatchObject({ code: "device" });
      const numExpected = round === 2 ? numStarted : numStarted + 2;
      while (workers.length < numExpected) await platform().yield();
    }
    expect(() => engine.allocate(4)).toThrow(/a thread ended/);
  });

  test("takes a private memory with it", async () => {
    const engine = new WasmEngine({ shared: false });
    const x = engine.allocate(size * 4);
    await engine.write(x, input);
    workers.at(-1)?.post({ kind: "nonsense" });
    await expect(engine.read(x, "f32", size)).rejects.toThrow(/a thread ended/);
    expect(() => engine.allocate(4)).toThrow(/a thread ended/);
  });
});

test("a collection is due when blocks pass the step, and waits for a run or as much again", async () => {
  const forced: PerformanceEntry[] = [];
  const isForced = (entry: PerformanceEntry): boolean =>
    (entry as unknown as { detail: { flags: number } }).detail.flags === constants.NODE_PERFORMANCE_GC_FLAGS_FORCED;
  const observer = new PerformanceObserver((list) => forced.push(...list.getEntries().filter(isForced)));
  observer.observe({ entryTypes: ["gc"] });
  const numForced = async (): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return forced.length;
  };
  const step = 2 ** 22;
  const engine = new WasmEngine({ threads: 2, garbageStep: step });
  const blocks = Array.from({ length: 4 }, () => engine.allocate(step / 4));
  // What the engine keeps for itself is never garbage.
  const program = await engine.load({ ...chain(size, 3), arenaBytes: 4 * step });
  await engine.run(program, [blocks[0]!, blocks[1]!]);
  expect(await numForced()).toBe(0);
  blocks.push(engine.allocate(step / 4));
  expect(await numForced()).toBe(0);
  await engine.run(program, [blocks[0]!, blocks[1]!]);
  expect(await numForced()).toBe(1);
  for (let count = 0; count < 10; count += 1) blocks.push(engine.allocate(step / 4));
  expect(await numForced()).toBe(2);
  for (const block of blocks) block.release();
  expect(engine.liveBytes).toBe(0);
  observer.disconnect();
  await engine.close();
});

test("addresses beyond 2 GiB", async () => {
  const engine = new WasmEngine({ threads: 2, garbageStep: 2 ** 32 });
  const low = engine.allocate(2 ** 31 + 2 ** 20);
  const program = await engine.load(chain(size, 3));
  const [x, y] = [engine.allocate(size * 4), engine.allocate(size * 4)];
  expect(x.address).toBeGreaterThan(2 ** 31);
  await engine.write(x, input);
  await engine.run(program, [x, y]);
  expect(await engine.read(y, "f32", size)).toEqual(expected(3));
  low.release();
  await engine.close();
});
