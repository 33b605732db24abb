// Values in memory as host tensors: typed arrays, nested arrays, host tensors; one of them, or several.

import type { DType, HostArray } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { shapeText, sizeOf } from "#engine/base/shape.ts";
import type { HostTensor } from "#learning/data/dataset.ts";

/** Numbers within arrays, of one length an axis. */
export type NestedNumbers = readonly number[] | readonly NestedNumbers[];

/** Values for many samples; a typed array alone is one number a sample. */
export type ArrayInput = HostTensor | HostArray | NestedNumbers;

/** Values of several inputs or targets: a list of typed arrays and host tensors, or anything by name. */
export type SeveralArrays = readonly (HostTensor | HostArray)[] | Readonly<Record<string, ArrayInput>>;

/** Host tensors in order, and their names where they have some. */
export interface NamedTensors {
  readonly tensors: readonly HostTensor[];
  readonly names?: readonly string[];
}

/** One or several values as host tensors. Numbers within arrays are one value. @throws shape */
export function namedTensors(values: ArrayInput | SeveralArrays, name: string): NamedTensors {
  if (isOne(values)) return { tensors: [hostTensor(values, name)] };
  if (isListOfTensors(values)) {
    return { tensors: values.map((one, place) => hostTensor(one, `${name}[${place}]`)) };
  }
  const names = Object.keys(values);
  return { tensors: Object.entries(values).map(([own, one]) => hostTensor(one, `${name}.${own}`)), names };
}

function isOne(values: ArrayInput | SeveralArrays): values is ArrayInput {
  if (ArrayBuffer.isView(values) || ("data" in values && "shape" in values)) return true;
  return Array.isArray(values) && values.every((one) => typeof one === "number" || Array.isArray(one));
}

function isListOfTensors(values: SeveralArrays): values is readonly (HostTensor | HostArray)[] {
  return Array.isArray(values);
}

/**
 * Typed or nested arrays with their shape and dtype.
 * @throws shape for ragged arrays, or a length that the shape does not give
 */
export function hostTensor(values: ArrayInput, name: string): HostTensor {
  if ("shape" in values) return checkSize(values, name);
  if (ArrayBuffer.isView(values)) return typedTensor(values);
  const shape = nestedShape(values);
  const data = new Float32Array(sizeOf(shape));
  let at = 0;
  const copy = (part: number | NestedNumbers, depth: number): void => {
    if (typeof part === "number") {
      data[at] = part;
      at += 1;
      return;
    }
    if (
      part.length !== shape[depth] ||
      (depth === shape.length - 1) !== part.every((item) => typeof item === "number")
    ) {
      throw new SinterError(
        "shape",
        `${name}: nested arrays are ragged, expected ${shapeText(shape)}. Make them equal.`,
        {
          shape,
        },
      );
    }
    for (const item of part) copy(item, depth + 1);
  };
  copy(values, 0);
  return { data, shape, dtype: "f32" };
}

function typedTensor(values: HostArray): HostTensor {
  if (values instanceof Float64Array) return { data: Float32Array.from(values), shape: [values.length], dtype: "f32" };
  return { data: values, shape: [values.length], dtype: dtypeOf(values) };
}

function dtypeOf(values: HostArray): DType {
  if (values instanceof Int32Array) return "i32";
  if (values instanceof Uint8Array) return "u8";
  return values instanceof Uint16Array ? "f16" : "f32";
}

function nestedShape(values: NestedNumbers): number[] {
  const shape: number[] = [];
  let part: number | NestedNumbers | undefined = values;
  while (typeof part === "object") {
    shape.push(part.length);
    part = part[0];
  }
  return shape;
}

function checkSize(tensor: HostTensor, name: string): HostTensor {
  if (tensor.data.length !== sizeOf(tensor.shape)) {
    throw new SinterError(
      "shape",
      `${name}: ${tensor.data.length} values do not fill ${shapeText(tensor.shape)}. Give ${sizeOf(tensor.shape)} values.`,
      { shape: tensor.shape, length: tensor.data.length },
    );
  }
  return tensor;
}
