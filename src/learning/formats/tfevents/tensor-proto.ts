// TensorFlow's TensorProto, as summaries hold it: numbers or byte strings with a shape.

import { WireType } from "@bufbuild/protobuf/wire";
import { damaged, eachField, type Field, message, writeBytes, writeInteger } from "./fields.ts";

/** Numbers of TensorFlow's DataType. */
const types = { f32: 1, f64: 2, i32: 3, string: 7, i64: 9, bool: 10 };
const maxRank = 8;
/** Numbers that a file may leave to be filled in, since its tensors repeat their last one. */
const maxRepeated = 2 ** 20;

/** What a tensor holds. */
export interface TensorValue {
  readonly shape: readonly number[];
  /** Of a tensor of f32, f64, i32, i64 or bool. */
  readonly numbers: Float64Array;
  /** Of a tensor of texts or bytes. */
  readonly strings: readonly Uint8Array[];
}

/** What one file's tensors have taken of a bound so far. */
export interface TensorBudget {
  numRepeated: number;
}

/** The bytes of a tensor of f32 or f64. */
export function numbersTensor(dtype: "f32" | "f64", shape: readonly number[], values: ArrayLike<number>): Uint8Array {
  const size = dtype === "f32" ? 4 : 8;
  const content = new Uint8Array(values.length * size);
  const view = new DataView(content.buffer);
  for (let index = 0; index < values.length; index += 1) {
    if (dtype === "f32") view.setFloat32(index * size, values[index] ?? 0, true);
    else view.setFloat64(index * size, values[index] ?? 0, true);
  }
  return message((writer) => {
    writeInteger(writer, 1, types[dtype]);
    writeBytes(writer, 2, shapeMessage(shape));
    if (content.length > 0) writeBytes(writer, 4, content);
  });
}

/** The bytes of a list of byte strings. */
export function stringsTensor(strings: readonly Uint8Array[], shape: readonly number[] = [strings.length]): Uint8Array {
  return message((writer) => {
    writeInteger(writer, 1, types.string);
    writeBytes(writer, 2, shapeMessage(shape));
    for (const string of strings) writeBytes(writer, 8, string);
  });
}

/** A TensorShapeProto; -1 stands for an axis of any extent. */
export function shapeMessage(shape: readonly number[]): Uint8Array {
  return message((writer) => {
    for (const extent of shape) {
      const dim = message((inner) => void inner.tag(1, WireType.Varint).int64(extent));
      writeBytes(writer, 2, dim);
    }
  });
}

/** @throws format for a tensor whose numbers do not fill its shape */
export function readTensor(bytes: Uint8Array, where: string, budget: TensorBudget): TensorValue {
  let dtype = 0;
  let shape: number[] = [];
  let content: Uint8Array | undefined;
  const numbers: number[] = [];
  const strings: Uint8Array[] = [];
  eachField(bytes, where, (field) => {
    if (field.number === 1) dtype = field.integer();
    else if (field.number === 2) shape = readShape(field.bytes(), where);
    else if (field.number === 4) content = field.bytes();
    else if (field.number === 8) strings.push(field.bytes());
    else readNumbers(field, numbers);
  });
  if (dtype === types.string) return { shape, numbers: new Float64Array(0), strings };
  const given = content === undefined || content.length === 0 ? numbers : contentNumbers(content, dtype, where);
  return { shape, numbers: filled(given, shape, where, budget), strings };
}

/** float_val, double_val; integers of int_val, int64_val and bool_val where they are not packed. */
function readNumbers(field: Field, numbers: number[]): void {
  if (field.number === 5) for (const value of field.floats()) numbers.push(value);
  else if (field.number === 6) for (const value of field.doubles()) numbers.push(value);
  else if (field.number === 7 || field.number === 10 || field.number === 11) {
    for (const value of field.integers()) numbers.push(value);
  }
}

/** @throws format for too many axes, or extents below -1 */
export function readShape(bytes: Uint8Array, where: string): number[] {
  const shape: number[] = [];
  eachField(bytes, where, (field) => {
    if (field.number !== 2) return;
    let extent = 0;
    eachField(field.bytes(), where, (dim) => {
      if (dim.number === 1) extent = dim.integer();
    });
    if (shape.length === maxRank || extent < -1) throw damaged(where, `a shape of axis ${shape.length + 1}: ${extent}`);
    shape.push(extent);
  });
  return shape;
}

function contentNumbers(content: Uint8Array, dtype: number, where: string): ArrayLike<number> {
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const read = (size: number, at: (offset: number) => number): Float64Array => {
    if (content.length % size !== 0) throw damaged(where, `${content.length} bytes do not fill numbers of ${size}`);
    return Float64Array.from({ length: content.length / size }, (_, index) => at(index * size));
  };
  if (dtype === types.f32) return read(4, (offset) => view.getFloat32(offset, true));
  if (dtype === types.f64) return read(8, (offset) => view.getFloat64(offset, true));
  if (dtype === types.i32) return read(4, (offset) => view.getInt32(offset, true));
  if (dtype === types.i64) return read(8, (offset) => Number(view.getBigInt64(offset, true)));
  if (dtype === types.bool) return content;
  return [];
}

/** The numbers with the last one repeated, as TensorFlow shortens tensors. */
function filled(given: ArrayLike<number>, shape: readonly number[], where: string, budget: TensorBudget): Float64Array {
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (given.length === 0 || given.length === size) return Float64Array.from(given);
  if (size < given.length || !Number.isSafeInteger(size)) {
    throw damaged(where, `${given.length} numbers in a tensor of [${shape.join(", ")}]`);
  }
  budget.numRepeated += size - given.length;
  if (budget.numRepeated > maxRepeated) {
    throw damaged(where, `${given.length} numbers stand for a tensor of [${shape.join(", ")}]: too much is left out`);
  }
  const last = given[given.length - 1] ?? 0;
  return Float64Array.from({ length: size }, (_, index) => given[index] ?? last);
}
