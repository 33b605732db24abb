// ONNX's element types: their numbers in files, what holds them on the host and on a device.

import type { DType } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import type { ElementType, HostValues } from "./graph.ts";

/** Numbers of TensorProto.DataType. */
const typesByNumber: ReadonlyMap<number, ElementType> = new Map([
  [1, "f32"],
  [2, "u8"],
  [3, "i8"],
  [4, "u16"],
  [5, "i16"],
  [6, "i32"],
  [7, "i64"],
  [8, "string"],
  [9, "bool"],
  [10, "f16"],
  [11, "f64"],
  [12, "u32"],
  [13, "u64"],
  [16, "bf16"],
]);

const unreadNames: ReadonlyMap<number, string> = new Map([
  [14, "complex64"],
  [15, "complex128"],
  [17, "float8e4m3fn"],
  [18, "float8e4m3fnuz"],
  [19, "float8e5m2"],
  [20, "float8e5m2fnuz"],
  [21, "uint4"],
  [22, "int4"],
  [23, "float4e2m1"],
]);

/** The type that a file means. @throws format for one that is not read */
export function elementTypeOf(number: number): ElementType {
  const type = typesByNumber.get(number);
  if (type !== undefined) return type;
  const name = unreadNames.get(number) ?? `number ${number}`;
  throw new SinterError("format", `onnx: element type ${name} is not read. Export the model with f32, f16 or int8.`, {
    number,
  });
}

interface TypeFacts {
  /** Bytes of an element in a file. */
  readonly bytes: number;
  /** What a device computes with. */
  readonly dtype: DType;
  readonly isFloating: boolean;
  readonly isSigned: boolean;
}

const facts: Readonly<Record<ElementType, TypeFacts>> = {
  f32: { bytes: 4, dtype: "f32", isFloating: true, isSigned: true },
  f16: { bytes: 2, dtype: "f16", isFloating: true, isSigned: true },
  bf16: { bytes: 2, dtype: "bf16", isFloating: true, isSigned: true },
  f64: { bytes: 8, dtype: "f32", isFloating: true, isSigned: true },
  i8: { bytes: 1, dtype: "i32", isFloating: false, isSigned: true },
  i16: { bytes: 2, dtype: "i32", isFloating: false, isSigned: true },
  i32: { bytes: 4, dtype: "i32", isFloating: false, isSigned: true },
  i64: { bytes: 8, dtype: "i32", isFloating: false, isSigned: true },
  u8: { bytes: 1, dtype: "u8", isFloating: false, isSigned: false },
  u16: { bytes: 2, dtype: "i32", isFloating: false, isSigned: false },
  u32: { bytes: 4, dtype: "i32", isFloating: false, isSigned: false },
  u64: { bytes: 8, dtype: "i32", isFloating: false, isSigned: false },
  bool: { bytes: 1, dtype: "bool", isFloating: false, isSigned: false },
  string: { bytes: 0, dtype: "u8", isFloating: false, isSigned: false },
};

/** What is known of a type. */
export function typeFacts(type: ElementType): TypeFacts {
  return facts[type];
}

/** Whether numbers of the type are real. */
export function isFloatingType(type: ElementType): boolean {
  return facts[type].isFloating;
}

/** Zeros of a type, or empty texts. */
export function hostValues(type: ElementType, size: number): Exclude<HostValues, readonly string[]> | string[] {
  switch (type) {
    case "f32":
    case "f16":
    case "bf16":
      return new Float32Array(size);
    case "f64":
    case "i64":
    case "u64":
      return new Float64Array(size);
    case "i8":
      return new Int8Array(size);
    case "i16":
      return new Int16Array(size);
    case "i32":
      return new Int32Array(size);
    case "u8":
    case "bool":
      return new Uint8Array(size);
    case "u16":
      return new Uint16Array(size);
    case "u32":
      return new Uint32Array(size);
    case "string":
      return Array.from<string>({ length: size }).fill("");
    default:
      return type satisfies never;
  }
}
