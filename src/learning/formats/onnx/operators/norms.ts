// Normalizations, and softmax with its relatives.

import { normalizeAxis, sizeOf } from "#engine/base/shape.ts";
import { arange } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { inParts } from "../limits.ts";
import { flag, input, numberOf, optionalInput, wrongNode, type Call, type Operators } from "../operator.ts";
import { computed, computedChannelsLast, type TensorValue } from "../value.ts";

/** A vector of channels, beside [batch, channels, ...spatial] or the same with channels last. */
function beside(x: TensorValue, vector: TensorValue): Tensor {
  const channels = vector.device().cast("f32");
  if (x.channelsLast !== undefined) return channels;
  return channels.reshape([1, channels.size, ...x.shape.slice(2).map(() => 1)]);
}

/** The pictures as they lie, and how a result is given back. */
function asItLies(x: TensorValue): {
  tensor: Tensor;
  give: (type: TensorValue["type"], result: Tensor) => TensorValue;
} {
  if (x.channelsLast !== undefined) return { tensor: x.channelsLast.cast("f32"), give: computedChannelsLast };
  return { tensor: x.device().cast("f32"), give: computed };
}

function batchNormalization(call: Call): TensorValue[] {
  const x = input(call, 0);
  const { tensor, give } = asItLies(x);
  const epsilon = numberOf(call, "epsilon", 1e-5);
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((place) => input(call, place));
  if (scale === undefined || bias === undefined || mean === undefined || variance === undefined) return [];
  if (flag(call, "training_mode")) return trainedNormalization(call, x, { scale, bias, mean, variance });
  const factor = variance.device().cast("f32").add(epsilon).sqrt().pow(-1).mul(scale.device());
  const shift = bias.device().cast("f32").sub(mean.device().cast("f32").mul(factor));
  const spread = (vector: Tensor): Tensor =>
    x.channelsLast !== undefined ? vector : vector.reshape([1, vector.size, ...x.shape.slice(2).map(() => 1)]);
  return [give(x.type, tensor.mul(spread(factor)).add(spread(shift)))];
}

interface Statistics {
  readonly scale: TensorValue;
  readonly bias: TensorValue;
  readonly mean: TensorValue;
  readonly variance: TensorValue;
}

/** By the statistics of the batch; the moving ones come out as further results. */
function trainedNormalization(call: Call, x: TensorValue, { scale, bias, mean, variance }: Statistics): TensorValue[] {
  const momentum = numberOf(call, "momentum", 0.9);
  const tensor = x.device().cast("f32");
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const average = tensor.mean(axes, { keepDims: true });
  const spread = tensor.sub(average).square().mean(axes, { keepDims: true });
  const plain = { ...x, channelsLast: undefined };
  const normal = tensor.sub(average).div(spread.add(numberOf(call, "epsilon", 1e-5)).sqrt());
  const moved = (old: TensorValue, now: Tensor): TensorValue =>
    computed(
      old.type,
      old
        .device()
        .cast("f32")
        .mul(momentum)
        .add(now.reshape(old.shape).mul(1 - momentum)),
    );
  return [
    computed(x.type, normal.mul(beside(plain, scale)).add(beside(plain, bias))),
    moved(mean, average),
    moved(variance, spread),
  ];
}

/** Zero mean and unit variance over axes. */
function standardized(
  x: Tensor,
  axes: readonly number[],
  epsilon: number,
): { normal: Tensor; mean: Tensor; factor: Tensor } {
  const mean = x.mean(axes, { keepDims: true });
  const centred = x.sub(mean);
  const factor = centred.square().mean(axes, { keepDims: true }).add(epsilon).sqrt().pow(-1);
  return { normal: centred.mul(factor), mean, factor };
}

function layerNormalization(call: Call): TensorValue[] {
  const x = input(call, 0);
  const axis = normalizeAxis(numberOf(call, "axis", -1), x.shape.length, "LayerNormalization");
  const axes = x.shape.map((_, place) => place).filter((place) => place >= axis);
  const { normal, mean, factor } = standardized(x.device().cast("f32"), axes, numberOf(call, "epsilon", 1e-5));
  const scaled = normal.mul(input(call, 1).device());
  const bias = optionalInput(call, 2);
  const output = bias === undefined ? scaled : scaled.add(bias.device());
  return [computed(x.type, output), computed("f32", mean), computed("f32", factor)];
}

function rmsNormalization(call: Call): TensorValue {
  const x = input(call, 0);
  const axis = normalizeAxis(numberOf(call, "axis", -1), x.shape.length, "RMSNormalization");
  const axes = x.shape.map((_, place) => place).filter((place) => place >= axis);
  const tensor = x.device().cast("f32");
  const factor = tensor
    .square()
    .mean(axes, { keepDims: true })
    .add(numberOf(call, "epsilon", 1e-5))
    .sqrt()
    .pow(-1);
  return computed(x.type, tensor.mul(factor).mul(input(call, 1).device()));
}

function instanceNormalization(call: Call): TensorValue {
  const x = input(call, 0);
  const { tensor, give } = asItLies(x);
  const isLast = x.channelsLast !== undefined;
  const axes = x.shape.slice(2).map((_, axis) => axis + (isLast ? 1 : 2));
  const { normal } = standardized(tensor, axes, numberOf(call, "epsilon", 1e-5));
  return give(x.type, normal.mul(beside(x, input(call, 1))).add(beside(x, input(call, 2))));
}

