// Every optimizer and every schedule against the reference that its golden case names, in float64.

import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Optimizer, Tensors } from "#learning/optim/optimizer.ts";
import { optimizerFromConfig, optimizerNames, type OptimizerName } from "#learning/optim/optimizers.ts";
import type { Schedule } from "#learning/optim/schedule-options.ts";
import { checkSchedule, learningRateAt, scheduleNames, type ScheduleName } from "#learning/optim/schedules.ts";
import { distance, read, readGolden, uniformTensor } from "./golden.ts";

beforeAll(() => useDevice("js", { precision: "f64" }));

/** Configurations that each name of a closed list has at least. */
const leastCases = 3;

interface OptimizerCase {
  readonly kind: OptimizerName;
  readonly name: string;
  readonly options: Optimizer["config"]["options"];
  readonly weights: number[][][];
  readonly final: number[][];
}
interface OptimizerFile {
  readonly steps: number;
  readonly shapes: readonly number[][];
  /** Of the weights; their places where it is left out. */
  readonly names?: readonly string[];
  readonly cases: readonly OptimizerCase[];
}
const cases = ["optimizers", "optimizers-further"].flatMap((name) => {
  const file = readGolden(name) as OptimizerFile;
  return file.cases.map((one) => ({ ...one, file }));
});

interface ScheduleCase {
  readonly kind: ScheduleName;
  readonly name: string;
  readonly options: object;
  readonly rates: number[];
}
const scheduleFile = readGolden("schedules") as { at: number[]; cases: ScheduleCase[] };

describe("closed lists", () => {
  test.each(optimizerNames)("optimizer %s has golden cases", (kind) => {
    expect(cases.filter((one) => one.kind === kind).length).toBeGreaterThanOrEqual(leastCases);
  });

  test.each(scheduleNames)("schedule %s has golden cases", (kind) => {
    expect(scheduleFile.cases.filter((one) => one.kind === kind).length).toBeGreaterThanOrEqual(leastCases);
  });
});

/** A tensor for each weight of a file, by its name. */
function eachWeight(
  { shapes, names }: OptimizerFile,
  make: (shape: number[], variable: number) => Tensors[string],
): Tensors {
  return Object.fromEntries(
    shapes.map((shape, variable) => [names?.[variable] ?? String(variable), make(shape, variable)]),
  );
}

function gradientsAt(file: OptimizerFile, step: number): Tensors {
  return eachWeight(file, (shape, variable) => {
    const drawn = uniformTensor(100 + 10 * step + variable, shape);
    const size = shape.reduce((product, extent) => product * extent, 1);
    const factors = Float64Array.from({ length: size }, (_, i) => (i === 1 ? 0 : 10 ** ((i % 5) - 3)));
    return drawn.mul(tensor(factors, { shape }));
  });
}

/** Keras's Nadam rounds its decay of 0.96 to float32 even in float64, also where another optimizer holds it. */
const toleranceOf = ({ kind, options }: OptimizerCase): number =>
  JSON.stringify({ kind, options }).includes("nadam") ? 5e-8 : 1e-9;

async function expectWeights(weights: Tensors, expected: readonly number[][], tolerance: number): Promise<void> {
  const values = Object.values(weights);
  expect(values.length).toBe(expected.length);
  for (const [variable, value] of values.entries()) {
    expect(distance(await read(value), expected[variable]!)).toBeLessThan(tolerance);
  }
}

test.each(cases)("optimizer $name equals Keras over its steps", async (one) => {
  const { kind, options, weights, final, file } = one;
  const optimizer = optimizerFromConfig({ kind, options });
  let own = eachWeight(file, (shape, variable) => uniformTensor(1 + variable, shape));
  let state = optimizer.initialState(own);
  for (let step = 0; step < file.steps; step += 1) {
    const rate = tensor(Float64Array.of(learningRateAt(optimizer.learningRate, step)), { shape: [] });
    const count = tensor(Int32Array.of(step), { shape: [] });
    ({ weights: own, state } = optimizer.update(own, gradientsAt(file, step), state, rate, count));
    await expectWeights(own, weights[step]!, toleranceOf(one));
  }
  await expectWeights({ ...own, ...optimizer.finalWeights?.(state) }, final, toleranceOf(one));
});

test.each(scheduleFile.cases)("schedule $name equals its reference", ({ kind, options, rates }) => {
  const schedule = checkSchedule({ kind, ...options } as Schedule);
  expect(
    distance(
      scheduleFile.at.map((step) => learningRateAt(schedule, step)),
      rates,
    ),
  ).toBeLessThan(1e-12);
});
