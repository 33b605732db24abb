// Embeddings, positions, masks and attention against Keras, in float64.

import "#entry/install-node.ts";
import { beforeAll, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { key } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { valueAndGrad } from "#engine/tensor/transforms.ts";
import { initialValue } from "#learning/nn/initializers.ts";
import type { CallContext, Layer, LayerResult, SampleType, Weights } from "#learning/nn/layer.ts";
import { layerFromConfig } from "#learning/nn/layers.ts";
import { distance, goldenTensor, goldenValues, read, readGolden, uniformTensor, type GoldenTensor } from "./golden.ts";

beforeAll(() => useDevice("js", { precision: "f64" }));

const bound = 1e-12;

interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
}

type NestedMask = readonly (number | NestedMask)[];

function maskTensor(mask: NestedMask): Tensor {
  return tensor(mask).cast("bool");
}

function weightsOf(weights: readonly Weight[], seed: number): Weights {
  return Object.fromEntries(weights.map(({ name, shape }, index) => [name, uniformTensor(seed + index, shape, 0.5)]));
}

interface Measured {
  readonly result: LayerResult;
  readonly inputs: readonly Tensor[];
  readonly weights: Weights;
}

/** What a layer gives, and gradients of the sum of outputs times cotangents. */
function measure(
  layer: Layer,
  weights: Weights,
  inputs: readonly Tensor[],
  { context, cotangents }: { context: CallContext; cotangents: readonly Tensor[] },
): Measured {
  const { gradient, aux } = valueAndGrad<[Pick<Measured, "inputs" | "weights">], LayerResult>(
    (at) => {
      const result = layer.call(at.weights, at.inputs, context);
      const [first, ...others] = cotangents.map((cotangent, index) => result.outputs[index]!.mul(cotangent).sum());
      return { value: others.reduce((sum, one) => sum.add(one), first!), aux: result };
    },
    { hasAux: true },
  )({ weights, inputs });
  return { result: aux, ...gradient };
}

async function expectClose(actual: Tensor | undefined, expected: GoldenTensor, limit = bound): Promise<void> {
  expect(actual?.shape).toEqual(expected.shape);
  expect(distance(await read(actual!), goldenValues(expected))).toBeLessThan(limit);
}

interface SequenceCase {
  readonly layer: string;
  readonly options: Record<string, number>;
  readonly input: GoldenTensor;
  readonly mask: NestedMask | null;
  readonly seed: number;
  readonly weights: readonly Weight[];
  readonly output: GoldenTensor;
  readonly inputGradient?: GoldenTensor;
  readonly weightGradients: readonly GoldenTensor[];
}

interface NormalizationCase extends Omit<SequenceCase, "layer" | "input"> {
  readonly inputShape: readonly number[];
  readonly mask: NestedMask;
  readonly inputGradient: GoldenTensor;
  readonly moving: Record<"movingMean" | "movingVariance", readonly number[]>;
}

const sequences = readGolden("sequence-layers") as {
  cases: Record<string, SequenceCase>;
  masked: Record<string, NormalizationCase>;
};

test.each(Object.entries(sequences.cases))("%s equals Keras", async (_, golden) => {
  const { seed } = golden;
  const layer = layerFromConfig({ kind: golden.layer, options: golden.options });
  const input = goldenTensor(golden.input);
  const type: SampleType = { shape: input.shape.slice(1), dtype: input.dtype };
  expect(layer.weights([type]).map(({ name, shape }) => ({ name, shape }))).toEqual(golden.weights);
  expect(layer.outputTypes([type], "layer")).toEqual([{ shape: golden.output.shape.slice(1), dtype: "f32" }]);
  const { result, inputs, weights } = measure(layer, weightsOf(golden.weights, seed + 11), [input], {
    context: { training: false },
    cotangents: [uniformTensor(seed + 50, golden.output.shape)],
  });
  await expectClose(result.outputs[0], golden.output);
  const [mask] = result.masks ?? [];
  expect(mask === undefined ? null : await read(mask)).toEqual(golden.mask === null ? null : golden.mask.flat(9));
  if (golden.inputGradient !== undefined) await expectClose(inputs[0], golden.inputGradient);
  for (const [index, { name }] of golden.weights.entries()) {
    await expectClose(weights[name], golden.weightGradients[index]!);
  }
});

