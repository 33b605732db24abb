// Functions with constant arguments: the same bits whatever is prepared, new results for new constants, no memory kept for
// constants that are gone.

import { describe, expect, test } from "vitest";
import { DeviceQueue } from "#engine/runtime/queue.ts";
import { tensor } from "#engine/tensor/create.ts";
import { conv } from "#engine/tensor/math.ts";
import { normal, key } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit, type JitOptions } from "#engine/tensor/transforms.ts";
import { targets } from "../targets.ts";

type Weights = Readonly<Record<string, Tensor>>;

const shapes = {
  first: [5, 5, 3, 16],
  point: [1, 1, 16, 64],
  winograd: [3, 3, 64, 64],
  scale: [64],
  dense: [64, 10],
};

/** Every way of a convolution and a product: staged rows, pixels as rows, Winograd, a scale made of others, few rows. */
function network(weights: Weights, x: Tensor): Tensor {
  const of = (name: string): Tensor => weights[name]!;
  const staged = conv(x, of("first"), { padding: "same" }).relu();
  const pixels = conv(staged, of("point"), { padding: "same" });
  const scale = of("scale").square().add(1).sqrt();
  const squares = conv(pixels, of("winograd"), { padding: "same" }).mul(scale).relu();
  return squares.mean([1, 2]).matMul(of("dense"));
}

function weightsOf(seed: number): Weights {
  const made = Object.entries(shapes).map(([name, shape], index) => [
    name,
    normal(key(seed * 10 + index), shape, { stddev: 0.1 }),
  ]);
  return Object.fromEntries(made) as Weights;
}

describe.each(targets)("constants on $name", (target) => {
  const given = async (work: (queue: DeviceQueue, make: (options: JitOptions) => typeof network) => Promise<void>) => {
    const queue = new DeviceQueue(target.open());
    try {
      await work(queue, (options) => jit(network, { device: queue, ...options }));
    } finally {
      await queue.device.close();
    }
  };
  /** Values on the host, which a device of its own takes at each call. */
  const onHost = async (weights: Weights): Promise<Weights> => {
    const copies = Object.entries(weights).map(async ([name, one]) => [
      name,
      tensor(await one.data(), { shape: [...one.shape] }),
    ]);
    return Object.fromEntries(await Promise.all(copies)) as Weights;
  };

  test("give the bits of the plain function, and new ones give new results", { timeout: 120_000 }, async () => {
    await given(async (_, make) => {
      const [plain, prepared] = [make({}), make({ constant: [0] })];
      const x = normal(key(5), [1, 24, 24, 3]);
      const [one, other] = [await onHost(weightsOf(1)), await onHost(weightsOf(2))];
      for (const weights of [one, one, other, one]) {
        expect(await prepared(weights, x).data()).toEqual(await plain(weights, x).data());
      }
      expect(await prepared(one, x).data()).not.toEqual(await prepared(other, x).data());
    });
  });

  test("keep memory only as long as there are those they were computed of", { timeout: 120_000 }, async () => {
    await given(async (queue, make) => {
      const prepared = make({ constant: [0] });
      // Everything is made on the device: copies from another one would live until they are collected.
      const first = jit(() => ({ weights: weightsOf(1), x: normal(key(5), [1, 24, 24, 3]) }), { device: queue });
      const change = jit((weights: Weights) => mapWeights(weights, (one) => one.add(1)), {
        device: queue,
        donate: [0],
      });
      const { weights: before, x } = first();
      const run = async (weights: Weights): Promise<Float32Array> => {
        const result = prepared(weights, x);
        const values = (await result.data()) as Float32Array;
        result.dispose();
        return values;
      };
      await before.dense!.data();
      const bytes = queue.device.liveBytes;
      const result = await run(before);
      const keptBytes = queue.device.liveBytes - bytes;
      // 36 factors for 9 weights of the largest filter, at least.
      if (target.name !== "js") expect(keptBytes).toBeGreaterThan(4 * 36 * 64 * 64);
      const after = change(before);
      await after.dense!.data();
      expectNear(queue.device.liveBytes, bytes);
      expect(await run(after)).not.toEqual(result);
      expectNear(queue.device.liveBytes, bytes + keptBytes);
      for (const one of [...Object.values(after), x]) one.dispose();
      await queue.enqueue(() => Promise.resolve());
      expectNear(queue.device.liveBytes, 0);
    });
  });
});

test("an argument cannot be constant and donated", () => {
  expect(() => jit(network, { constant: [0, 1], donate: [1] })).toThrow(/argument 1 is both constant and donated/);
});

/** Keys, of eight bytes each, are there until they are collected. */
function expectNear(bytes: number, expected: number): void {
  expect(Math.abs(bytes - expected)).toBeLessThan(100);
}

function mapWeights(weights: Weights, change: (one: Tensor) => Tensor): Weights {
  return Object.fromEntries(Object.entries(weights).map(([name, one]) => [name, change(one)]));
}
