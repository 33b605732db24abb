// What flows along the edges of a graph: tensors that are known on the host, tensors that a device computes, lists of them,
// and absent optionals. A known value is one whose numbers shapes may depend on while a program is traced.

import type { DType } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { checkShape, sizeOf, type Shape } from "#engine/base/shape.ts";
import { full, tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { hostValues, typeFacts } from "./element-types.ts";
import type { ElementType, HostValues } from "./graph.ts";
import { roundBf16, roundF16 } from "#engine/base/half.ts";

export interface TensorValue {
  readonly kind: "tensor";
  readonly type: ElementType;
  readonly shape: Shape;
  /** The numbers, where they are known now. */
  readonly host: HostValues | undefined;
  /** The tensor on a device: uploaded, or being computed. */
  readonly device: () => Tensor;
  /** The same with axis 1 last, where it is there already: [batch, ...spatial, channels]. */
  readonly channelsLast: Tensor | undefined;
  /** The numbers of a weight as its file has them; operators that need a number now may look. */
  readonly stored: (() => HostValues) | undefined;
}

export interface SequenceValue {
  readonly kind: "sequence";
  readonly items: readonly TensorValue[];
}

export type Value = TensorValue | SequenceValue | { readonly kind: "absent" };

/** Numbers on the host: no texts. */
export type HostNumbers = Exclude<HostValues, readonly string[]>;

/** A value that is known. @param name what errors call it */
export function known(type: ElementType, shape: Shape, host: HostValues, name = "a tensor"): TensorValue {
  let made: Tensor | undefined;
  const device = (): Tensor => {
    made ??= uploaded(type, shape, host, name);
    return made;
  };
  return { kind: "tensor", type, shape, host, device, channelsLast: undefined, stored: undefined };
}

/** Numbers as a known value: rounded, or wrapped around, as the type has it. */
export function knownNumbers(type: ElementType, shape: Shape, numbers: ArrayLike<number>): TensorValue {
  return known(type, shape, stored(type, numbers));
}

/** A value that a device has. Numbers are rounded or wrapped around as the type has it. */
export function computed(type: ElementType, x: Tensor): TensorValue {
  const held = heldAs(type, x);
  return {
    kind: "tensor",
    type,
    shape: held.shape,
    host: undefined,
    device: () => held,
    channelsLast: undefined,
    stored: undefined,
  };
}

/** A value that a device has with its channels last; the other order is made when somebody asks for it. */
export function computedChannelsLast(type: ElementType, x: Tensor): TensorValue {
  const held = heldAs(type, x);
  const { rank, shape } = held;
  const channels = shape[rank - 1] ?? 1;
  let made: Tensor | undefined;
  const device = (): Tensor => {
    made ??= held.transpose([0, rank - 1, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 1)]);
    return made;
  };
  const inOrder = [shape[0] ?? 1, channels, ...shape.slice(1, -1)];
  return { kind: "tensor", type, shape: inOrder, host: undefined, device, channelsLast: held, stored: undefined };
}

/** The tensor with axis 1 moved to the end. */
export function toChannelsLast(x: TensorValue): Tensor {
  if (x.channelsLast !== undefined) return x.channelsLast;
  const rank = x.shape.length;
  return x.device().transpose([0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1]);
}

/** A weight as its file has it, on the device: equal numbers too are sent, since filling them in takes a program for each shape. */
export function storedWeight(type: ElementType, shape: Shape, read: () => HostValues, name: string): TensorValue {
  return weight(type, uploaded(type, shape, read(), name, true), read);
}

/** A constant that training may change: its numbers are not known to traced programs. */
export function weight(type: ElementType, x: Tensor, read: () => HostValues): TensorValue {
  return { ...computed(type, x), stored: read };
}

/** The tensor as the type holds it on a device. */
function heldAs(type: ElementType, x: Tensor): Tensor {
  return x.cast(typeFacts(type).dtype);
}

/** Numbers in the array of a type. */
export function stored(type: ElementType, numbers: ArrayLike<number>): HostNumbers {
  const values = hostValues(type, numbers.length);
  if (Array.isArray(values)) throw new SinterError("dtype", "onnx: numbers came where texts are expected.");
  const round = type === "f16" ? roundF16 : type === "bf16" ? roundBf16 : undefined;
  for (let index = 0; index < numbers.length; index += 1) {
    const value = numbers[index] ?? 0;
    values[index] = round === undefined ? (type === "bool" ? Number(value !== 0) : value) : round(value);
  }
  return values;
}

/** A device's copy. @throws dtype for texts; value for integers beyond 32 bits */
function uploaded(type: ElementType, shape: Shape, host: HostValues, name: string, isWeight = false): Tensor {
  if (!isNumbers(host)) throw new SinterError("dtype", "onnx: texts have no place on a device.");
  checkShape(shape, "onnx");
  const { dtype } = typeFacts(type);
  if (dtype === "i32") requireI32(type, host, name);
  const [first = 0] = host;
  if (!isWeight && host.length > 0 && !isShort(dtype) && host.every((value) => Object.is(value, first))) {
    return full(shape, first, { dtype });
  }
  if (isShort(dtype)) return tensor(deviceArray("f32", host), { shape }).cast(dtype);
  return tensor(deviceArray(dtype, host), { shape, dtype });
}

function isShort(dtype: DType): dtype is "f16" | "bf16" {
  return dtype === "f16" || dtype === "bf16";
}

function deviceArray(dtype: "f32" | "i32" | "u8" | "bool", host: HostNumbers): Float32Array | Int32Array | Uint8Array {
  if (dtype === "f32") return host instanceof Float32Array ? host : Float32Array.from(host);
  if (dtype === "i32") return host instanceof Int32Array ? host : Int32Array.from(host);
  return host instanceof Uint8Array ? host : Uint8Array.from(host);
}

function requireI32(type: ElementType, host: HostNumbers, name: string): void {
  for (const value of host) {
    if (value >= -(2 ** 31) && value < 2 ** 31) continue;
    throw new SinterError(
      "value",
      `onnx: ${name} holds ${value} (${type}), which 32 bits do not hold, in which integers are computed. Export the model with i32.`,
      { name, value, type },
    );
  }
}

/** Whether values are numbers, not texts. */
export function isNumbers(values: HostValues): values is HostNumbers {
  return ArrayBuffer.isView(values);
}

/** The numbers of a known value, or of a weight as stored. @throws state where nobody knows them yet */
export function numbersOf(x: TensorValue): HostNumbers {
  const values = x.host ?? x.stored?.();
  if (values === undefined) throw new SinterError("state", "onnx: a number is needed that is not computed yet.");
  if (!isNumbers(values)) throw new SinterError("format", "onnx: texts came where numbers are expected.");
  return values;
}

/** The texts of a known value. */
export function textsOf(x: TensorValue): readonly string[] {
  if (x.host === undefined || isNumbers(x.host)) {
    throw new SinterError("format", "onnx: numbers came where texts are expected.");
  }
  return x.host;
}

/**
 * Whether operations on these values are done on the host: all are known, and they are small or have no place on a device.
 * @param result shape of what they give, where it may be larger than they are
 */
export function isFolded(values: readonly TensorValue[], result: Shape = []): boolean {
  if (!values.every((value) => value.host !== undefined)) return false;
  if (sizeOf(result) > maxResult && values.every(({ type }) => type !== "string")) return false;
  return values.every(({ type, shape }) => type === "string" || sizeOf(shape) <= maxFolded);
}

/** Elements up to which the host computes. */
const maxFolded = 1 << 16;
/** Elements that it makes of them. */
const maxResult = 1 << 20;
