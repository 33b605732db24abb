// Recurrent layers that keep their states from batch to batch.

import "#entry/install-node.ts";
import { beforeAll, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { key, uniform } from "#engine/tensor/random.ts";
import { layers } from "#learning/nn/layers.ts";
import { sequential } from "#learning/train/model.ts";

beforeAll(() => useDevice("js"));

const x = uniform(key(3), [2, 6, 3], { low: -1, high: 1 });
const halves = [0, 3].map((start) => x.slice([0, start, 0], [2, 3, 3]));

function makeModel(time: number, options: object) {
  return sequential([layers.lstm({ units: 4, inputShape: [time, 3], ...options }), layers.dense({ units: 1 })], {
    seed: 5,
  });
}

test("a sequence in two batches gives what it gives in one, until the states are reset", async () => {
  const whole = makeModel(6, {});
  const parted = makeModel(3, { stateful: true, batchSize: 2 });
  expect((await parted.getWeights()).map(({ shape }) => shape)).toContainEqual([2, 4]);
  const run = async () => {
    const outputs = [];
    for (const half of halves) outputs.push(await (await parted.predictOnBatch(half)).data());
    return outputs;
  };
  const [first, last] = await run();
  const expected = await (await whole.predictOnBatch(x)).data();
  expected.forEach((value, index) => expect(last?.[index]).toBeCloseTo(value, 6));
  expect(await run()).not.toEqual([first, last]);
  parted.resetStates();
  expect(await run()).toEqual([first, last]);
});

test("training moves the states on; another batch size is refused with the way out", async () => {
  const model = makeModel(3, { stateful: true, batchSize: 2 });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const states = async () => await (await model.getWeights()).at(3)?.data();
  const before = await states();
  await model.trainOnBatch(halves[0] ?? x, [[0], [1]]);
  expect(await states()).not.toEqual(before);
  await expect(model.predictOnBatch(uniform(key(1), [3, 3, 3]))).rejects.toThrow(
    "takes batches of 2, but 3 samples came",
  );
  expect(() => layers.gru({ units: 2, stateful: true })).toThrow("Give batchSize");
});
