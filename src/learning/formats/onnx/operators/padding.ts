// Padding and cropping.

import { normalizeAxis } from "#engine/base/shape.ts";
import { full } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { choose } from "../elementwise.ts";
import { expand, gather, slice } from "../movement.ts";
import {
  input,
  inputNumbers,
  numberOf,
  numbersAttribute,
  optionalInput,
  optionalNumbers,
  textOf,
  wrongNode,
  type Call,
  type Operators,
} from "../operator.ts";
import { onHost } from "../limits.ts";
import { computed, knownNumbers, type TensorValue } from "../value.ts";

interface Pads {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

function padsOf(call: Call, x: TensorValue): Pads {
  const rank = x.shape.length;
  const pads = optionalNumbers(call, 1) ?? numbersAttribute(call, "pads") ?? numbersAttribute(call, "paddings") ?? [];
  const axes = (optionalNumbers(call, 3) ?? x.shape.map((_, axis) => axis)).map((axis) =>
    normalizeAxis(axis, rank, "Pad"),
  );
  if (pads.length !== 2 * axes.length) throw wrongNode(call, `${pads.length} pads for ${axes.length} axes`);
  const [low, high] = [x.shape.map(() => 0), x.shape.map(() => 0)];
  axes.forEach((axis, index) => {
    low[axis] = pads[index] ?? 0;
    high[axis] = pads[index + axes.length] ?? 0;
  });
  return { low, high };
}

function padded(call: Call): TensorValue {
  const x = input(call, 0);
  const { low, high } = padsOf(call, x);
  const mode = textOf(call, "mode", "constant");
  if (mode !== "constant") return padsFromInside(call, x, { low, high });
  const fill = optionalInput(call, 2) ?? knownNumbers(x.type, [], [numberOf(call, "value", 0)]);
  return filled(x, { low, high }, fill);
}

/** Rows of each axis that stand in the padding. */
function padsFromInside(call: Call, x: TensorValue, { low, high }: Pads): TensorValue {
  const mode = textOf(call, "mode", "constant");
  return x.shape.reduce<TensorValue>((value, extent, axis) => {
    const [before, behind] = [low[axis] ?? 0, high[axis] ?? 0];
    if (before === 0 && behind === 0) return value;
    const length = onHost(Math.max(before + extent + behind, 0), "Pad");
    const rows = Array.from({ length }, (_, at) => rowAt(call, mode, at - before, extent));
    return gather(value, knownNumbers("i64", [rows.length], rows), axis);
  }, x);
}

function rowAt(call: Call, mode: string, at: number, extent: number): number {
  if (mode === "edge") return Math.min(Math.max(at, 0), extent - 1);
  if (mode === "wrap") return ((at % extent) + extent) % extent;
  if (mode !== "reflect") throw wrongNode(call, `mode "${mode}"`);
  const period = Math.max(2 * (extent - 1), 1);
  const within = ((at % period) + period) % period;
  return extent === 1 ? 0 : within < extent ? within : period - within;
}

/** A constant around, or less where pads are negative. */
export function filled(x: TensorValue, { low, high }: Pads, fill: TensorValue): TensorValue {
  const cropped = slice(
    x,
    x.shape.map((extent, axis) => {
      const [before, behind] = [Math.max(-(low[axis] ?? 0), 0), Math.max(-(high[axis] ?? 0), 0)];
      return { start: before, count: Math.max(extent - before - behind, 0), step: 1 };
    }),
  );
  const [before, behind] = [low, high].map((list) => list.map((count) => Math.max(count, 0)));
  if (before === undefined || behind === undefined) return cropped;
  if ([...before, ...behind].every((count) => count === 0)) return cropped;
  const shape = cropped.shape.map((extent, axis) => extent + (before[axis] ?? 0) + (behind[axis] ?? 0));
  const [number] = fill.host ?? [];
  const around = (one: Tensor, value: number): Tensor => one.pad(before, behind, value);
  if (typeof number === "number" && cropped.type !== "bool") {
    return computed(x.type, around(cropped.device(), number));
  }
  const isInside = computed("bool", around(full(cropped.shape, 1, { dtype: "bool" }), 0));
  const wide = computed(x.type, around(cropped.device(), 0));
  return choose(isInside, wide, expand(fill, shape));
}

/** The middle of each axis, or zeros around it. */
function centred(call: Call): TensorValue {
  const x = input(call, 0);
  const sizes = inputNumbers(call, 1);
  const axes = numbersAttribute(call, "axes") ?? x.shape.map((_, axis) => axis);
  const [low, high] = [x.shape.map(() => 0), x.shape.map(() => 0)];
  axes.forEach((one, index) => {
    const axis = normalizeAxis(one, x.shape.length, "CenterCropPad");
    const more = (sizes[index] ?? 0) - (x.shape[axis] ?? 0);
    low[axis] = more < 0 ? -Math.floor(-more / 2) : Math.floor(more / 2);
    high[axis] = more - (low[axis] ?? 0);
  });
  return filled(x, { low, high }, knownNumbers(x.type, [], [0]));
}

/** [batch, channels, ...spatial] in blocks, and back. */
function depthToSpace(call: Call): TensorValue {
  const x = input(call, 0);
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  const block = numberOf(call, "blocksize");
  const inner = channels / block ** 2;
  const isColumnFirst = textOf(call, "mode", "DCR") === "CRD";
  const apart = isColumnFirst
    ? [batch, inner, block, block, height, width]
    : [batch, block, block, inner, height, width];
  const order = isColumnFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2];
  const blocks = x.device().reshape(apart).transpose(order);
  return computed(x.type, blocks.reshape([batch, inner, height * block, width * block]));
}

function spaceToDepth(call: Call): TensorValue {
  const x = input(call, 0);
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  const block = numberOf(call, "blocksize");
  const apart = [batch, channels, height / block, block, width / block, block];
  const blocks = x.device().reshape(apart).transpose([0, 3, 5, 1, 2, 4]);
  return computed(x.type, blocks.reshape([batch, channels * block ** 2, height / block, width / block]));
}

export const paddingOperators: Operators = {
  Pad: { known: [1, 3], run: (call) => [padded(call)], frozen: [2] },
  CenterCropPad: { known: [1], run: (call) => [centred(call)] },
  DepthToSpace: { run: (call) => [depthToSpace(call)] },
  SpaceToDepth: { run: (call) => [spaceToDepth(call)] },
};
