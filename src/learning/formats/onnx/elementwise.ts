// Operations on single elements, with broadcasting: on the host where everything is known, else on the device.

import { broadcastShapes, sizeOf, type Shape } from "#engine/base/shape.ts";
import { where as selectTensor } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { isFloatingType, typeFacts } from "./element-types.ts";
import type { ElementType, HostValues } from "./graph.ts";
import { expandValues } from "./host-arrays.ts";
import { computed, computedChannelsLast, isFolded, known, knownNumbers, numbersOf, type TensorValue } from "./value.ts";
import { wrapped } from "./wrap.ts";

/** What one number becomes, on the host and on a device. */
export interface Unary {
  /** Left out where known values are computed by the device as well. */
  readonly host?: (x: number) => number;
  readonly device: (x: Tensor) => Tensor;
}

export interface Binary {
  readonly host: (x: number, y: number) => number;
  readonly device: (x: Tensor, y: Tensor) => Tensor;
}

/** An operation on every element; the result has the type of `x` unless another is named. */
export function unary(x: TensorValue, { host, device }: Unary, type: ElementType = x.type): TensorValue {
  if (host !== undefined && isFolded([x])) return knownNumbers(type, x.shape, Float64Array.from(numbersOf(x), host));
  if (x.channelsLast !== undefined)
    return computedChannelsLast(type, wrapped(type, device(arithmetic(x.channelsLast))));
  return computed(type, wrapped(type, device(arithmetic(x.device()))));
}

/** An operation on pairs of elements. */
export function binary(
  x: TensorValue,
  y: TensorValue,
  { host, device }: Binary,
  type: ElementType = x.type,
): TensorValue {
  const shape = broadcastShapes(x.shape, y.shape, "onnx");
  if (isFolded([x, y], shape)) {
    const left = expandValues(numbersOf(x), x.shape, shape);
    const right = expandValues(numbersOf(y), y.shape, shape);
    const numbers = new Float64Array(sizeOf(shape));
    for (let index = 0; index < numbers.length; index += 1) numbers[index] = host(left[index] ?? 0, right[index] ?? 0);
    return knownNumbers(type, shape, numbers);
  }
  const [left, right] = [besideChannelsLast(x, shape), besideChannelsLast(y, shape)];
  const isLast = x.channelsLast !== undefined || y.channelsLast !== undefined;
  if (isLast && left !== undefined && right !== undefined) {
    return computedChannelsLast(type, wrapped(type, device(arithmetic(left), arithmetic(right))));
  }
  return computed(type, wrapped(type, device(arithmetic(x.device()), arithmetic(y.device()))));
}

/** Booleans are combined as booleans, all else as f32 or i32. */
function arithmetic(x: Tensor): Tensor {
  if (x.dtype === "bool") return x;
  return x.cast(x.dtype === "f16" || x.dtype === "bf16" || x.dtype === "f32" ? "f32" : "i32");
}

/** The tensor with its channels last, where that costs nothing: it lies so, or has one place in each picture. */
function besideChannelsLast(x: TensorValue, { length: rank }: Shape): Tensor | undefined {
  if (x.channelsLast !== undefined) return x.shape.length === rank ? x.channelsLast : undefined;
  if (sizeOf(x.shape) === 1) return x.device().reshape(Array.from({ length: rank }, () => 1));
  const shape = [...Array.from({ length: rank - x.shape.length }, () => 1), ...x.shape];
  if (shape.length !== rank || rank < 3 || !shape.slice(2).every((extent) => extent === 1)) return undefined;
  return x.device().reshape([shape[0] ?? 1, ...shape.slice(2), shape[1] ?? 1]);
}

/** `x` where the condition holds, else `y`. */
export function choose(condition: TensorValue, x: TensorValue, y: TensorValue): TensorValue {
  const shape = broadcastShapes(condition.shape, broadcastShapes(x.shape, y.shape, "onnx"), "onnx");
  if (isFolded([condition, x, y], shape) || x.type === "string") return chosenOnHost(condition, [x, y], shape);
  const widened = isFloatingType(x.type) ? "f32" : "i32";
  const chosen = selectTensor(condition.device(), x.device().cast(widened), y.device().cast(widened));
  return computed(x.type, chosen);
}

function chosenOnHost(condition: TensorValue, [x, y]: readonly [TensorValue, TensorValue], shape: Shape): TensorValue {
  const choices = expandValues(numbersOf(condition), condition.shape, shape);
  const left: HostValues = expandValues(x.host ?? [], x.shape, shape);
  const right: HostValues = expandValues(y.host ?? [], y.shape, shape);
  const result = left.slice();
  for (let index = 0; index < choices.length; index += 1) {
    if (choices[index] === 0) Object.assign(result, { [index]: right[index] });
  }
  return known(x.type, shape, result);
}

/** Another element type: integers wrap around, floats are cut off towards zero, NaN becomes 0. */
export function castTo(x: TensorValue, type: ElementType): TensorValue {
  if (x.type === type) return x;
  if (isFolded([x])) {
    const cut = isFloatingType(x.type) && !isFloatingType(type) && type !== "bool";
    const convert = (value: number): number => (cut ? (Number.isNaN(value) ? 0 : Math.trunc(value)) : value);
    return knownNumbers(type, x.shape, Float64Array.from(numbersOf(x), convert));
  }
  const convert = (one: Tensor): Tensor => {
    const { dtype } = typeFacts(type);
    if (isFloatingType(type) || type === "bool") return one.cast(dtype);
    return wrapped(type, one.cast("i32"));
  };
  if (x.channelsLast !== undefined) return computedChannelsLast(type, convert(x.channelsLast));
  return computed(type, convert(x.device()));
}