test.each(Object.entries(sequences.masked))("masked batchNormalization %s equals Keras", async (_, golden) => {
  const { seed, inputShape, options } = golden;
  const layer = layerFromConfig({ kind: "batchNormalization", options });
  const specs = layer.weights([{ shape: inputShape.slice(1), dtype: "f32" }]);
  expect(specs.map(({ name, shape }) => ({ name, shape }))).toEqual(golden.weights);
  const trained = specs.filter(({ trainable }) => trainable);
  const weights = Object.fromEntries(
    specs.map(({ name, shape, initializer, trainable }) => {
      const place = trained.findIndex((spec) => spec.name === name);
      const value = uniformTensor(seed + 11 + place, shape, 0.5, name === "gamma" ? 1 : 0);
      return [name, trainable ? value : initialValue(initializer, shape, key(0))];
    }),
  );
  const measured = measure(layer, weights, [uniformTensor(seed, inputShape, 1, 0.3)], {
    context: { training: true, mask: maskTensor(golden.mask) },
    cotangents: [uniformTensor(seed + 50, inputShape)],
  });
  await expectClose(measured.result.outputs[0], golden.output);
  await expectClose(measured.inputs[0], golden.inputGradient, 1e-11);
  for (const [index, { name }] of trained.entries()) {
    await expectClose(measured.weights[name], golden.weightGradients[index]!);
  }
  for (const [name, values] of Object.entries(golden.moving)) {
    expect(distance(await read(measured.result.state![name]!), values)).toBeLessThan(bound);
  }
});

interface AttentionCase {
  readonly layer: string;
  readonly options: Record<string, number | boolean>;
  readonly inputShapes: readonly (readonly number[])[];
  readonly masks: readonly (NestedMask | null)[];
  readonly attentionMask: GoldenTensor | null;
  readonly seed: number;
  readonly weights: readonly Weight[];
  readonly outputs: readonly GoldenTensor[];
  readonly inputGradients: readonly GoldenTensor[];
  readonly weightGradients: readonly GoldenTensor[];
}

const { heads, plain } = readGolden("attention") as Record<"heads" | "plain", Record<string, AttentionCase>>;

function inputsOf({ seed, inputShapes, attentionMask }: AttentionCase): Tensor[] {
  const values = inputShapes.map((shape, index) => uniformTensor(seed + index, shape));
  return attentionMask === null ? values : [...values, goldenTensor(attentionMask).cast("bool")];
}

function contextOf({ masks }: AttentionCase): CallContext {
  const made = masks.map((mask) => (mask === null ? undefined : maskTensor(mask)));
  return { training: false, mask: made[0], masks: made };
}

const attentions = [...Object.entries(heads), ...Object.entries(plain)];

test.each(attentions)("%s equals Keras", async (_, golden) => {
  const { seed, options } = golden;
  const layer = layerFromConfig({ kind: golden.layer, options });
  const inputs = inputsOf(golden);
  const types = inputs.map(({ shape, dtype }): SampleType => ({ shape: shape.slice(1), dtype }));
  expect(layer.weights(types).map(({ name, shape }) => ({ name, shape }))).toEqual(golden.weights);
  expect(layer.outputTypes(types, "layer").map(({ shape }) => shape)).toEqual(
    golden.outputs.map(({ shape }) => shape.slice(1)),
  );
  const context = contextOf(golden);
  const measured = measure(layer, weightsOf(golden.weights, seed + 11), inputs, {
    context,
    cotangents: golden.outputs.map(({ shape }, index) => uniformTensor(seed + 50 + index, shape)),
  });
  for (const [index, output] of golden.outputs.entries()) await expectClose(measured.result.outputs[index], output);
  for (const [index, slope] of golden.inputGradients.entries()) await expectClose(measured.inputs[index], slope);
  for (const [index, { name }] of golden.weights.entries()) {
    // A key's bias moves all scores of a query alike: its gradient is 0 but for rounding.
    const isZero = name === "key/bias";
    if (isZero) expect(Math.max(...(await read(measured.weights[name]!)).map(Math.abs))).toBeLessThan(1e-13);
    else await expectClose(measured.weights[name], golden.weightGradients[index]!);
  }
  expect(measured.result.masks).toEqual([context.mask]);
});

