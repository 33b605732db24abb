// Operations of TensorFlow that turn blocks of places into channels or batches, and back.

import { sizeOf } from "#engine/base/shape.ts";
import { reshape, slice, transpose, type Range } from "../../onnx/movement.ts";
import { input, inputNumbers, numberOf, textOf, type Call, type Operators, wrongNode } from "../../onnx/operator.ts";
import type { TensorValue } from "../../onnx/value.ts";
import { making } from "./calls.ts";
import { bordered } from "./shapes.ts";

/** Blocks of places become channels, or channels places; NHWC. */
function blocks(call: Call, toDepth: boolean): TensorValue {
  const x = input(call, 0);
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const size = numberOf(call, "block_size", 2);
  if (x.shape.length !== 4 || textOf(call, "data_format", "NHWC") !== "NHWC") throw wrongNode(call, "no NHWC pictures");
  if (toDepth) {
    const apart = reshape(x, [batch, height / size, size, width / size, size, channels]);
    const shape = [batch, height / size, width / size, size * size * channels];
    return reshape(transpose(apart, [0, 1, 3, 2, 4, 5]), shape);
  }
  const apart = reshape(x, [batch, height, width, size, size, channels / (size * size)]);
  const shape = [batch, height * size, width * size, channels / (size * size)];
  return reshape(transpose(apart, [0, 1, 3, 2, 4, 5]), shape);
}

/** Space is padded, then its blocks become further batches. */
function spaceToBatch(call: Call): TensorValue {
  const block = inputNumbers(call, 1);
  const pairs = inputNumbers(call, 2);
  const whole = input(call, 0);
  const numAfter = whole.shape.length - 1 - block.length;
  const borders = (side: number): number[] => [
    0,
    ...block.map((_, axis) => pairs[2 * axis + side] ?? 0),
    ...Array.from({ length: numAfter }, () => 0),
  ];
  const x = bordered(whole, { low: borders(0), high: borders(1) });
  const [batch = 1] = x.shape;
  const spatial = block.map((_, axis) => x.shape[axis + 1] ?? 1);
  const rest = x.shape.slice(1 + block.length);
  const apart = reshape(x, [
    batch,
    ...spatial.flatMap((extent, axis) => [extent / (block[axis] ?? 1), block[axis] ?? 1]),
    ...rest,
  ]);
  const order = [
    ...block.map((_, axis) => 2 + 2 * axis),
    0,
    ...block.map((_, axis) => 1 + 2 * axis),
    ...rest.map((_, axis) => 1 + 2 * block.length + axis),
  ];
  const outer = spatial.map((extent, axis) => extent / (block[axis] ?? 1));
  return reshape(transpose(apart, order), [batch * sizeOf(block), ...outer, ...rest]);
}

/** Further batches become blocks of space, whose borders are cut off. */
function batchToSpace(call: Call): TensorValue {
  const x = input(call, 0);
  const block = inputNumbers(call, 1);
  const pairs = inputNumbers(call, 2);
  const [batch = 1] = x.shape;
  const spatial = block.map((_, axis) => x.shape[axis + 1] ?? 1);
  const rest = x.shape.slice(1 + block.length);
  const numBatch = batch / sizeOf(block);
  const apart = reshape(x, [...block, numBatch, ...spatial, ...rest]);
  const order = [
    block.length,
    ...block.flatMap((_, axis) => [block.length + 1 + axis, axis]),
    ...rest.map((_, axis) => 2 * block.length + 1 + axis),
  ];
  const grown = spatial.map((extent, axis) => extent * (block[axis] ?? 1));
  const large = reshape(transpose(apart, order), [numBatch, ...grown, ...rest]);
  const ranges = large.shape.map((extent, axis): Range => {
    const [low, high] =
      axis === 0 || axis > block.length ? [0, 0] : [pairs[2 * axis - 2] ?? 0, pairs[2 * axis - 1] ?? 0];
    return { start: low, count: extent - low - high, step: 1 };
  });
  return slice(large, ranges);
}

export const blockOperators: Operators = {
  SpaceToDepth: making((call) => blocks(call, true)),
  DepthToSpace: making((call) => blocks(call, false)),
  SpaceToBatchND: making(spaceToBatch, [1, 2]),
  BatchToSpaceND: making(batchToSpace, [1, 2]),
};
