// Tensors from data and from nothing.

import { hostArray, type DType, type HostArray } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { checkShape, shapeText, sizeOf, type Shape } from "#engine/base/shape.ts";
import * as ops from "#engine/ops/index.ts";
import { currentQueue } from "#engine/tensor/device.ts";
import { leafOf } from "#engine/tensor/realize.ts";
import { Tensor } from "#engine/tensor/tensor.ts";

/** Numbers or booleans, nested to any depth. */
export type NestedArray = number | boolean | readonly NestedArray[];

export interface TensorOptions {
  readonly shape?: Shape;
  readonly dtype?: DType;
}

/**
 * A tensor that holds a copy of `data`.
 * @param data a typed array (its type gives the dtype), nested arrays (f32, or bool for booleans) or one number
 * @throws shape when nested arrays are ragged or the shape does not hold as many elements
 */
export function tensor(data: HostArray | NestedArray, options: TensorOptions = {}): Tensor {
  const isTyped = ArrayBuffer.isView(data);
  const shape = options.shape ?? (isTyped ? [data.length] : shapeOf(data));
  checkShape(shape, "tensor");
  const flat: ArrayLike<number> = isTyped ? data : flattenNested(data, shape);
  const dtype = options.dtype ?? (isTyped ? dtypeOf(data) : isBoolean(data) ? "bool" : "f32");
  if (flat.length !== sizeOf(shape)) {
    throw new SinterError(
      "shape",
      `tensor: ${flat.length} elements for shape ${shapeText(shape)}. Give ${sizeOf(shape)}.`,
      {
        shape,
        length: flat.length,
      },
    );
  }
  const queue = currentQueue();
  return new Tensor(leafOf(queue.upload({ dtype, shape }, hostValues(flat, dtype))));
}

/**
 * A tensor whose values are read in turn with the work of the default device, which copies them before it goes on: one piece
 * of memory may serve many.
 */
export function tensorRead(shape: Shape, read: () => Promise<HostArray>, dtype: DType = "f32"): Tensor {
  checkShape(shape, "tensor");
  return new Tensor(leafOf(currentQueue().uploadRead({ dtype, shape }, read)));
}

export function full(shape: Shape, value: number, options: { readonly dtype?: DType } = {}): Tensor {
  checkShape(shape, "full");
  return new Tensor(ops.constant(value, { dtype: options.dtype ?? "f32", shape }));
}

export function zeros(shape: Shape, options: { readonly dtype?: DType } = {}): Tensor {
  return full(shape, 0, options);
}

export function ones(shape: Shape, options: { readonly dtype?: DType } = {}): Tensor {
  return full(shape, 1, options);
}

export function zerosLike(x: Tensor): Tensor {
  return zeros(x.shape, { dtype: x.dtype });
}

export function onesLike(x: Tensor): Tensor {
  return ones(x.shape, { dtype: x.dtype });
}

/** 0, 1, … size - 1; i32 unless asked otherwise. */
export function arange(size: number, options: { readonly dtype?: DType } = {}): Tensor {
  checkShape([size], "arange");
  return new Tensor(ops.iota([size], 0, options.dtype ?? "i32"));
}

/** The identity matrix, f32. */
export function eye(size: number): Tensor {
  return arange(size).expandDims(1).equal(arange(size)).cast("f32");
}

function shapeOf(data: NestedArray): number[] {
  const shape: number[] = [];
  let level = data;
  while (Array.isArray(level)) {
    shape.push(level.length);
    level = level[0] ?? 0;
  }
  return shape;
}

function flattenNested(data: NestedArray, shape: Shape): number[] {
  const flat: number[] = [];
  const enter = (level: NestedArray): void => {
    if (typeof level === "object") level.forEach(enter);
    else flat.push(Number(level));
  };
  enter(data);
  if (typeof data === "object" && flat.length !== sizeOf(shape) && sizeOf(shapeOf(data)) !== flat.length) {
    throw new SinterError("shape", "tensor: nested arrays of unequal length. Make every row as long as the first.");
  }
  return flat;
}

function isBoolean(data: NestedArray): boolean {
  let level = data;
  while (typeof level === "object") level = level[0] ?? 0;
  return typeof level === "boolean";
}

function dtypeOf(data: HostArray): DType {
  if (data instanceof Int32Array) return "i32";
  if (data instanceof Uint8Array) return "u8";
  if (data instanceof Float32Array || data instanceof Float64Array) return "f32";
  throw new SinterError("dtype", "tensor: a Uint16Array may be f16 or bf16 bits. Say which: { dtype }.");
}

function hostValues(flat: ArrayLike<number>, dtype: DType): HostArray {
  if (ArrayBuffer.isView(flat) && (dtype === "f16" || dtype === "bf16" || flat instanceof Float64Array)) {
    // Already bits, or float64 values that only a float64 device keeps.
    if (flat instanceof Uint16Array || flat instanceof Float64Array) return flat;
  }
  // The device takes a copy: what has its form already is not copied twice.
  if (flat instanceof Float32Array && dtype === "f32") return flat;
  if (dtype === "f16" || dtype === "bf16") {
    throw new SinterError("dtype", `tensor: ${dtype} from numbers. Make an f32 tensor and cast it.`);
  }
  const values = hostArray(dtype, flat.length);
  if (dtype === "bool") for (let index = 0; index < flat.length; index += 1) values[index] = flat[index] ? 1 : 0;
  else values.set(flat);
  return values;
}