// Without scores another formula runs, which holds no table of them.
const withScores = attentions.filter(([, { options }]) => options["returnAttentionScores"]);
test.each(withScores)("%s without its scores equals Keras", async (_, golden) => {
  const layer = layerFromConfig({
    kind: golden.layer,
    options: { ...golden.options, returnAttentionScores: false },
  });
  const { outputs } = layer.call(weightsOf(golden.weights, golden.seed + 11), inputsOf(golden), contextOf(golden));
  expect(outputs).toHaveLength(1);
  await expectClose(outputs[0], golden.outputs[0]!);
});

test.each([
  [
    "attention",
    {},
    [
      [3, 4],
      [3, 4],
      [3, 4],
      [3, 4],
    ],
    "4 inputs came",
  ],
  [
    "attention",
    {},
    [
      [3, 4],
      [2, 5],
    ],
    "do not fit",
  ],
  [
    "multiHeadAttention",
    { numHeads: 2, keyDim: 3 },
    [
      [3, 4],
      [2, 4],
      [3, 4],
    ],
    "do not fit",
  ],
  ["multiHeadAttention", { numHeads: 2, keyDim: 3, attentionAxes: [3] }, [[3, 4]], "Use axes from 1 to 1"],
  ["multiHeadAttention", { numHeads: 2, keyDim: 3, useCausalMask: true }, [[2, 3, 4]], "need one attention axis"],
  ["rotaryEmbedding", {}, [[3, 5]], "make no pairs"],
  ["positionEmbedding", { sequenceLength: 2 }, [[3, 5]], "3 places come"],
])("%s %o of %o is refused", (kind, options, shapes, reason) => {
  const types = shapes.map((shape): SampleType => ({ shape, dtype: "f32" }));
  expect(() => layerFromConfig({ kind, options }).outputTypes(types, kind)).toThrow(reason);
});

test("groupQueryAttention refuses heads of queries that cannot share those of keys", () => {
  const options = { headDim: 2, numQueryHeads: 4, numKeyValueHeads: 3 };
  expect(() => layerFromConfig({ kind: "groupQueryAttention", options })).toThrow("Make numKeyValueHeads a divisor");
});

test("dropout leaves weights out when training, and makes up for them", async () => {
  const layer = layerFromConfig({
    kind: "attention",
    options: { dropout: 0.25, seed: 1, returnAttentionScores: true },
  });
  const inputs = [uniformTensor(1, [4, 30, 3]), uniformTensor(2, [4, 20, 3])];
  const weightsWith = async (context: CallContext): Promise<number[]> =>
    read(layer.call({}, inputs, context).outputs[1]!);
  const kept = await weightsWith({ training: false, key: key(3) });
  const dropped = await weightsWith({ training: true, key: key(3) });
  const left = dropped.flatMap((weight, index) => (weight === 0 ? [] : [weight / kept[index]!]));
  expect(
    distance(
      left,
      left.map(() => 4 / 3),
    ),
  ).toBeLessThan(bound);
  // Six standard errors of a share of 2,400.
  expect(Math.abs(left.length / dropped.length - 0.75)).toBeLessThan(6 * Math.sqrt((0.25 * 0.75) / 2400));
  expect(await weightsWith({ training: true, key: key(4) })).not.toEqual(dropped);
  expect(await weightsWith({ training: true, key: key(3) })).toEqual(dropped);
});
