// Programs compiled, run and dropped on the native device again and again, and what the process holds meanwhile.

import { readdirSync, readFileSync } from "node:fs";
import "#entry/install-node.ts";
import { platform } from "#engine/platform/api.ts";
import { createNativeDevice } from "#engine/runtime/native-device.ts";
import { DeviceQueue } from "#engine/runtime/queue.ts";
import { tensor } from "#engine/tensor/create.ts";
import { jit } from "#engine/tensor/transforms.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/** What the process held after so many cycles. */
export interface Held {
  readonly numCycles: number;
  readonly residentMiB: number;
  readonly mappings: number;
  readonly threads: number;
}

function held(numCycles: number): Held {
  const mappings = readFileSync("/proc/self/maps", "utf8").trimEnd().split("\n");
  return {
    numCycles,
    residentMiB: process.memoryUsage.rss() / 2 ** 20,
    mappings: mappings.length,
    threads: readdirSync("/proc/self/task").length,
  };
}

/** Runs the cycles. @param every after how many to look @returns what was held each time, and after the device was closed */
export async function compileAndRun(numCycles: number, every: number): Promise<readonly Held[]> {
  const queue = new DeviceQueue(createNativeDevice({ threads: 2 }));
  const seen: Held[] = [];
  for (let cycle = 0; cycle < numCycles; cycle += 1) {
    await once(queue, cycle);
    if ((cycle + 1) % every === 0) seen.push(held(cycle + 1));
  }
  await queue.device.close();
  platform().collectGarbage();
  return [...seen, held(numCycles)];
}

async function once(queue: DeviceQueue, cycle: number): Promise<void> {
  const [rows, depth, columns] = [1 + ((cycle * 7) % 97), 1 + ((cycle * 31) % 61), 1 + ((cycle * 13) % 83)];
  const ones = (...shape: [number, number]): Tensor => tensor(new Float32Array(shape[0] * shape[1]).fill(1), { shape });
  const step = jit((x: Tensor, y: Tensor) => x.matMul(y).add(cycle).relu().sum([0]), { device: queue });
  const sums = await step(ones(rows, depth), ones(depth, columns)).data();
  const expected = rows * (depth + cycle);
  if (sums.some((sum) => sum !== expected)) throw new Error(`Cycle ${cycle}: ${sums.join()}, expected ${expected}.`);
}
