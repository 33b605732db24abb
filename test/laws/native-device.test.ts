// The native device where it runs: threads that end, memory that is given back, the event loop that stays free, and what
// takes its place where it does not run.

import { readdirSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import "#entry/install-node.ts";
import { SinterError } from "#engine/base/error.ts";
import { installPlatform, platform, type NativeMachine } from "#engine/platform/api.ts";
import { makeDevice } from "#engine/runtime/devices.ts";
import { createNativeDevice } from "#engine/runtime/native-device.ts";
import { DeviceQueue } from "#engine/runtime/queue.ts";
import { ones, tensor, zeros } from "#engine/tensor/create.ts";
import { closeDevice, currentDevice, useDevice } from "#engine/tensor/device.ts";
import { jit } from "#engine/tensor/transforms.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { whyNoNative } from "../targets.ts";

const note = whyNoNative === undefined ? "" : ` (skipped: ${whyNoNative})`;

/** Threads of this process. */
function numThreads(): number {
  return readdirSync("/proc/self/task").length;
}

/** The machine, which counts the code that is loaded and not freed. */
function countingMachine(machine: NativeMachine): { readonly machine: NativeMachine; numLoaded: number } {
  const counting = {
    numLoaded: 0,
    machine: {
      architecture: machine.architecture,
      reserve: (bytes) => machine.reserve(bytes),
      free: (address, bytes) => machine.free(address, bytes),
      giveBack: (address, bytes) => machine.giveBack(address, bytes),
      copyIn: (address, bytes) => machine.copyIn(address, bytes),
      copyOut: (address, into) => machine.copyOut(address, into),
      call: (address, argument) => machine.call(address, argument),
      callAside: (address, argument) => machine.callAside(address, argument),
      startThread: (address, argument) => machine.startThread(address, argument),
      loadCode: (code) => {
        const loaded = machine.loadCode(code);
        counting.numLoaded += 1;
        return {
          address: loaded.address,
          free: () => {
            counting.numLoaded -= 1;
            loaded.free();
          },
        };
      },
    } satisfies NativeMachine,
  };
  return counting;
}

/** A product of two matrices of ones, read back. */
async function product(size: number): Promise<Float32Array> {
  const ones = tensor(new Float32Array(size * size).fill(1), { shape: [size, size] });
  return (await ones.matMul(ones).data()) as Float32Array;
}

describe.skipIf(whyNoNative !== undefined)(`the native device${note}`, () => {
  afterEach(closeDevice);

  test("computes on several threads, and ends them", async () => {
    await useDevice("native", { threads: 4 });
    expect(new Set(await product(300))).toEqual(new Set([300]));
    // What Node starts for its own calls is there by now.
    const whenOpen = numThreads();
    await closeDevice();
    // The system takes a moment to forget a thread that has ended.
    await expect.poll(() => whenOpen - numThreads()).toBeGreaterThanOrEqual(3);
  });

  test("many small runs in a row, some of nothing, on more threads than cores", { timeout: 60_000 }, async () => {
    await useDevice("native", { threads: 4 });
    const nothing = jit((x: Tensor) => x, { donate: [0] });
    const step = jit((x: Tensor) => x.sum([1], { keepDims: true }).add(x), { donate: [0] });
    let x = tensor(new Float32Array(4096).fill(1), { shape: [64, 64] });
    for (let run = 0; run < 3000; run += 1) {
      x = run % 3 === 0 ? nothing(x) : step(x).div(65);
      if (run % 50 === 49) expect(new Set(await x.data())).toEqual(new Set([1]));
    }
  });

  test("memory that a run uses is given back when the run is over", async () => {
    await useDevice("native", { threads: 2 });
    const x = tensor(new Float32Array(1e6).fill(2));
    const square = jit((value: Tensor) => value.square());
    const results = Array.from({ length: 20 }, () => square(x));
    const last = square(x);
    for (const one of [...results, x]) one.dispose();
    expect(new Set(await last.data())).toEqual(new Set([4]));
    last.dispose();
    await product(2);
    expect(currentDevice().liveBytes).toBeLessThan(1e6);
  });

  test("freed memory goes back to the system, but not before what was called has read it", async () => {
    const device = createNativeDevice({ threads: 1 });
    const mebibytes = 300;
    const values = new Uint8Array(mebibytes * 2 ** 20).fill(7);
    const [kept, large] = [device.allocate(4), device.allocate(values.length)];
    await device.write(kept, Float32Array.of(5));
    await device.write(large, values);
    const before = process.memoryUsage.rss();
    const reading = device.read(large, "u8", 2 ** 26);
    large.release();
    expect(new Set((await reading).filter((_, index) => index % 4096 === 0))).toEqual(new Set([7]));
    expect((await device.read(kept, "f32", 1))[0]).toBe(5);
    expect((before - process.memoryUsage.rss()) / 2 ** 20).toBeGreaterThan(mebibytes / 2);
    await device.close();
  });

  test("what does not fit into memory is refused with the way out, and smaller work goes on", async () => {
    const queue = new DeviceQueue(createNativeDevice({ threads: 1, maximumBytes: 2 ** 26 }));
    const fill = (size: number) =>
      jit((value: Tensor) => ones([size]).mul(value), { device: queue })(tensor([5])).data();
    await expect(fill(2 ** 25)).rejects.toMatchObject({
      code: "memory",
      message: expect.stringMatching(/^native: 128.0 MiB asked for.*Use a smaller batch or model, or drop tensors/),
    });
    expect(Array.from(await fill(3))).toEqual([5, 5, 5]);
    await queue.device.close();
  });

  test("a value beyond the reach of its code is refused, wherever it lies, and smaller work goes on", async () => {
    const queue = new DeviceQueue(createNativeDevice({ threads: 1, maximumBytes: 2 ** 33 }));
    const large = jit((value: Tensor) => ones([2 ** 15, 2 ** 14]).mul(value), { device: queue });
    await expect(large(tensor([5])).data()).rejects.toMatchObject({
      code: "memory",
      message: expect.stringMatching(/^native: a tensor of 2.00 GiB, at most 2.00 GiB can be reached/),
    });
    // Row sums follow row maxima of a product, which therefore lies in memory between them.
    const between = jit((x: Tensor) => x.matMul(x.transpose()).softmax().matMul(x), { device: queue });
    await expect(between(zeros([24_000, 2])).data()).rejects.toMatchObject({
      code: "memory",
      message: expect.stringMatching(/^A value \[24000, 24000\] of f32 takes 2.15 GiB while computing/),
    });
    expect(Array.from(await between(ones([2, 1])).data())).toEqual([1, 1]);
    await queue.device.close();
  });

  test("the event loop stays free while it computes", async () => {
    await useDevice("native", { threads: 2 });
    await product(8);
    let longest = 0;
    let before = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      [longest, before] = [Math.max(longest, now - before), now];
    }, 1);
    const started = performance.now();
    await product(1500);
    clearInterval(timer);
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThan(Math.max(50, (performance.now() - started) / 2));
  });

  test("explain tells the time of each kernel when asked to", async () => {
    await useDevice("native", { threads: 2, profile: true });
    const f = jit((x: Tensor, y: Tensor) => x.matMul(y).relu());
    const x = tensor(new Float32Array(64 * 64).fill(1), { shape: [64, 64] });
    await f(x, x).data();
    expect(await f.explain(x, x)).toMatch(/ms a run \(mean of 1\)/);
  });

  test("programs that nobody holds any more give their code back, and closing the rest", async () => {
    const whole = platform();
    const counting = countingMachine(whole.native!());
    installPlatform({ ...whole, native: () => counting.machine });
    const queue = new DeviceQueue(createNativeDevice({ threads: 1 }));
    installPlatform(whole);
    const x = tensor([1, 2, 3]);
    for (let summand = 0; summand < 40; summand += 1) {
      const f = jit((value: Tensor) => value.add(summand), { device: queue });
      expect(Array.from(await f(x).data())).toEqual([1 + summand, 2 + summand, 3 + summand]);
    }
    expect(counting.numLoaded).toBeGreaterThan(1);
    for (let wait = 0; wait < 100 && counting.numLoaded > 5; wait += 1) {
      platform().collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(counting.numLoaded).toBeLessThanOrEqual(5);
    await queue.device.close();
    expect(counting.numLoaded).toBe(0);
  });

  test.each([
    [{ threads: 0 }, /threads 0, expected 1 to 256/],
    [{ instructionSet: "mmx" as "avx2" }, /lacks mmx/],
  ])("%o is refused", (options, message) => {
    expect(() => createNativeDevice(options)).toThrow(message);
  });
});

describe("where machine code cannot be had", () => {
  const whole = platform();
  afterEach(() => installPlatform(whole));

  test.each([
    ["device", 1],
    ["missing", 0],
  ] as const)("wasm takes over; of the reason %s it warns %i times", (code, numWarnings) => {
    const warnings: string[] = [];
    installPlatform({
      ...whole,
      warn: (text) => warnings.push(text),
      native: () => {
        throw new SinterError(code, "native: no luck.");
      },
    });
    expect(() => makeDevice("native", {})).toThrow("no luck");
    for (let time = 0; time < 2; time += 1) expect(makeDevice("auto", { threads: 1 }).name).toBe("wasm");
    expect(warnings).toHaveLength(numWarnings);
  });
});