function groupNormalization(call: Call): TensorValue {
  const x = input(call, 0);
  const groups = numberOf(call, "num_groups");
  const [batch = 1, channels = 1, ...spatial] = x.shape;
  if (channels % groups !== 0) throw wrongNode(call, `${channels} channels in ${groups} groups`);
  const rows = x
    .device()
    .cast("f32")
    .reshape([batch, groups, (channels / groups) * sizeOf(spatial)]);
  const { normal } = standardized(rows, [2], numberOf(call, "epsilon", 1e-5));
  // Until opset 20 there is one scale a group, since then one a channel.
  const spread = (vector: TensorValue): Tensor => {
    const each = vector.device().cast("f32");
    const isByGroup = vector.shape[0] === groups && groups !== channels;
    const all = isByGroup
      ? each
          .expandDims(1)
          .broadcastTo([groups, channels / groups])
          .reshape([channels])
      : each;
    return all.reshape([1, channels, ...spatial.map(() => 1)]);
  };
  return computed(
    x.type,
    normal
      .reshape(x.shape)
      .mul(spread(input(call, 1)))
      .add(spread(input(call, 2))),
  );
}

function localResponse(call: Call): TensorValue {
  const x = input(call, 0);
  const size = inParts(numberOf(call, "size"), "LRN");
  const [alpha, beta, bias] = [numberOf(call, "alpha", 1e-4), numberOf(call, "beta", 0.75), numberOf(call, "bias", 1)];
  const { tensor, give } = asItLies(x);
  const axis = x.channelsLast !== undefined ? x.shape.length - 1 : 1;
  const before = Math.floor((size - 1) / 2);
  const at = (count: number): number[] => x.shape.map((_, place) => (place === axis ? count : 0));
  const padded = tensor.square().pad(at(before), at(size - 1 - before));
  const parts = Array.from({ length: size }, (_, offset) => padded.slice(at(offset), [...tensor.shape]));
  const sum = parts.slice(1).reduce((total, part) => total.add(part), parts[0] ?? padded);
  return give(
    x.type,
    tensor.div(
      sum
        .mul(alpha / size)
        .add(bias)
        .pow(beta),
    ),
  );
}

/** Before opset 13 all axes from one on count together. */
function alongAxis(call: Call, change: (x: Tensor, axis: number) => Tensor): TensorValue {
  const x = input(call, 0);
  const rank = x.shape.length;
  const axis = normalizeAxis(numberOf(call, "axis", call.opset < 13 ? 1 : -1), rank, call.node.operator);
  if (call.opset >= 13) return computed(x.type, change(x.device().cast("f32"), axis));
  const flat = x
    .device()
    .cast("f32")
    .reshape([sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]);
  return computed(x.type, change(flat, 1).reshape(x.shape));
}

/** 1 at the first largest, 0 elsewhere. */
function hardMax(x: Tensor, axis: number): Tensor {
  const extent = x.shape[axis] ?? 1;
  const shape = x.shape.map((_, place) => (place === axis ? extent : 1));
  return x.argMax(axis).expandDims(axis).equal(arange(extent).reshape(shape)).cast("f32");
}

function lpNormalization(call: Call): TensorValue {
  const x = input(call, 0);
  const axis = normalizeAxis(numberOf(call, "axis", -1), x.shape.length, "LpNormalization");
  const tensor = x.device().cast("f32");
  const norm =
    numberOf(call, "p", 2) === 1
      ? tensor.abs().sum(axis, { keepDims: true })
      : tensor.square().sum(axis, { keepDims: true }).sqrt();
  return computed(x.type, tensor.div(norm));
}

function meanVariance(call: Call): TensorValue {
  const x = input(call, 0);
  const attribute = call.node.attributes.get("axes");
  const axes = attribute?.kind === "numbers" ? attribute.value : [0, 2, 3];
  const tensor = x.device().cast("f32");
  const mean = tensor.mean(axes, { keepDims: true });
  const deviation = tensor.square().mean(axes, { keepDims: true }).sub(mean.square()).sqrt();
  return computed(x.type, tensor.sub(mean).div(deviation.add(1e-9)));
}

export const normOperators: Operators = {
  BatchNormalization: { run: batchNormalization, frozen: [3, 4] },
  LayerNormalization: { run: layerNormalization },
  RMSNormalization: { run: (call) => [rmsNormalization(call)] },
  SimplifiedLayerNormalization: { run: (call) => [rmsNormalization(call)] },
  InstanceNormalization: { run: (call) => [instanceNormalization(call)] },
  GroupNormalization: { run: (call) => [groupNormalization(call)] },
  LRN: { run: (call) => [localResponse(call)] },
  LpNormalization: { run: (call) => [lpNormalization(call)] },
  MeanVarianceNormalization: { run: (call) => [meanVariance(call)] },
  Softmax: { run: (call) => [alongAxis(call, (x, axis) => x.softmax(axis))] },
  LogSoftmax: { run: (call) => [alongAxis(call, (x, axis) => x.logSoftmax(axis))] },
  Hardmax: { run: (call) => [alongAxis(call, hardMax)] },
};
