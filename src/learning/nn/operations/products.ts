// Operations of products and windows, and those that layers here compute too.

import { normalizeAxis } from "#engine/base/shape.ts";
import { arange } from "#engine/tensor/create.ts";
import { einsum } from "#engine/tensor/einsum.ts";
import { averagePool, dot, maxPool, oneHot } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { resized } from "../preprocessing/resizing.ts";
import { interpolations } from "../preprocessing/resize-weights.ts";
import { choice, type ConfigValue } from "#engine/base/options.ts";
import { dtypeNamed, isList, type OperationCall } from "./call.ts";
import type { Operation } from "./elementwise.ts";

/** Whole numbers stay so, as far as f32 holds them. */
function likeOperands(result: Tensor, ...operands: readonly Tensor[]): Tensor {
  return operands.every(({ dtype }) => dtype !== "f32") ? result.cast("i32") : result;
}

function matmul(call: OperationCall): Tensor {
  const [x, y] = [call.tensor(0), call.tensor(1)];
  return likeOperands(x.cast("f32").matMul(y.cast("f32")), x, y);
}

function tensordot(call: OperationCall): Tensor {
  const [x, y] = [call.tensor(0), call.tensor(1)];
  const axes = call.value("axes") ?? 2;
  const [left, right] = isList(axes) ? axes : [];
  const listOf = (value: ConfigValue, rank: number): number[] =>
    (isList(value) ? value : [value]).map((axis) =>
      typeof axis === "number" ? normalizeAxis(axis, rank, call.label) : call.reject("axes", axes),
    );
  const count = typeof axes === "number" ? axes : 0;
  const contracted =
    typeof axes === "number"
      ? [Array.from({ length: count }, (_, at) => x.rank - count + at), Array.from({ length: count }, (_, at) => at)]
      : [listOf(left, x.rank), listOf(right, y.rank)];
  const [leftContract = [], rightContract = []] = contracted;
  return dot(x, y, { leftContract, rightContract });
}

function oneHotOf(call: OperationCall): Tensor {
  const classes = oneHot(call.tensor(0), call.number("numClasses")); // [..., classes]
  const axis = normalizeAxis(call.number("axis", -1), classes.rank, call.label);
  const order = classes.shape.map((_, place) => place).slice(0, -1);
  order.splice(axis, 0, classes.rank - 1);
  return classes.transpose(order).cast(dtypeNamed(call.value("dtype")));
}

function pool(call: OperationCall, reduce: typeof maxPool): Tensor {
  const x = call.tensor(0);
  if (call.value("dataFormat") === "channels_first") call.reject("data_format", "channels_first");
  const spatial = x.rank - 2;
  const perAxis = (numbers: readonly number[]): number[] =>
    Array.from({ length: spatial }, (_, axis) => numbers[numbers.length === 1 ? 0 : axis] ?? 1);
  const window = perAxis(call.numbers("poolSize") ?? [1]);
  const strides = perAxis(call.numbers("strides") ?? window);
  const padding = choice(call.label, "padding", call.value("padding") ?? "valid", ["valid", "same"]);
  return reduce(x, { window, strides, padding });
}

function resize(call: OperationCall): Tensor {
  const images = call.tensor(0, "images").cast("f32");
  if (call.value("dataFormat") === "channels_first") call.reject("data_format", "channels_first");
  const [height = 0, width = 0] = call.numbers("size") ?? [];
  return resized(images, {
    height,
    width,
    interpolation: choice(call.label, "interpolation", call.value("interpolation") ?? "bilinear", interpolations),
    cropToAspectRatio: call.flag("cropToAspectRatio"),
    padToAspectRatio: call.flag("padToAspectRatio"),
    fillMode: "constant",
    fillValue: call.number("fillValue", 0),
    antialias: call.flag("antialias"),
  });
}

/** Running sums along an axis: a product with a triangle of ones. */
function cumulative(call: OperationCall): Tensor {
  const x = call.tensor(0);
  const axis = normalizeAxis(call.number("axis"), x.rank, call.label);
  const places = arange(x.shape[axis] ?? 0, { dtype: "i32" });
  const isBefore = places.expandDims(1).lessEqual(places).cast("f32"); // [from, to]
  const sums = dot(x, isBefore, { leftContract: [axis], rightContract: [0] }); // the axis is last
  const order = sums.shape.map((_, place) => place).slice(0, -1);
  order.splice(axis, 0, x.rank - 1);
  return likeOperands(sums.transpose(order), x);
}

/** x / sqrt(mean of squares + epsilon), times a scale where one is given. @source Keras 3, ops.rms_normalization */
function rmsNorm(call: OperationCall): Tensor {
  const x = call.tensor(0).cast("f32");
  const squares = x.square().mean(call.numbers("axis") ?? [-1], { keepDims: true });
  const normal = x.div(squares.add(call.number("epsilon", 1e-7)).sqrt());
  const scale = call.value("scale", 1) ?? undefined;
  return scale === undefined ? normal : normal.mul(call.operand(1, "scale"));
}

export const products: Readonly<Record<string, Operation>> = {
  Matmul: matmul,
  Einsum: (call) => {
    const subscripts = call.value("subscripts");
    return typeof subscripts === "string"
      ? einsum(subscripts, ...call.tensors(0))
      : call.reject("subscripts", subscripts);
  },
  Tensordot: tensordot,
  OneHot: oneHotOf,
  MaxPool: (call) => pool(call, maxPool),
  AveragePool: (call) => pool(call, averagePool),
  Resize: resize,
  Cumsum: cumulative,
  RMSNorm: rmsNorm,
};
