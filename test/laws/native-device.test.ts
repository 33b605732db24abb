// The native device where it runs: threads that end, memory that is given back, the event loop that stays free, and what
// takes its place where it does not run.

import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import "#entry/install-node.ts";
import { SinterError } from "#engine/base/error.ts";
import { installPlatform, platform } from "#engine/platform/api.ts";
import { makeDevice } from "#engine/runtime/devices.ts";
import { createNativeDevice } from "#engine/runtime/native-device.ts";
import { DeviceQueue } from "#engine/runtime/queue.ts";
import { tensor } from "#engine/tensor/create.ts";
import { closeDevice, currentDevice, useDevice } from "#engine/tensor/device.ts";
import { jit } from "#engine/tensor/transforms.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { whyNoNative } from "../targets.ts";

const note = whyNoNative === undefined ? "" : ` (skipped: ${whyNoNative})`;

/** Threads of this process. */
function numThreads(): number {
  return readdirSync("/proc/self/task").length;
}

/** Mapped regions that hold code which no file backs. */
function numCodeRegions(): number {
  return readFileSync("/proc/self/maps", "utf8")
    .split("\n")
    .filter((line) => / r-xp 00000000 00:00 0 *$/.test(line)).length;
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
    const before = numThreads();
    expect(new Set(await product(300))).toEqual(new Set([300]));
    expect(numThreads()).toBeGreaterThanOrEqual(before + 3);
    await closeDevice();
    expect(numThreads()).toBeLessThan(before + 3);
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

  test("programs that nobody holds any more give their code back", async () => {
    const queue = new DeviceQueue(createNativeDevice({ threads: 1 }));
    const x = tensor([1, 2, 3]);
    const add = async (summand: number): Promise<void> => {
      const f = jit((value: Tensor) => value.add(summand), { device: queue });
      expect(Array.from(await f(x).data())).toEqual([1 + summand, 2 + summand, 3 + summand]);
    };
    await add(1);
    const before = numCodeRegions();
    for (let summand = 0; summand < 40; summand += 1) await add(summand);
    for (let wait = 0; wait < 50 && numCodeRegions() > before + 5; wait += 1) {
      platform().collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(numCodeRegions()).toBeLessThanOrEqual(before + 5);
    await queue.device.close();
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
