// Unary and binary operations of kernel values, scalar and vector.

import { BugError } from "#engine/base/error.ts";
import { isVector, type KernelBinary, type KernelUnary, type Value, type ValueType } from "#engine/graph/kernel.ts";
import { wasmTypeOf, type EmitterContext } from "./emitter-context.ts";
import type { FunctionWriter } from "./function-writer.ts";
import type { op, simdOp, WasmType } from "./opcodes.ts";

type ScalarOp = keyof typeof op;
type VectorOp = keyof typeof simdOp;
type Scalars<Operation extends string> = Readonly<Partial<Record<Operation, ScalarOp>>>;
type Vectors<Operation extends string> = Readonly<Partial<Record<Operation, VectorOp>>>;

const floatUnary: Scalars<KernelUnary> = {
  negate: "f32Neg",
  abs: "f32Abs",
  sqrt: "f32Sqrt",
  floor: "f32Floor",
  ceil: "f32Ceil",
  round: "f32Nearest",
  asI32: "i32ReinterpretF32",
};
const integerUnary: Scalars<KernelUnary> = { not: "i32Eqz", toF32: "f32ConvertI32S", asF32: "f32ReinterpretI32" };
const floatsUnary: Vectors<KernelUnary> = {
  negate: "f32x4Neg",
  abs: "f32x4Abs",
  sqrt: "f32x4Sqrt",
  floor: "f32x4Floor",
  ceil: "f32x4Ceil",
  round: "f32x4Nearest",
  toI32: "i32x4TruncSatF32x4S",
};
const integersUnary: Vectors<KernelUnary> = {
  negate: "i32x4Neg",
  abs: "i32x4Abs",
  not: "not",
  toF32: "f32x4ConvertI32x4S",
};
const floatBinary: Scalars<KernelBinary> = {
  add: "f32Add",
  subtract: "f32Sub",
  multiply: "f32Mul",
  divide: "f32Div",
  minimum: "f32Min",
  maximum: "f32Max",
  equal: "f32Eq",
  notEqual: "f32Ne",
  less: "f32Lt",
  lessEqual: "f32Le",
};
const integerBinary: Scalars<KernelBinary> = {
  add: "i32Add",
  subtract: "i32Sub",
  multiply: "i32Mul",
  remainder: "i32RemS",
  divideUnsigned: "i32DivU",
  remainderUnsigned: "i32RemU",
  and: "i32And",
  or: "i32Or",
  xor: "i32Xor",
  shiftLeft: "i32Shl",
  shiftRight: "i32ShrS",
  shiftRightLogical: "i32ShrU",
  equal: "i32Eq",
  notEqual: "i32Ne",
  less: "i32LtS",
  lessEqual: "i32LeS",
};
const floatsBinary: Vectors<KernelBinary> = {
  add: "f32x4Add",
  subtract: "f32x4Sub",
  multiply: "f32x4Mul",
  divide: "f32x4Div",
  minimum: "f32x4Min",
  maximum: "f32x4Max",
  pseudoMinimum: "f32x4Pmin",
  pseudoMaximum: "f32x4Pmax",
  and: "and",
  or: "or",
  xor: "xor",
  equal: "f32x4Eq",
  notEqual: "f32x4Ne",
  less: "f32x4Lt",
  lessEqual: "f32x4Le",
};
const integersBinary: Vectors<KernelBinary> = {
  add: "i32x4Add",
  subtract: "i32x4Sub",
  multiply: "i32x4Mul",
  minimum: "i32x4MinS",
  maximum: "i32x4MaxS",
  pseudoMinimum: "i32x4MinS",
  pseudoMaximum: "i32x4MaxS",
  and: "and",
  or: "or",
  xor: "xor",
  shiftLeft: "i32x4Shl",
  shiftRight: "i32x4ShrS",
  shiftRightLogical: "i32x4ShrU",
  equal: "i32x4Eq",
  notEqual: "i32x4Ne",
  less: "i32x4LtS",
  lessEqual: "i32x4LeS",
};

/** Leaves `operation(x)` on the stack. */
export function emitUnary(context: EmitterContext, operation: KernelUnary, x: Value): void {
  const { writer } = context;
  if (isVector(x.type)) {
    context.emit(x);
    if (operation === "asF32" || operation === "asI32") return;
    const name = (x.type === "vf32" ? floatsUnary : integersUnary)[operation];
    if (name === undefined) throw unknown(operation, x.type);
    writer.simd(name);
    return;
  }
  if (x.type === "i32" && (operation === "negate" || operation === "abs")) {
    emitIntegerSign(context, operation, x);
    return;
  }
  context.emit(x);
  if (x.type === "f32" && operation === "toI32") writer.numeric("i32TruncSatF32S");
  else {
    if (x.type === "f32" ? operation === "asF32" : operation === "asI32") return;
    const name = (x.type === "f32" ? floatUnary : integerUnary)[operation];
    if (name === undefined) throw unknown(operation, x.type);
    writer.op(name);
  }
}

function emitIntegerSign(context: EmitterContext, operation: "negate" | "abs", x: Value): void {
  const { writer } = context;
  if (operation === "negate") {
    writer.i32(0);
    context.emit(x);
    writer.op("i32Sub");
    return;
  }
  const held = writer.temporary("i32");
  writer.i32(0);
  context.emit(x);
  writer.tee(held);
  writer.op("i32Sub");
  writer.get(held);
  writer.get(held);
  writer.i32(0);
  writer.op("i32LtS", "select");
  writer.release("i32", held);
}

/** Leaves `operation(x, y)` on the stack. */
export function emitBinary(context: EmitterContext, operation: KernelBinary, x: Value, y: Value): void {
  if (isVector(x.type)) emitVectorBinary(context, operation, x, y);
  else if (x.type === "f32") emitFloatBinary(context, operation, x, y);
  else emitIntegerBinary(context, operation, x, y);
}

function emitFloatBinary(context: EmitterContext, operation: KernelBinary, x: Value, y: Value): void {
  if (operation === "pseudoMinimum" || operation === "pseudoMaximum") {
    emitHeld(context, x, y, (left, right) => {
      const { writer } = context;
      writer.get(right);
      writer.get(left);
      writer.get(operation === "pseudoMinimum" ? right : left);
      writer.get(operation === "pseudoMinimum" ? left : right);
      writer.op("f32Lt", "select");
    });
    return;
  }
  const name = floatBinary[operation];
  if (name === undefined) throw unknown(operation, x.type);
  context.emit(x);
  context.emit(y);
  context.writer.op(name);
}

function emitIntegerBinary(context: EmitterContext, operation: KernelBinary, x: Value, y: Value): void {
  const { writer } = context;
  switch (operation) {
    case "minimum":
    case "maximum":
    case "pseudoMinimum":
    case "pseudoMaximum":
      emitHeld(context, x, y, (left, right) => {
        const isMinimum = operation === "minimum" || operation === "pseudoMinimum";
        for (const index of [left, right, left, right]) writer.get(index);
        writer.op(isMinimum ? "i32LtS" : "i32GtS", "select");
      });
      return;
    case "divide":
      emitDivision(context, x, y);
      return;
    case "multiplyHighUnsigned":
      context.emit(x);
      writer.op("i64ExtendI32U");
      context.emit(y);
      writer.op("i64ExtendI32U", "i64Mul");
      writer.i64(32);
      writer.op("i64ShrU", "i32WrapI64");
      return;
    default:
      emitPlainInteger(context, operation, x, y);
  }
}

function emitPlainInteger(context: EmitterContext, operation: KernelBinary, x: Value, y: Value): void {
  const { writer } = context;
  const name = integerBinary[operation];
  if (name === undefined) throw unknown(operation, x.type);
  if (operation === "multiply" && x.kind === "constant" && y.kind !== "constant") {
    emitPlainInteger(context, operation, y, x);
    return;
  }
  context.emit(x);
  const shift = operation === "multiply" && y.kind === "constant" ? Math.log2(y.value) : -1;
  if (Number.isInteger(shift) && shift >= 0) {
    writer.i32(shift);
    writer.op("i32Shl");
    return;
  }
  context.emit(y);
  writer.op(name);
}

/** Signed division; the machine's traps for the smallest integer by -1, ours wraps. */
function emitDivision(context: EmitterContext, x: Value, y: Value): void {
  const { writer } = context;
  if (y.kind === "constant" && y.value !== -1) {
    context.emit(x);
    context.emit(y);
    writer.op("i32DivS");
    return;
  }
  emitHeld(context, x, y, (left, right) => emitHeldDivision(writer, left, right));
}

function emitHeldDivision(writer: FunctionWriter, left: number, right: number): void {
  writer.get(right);
  writer.i32(-1);
  writer.op("i32Eq");
  writer.open("if", "i32");
  writer.i32(0);
  writer.get(left);
  writer.op("i32Sub", "else");
  writer.get(left);
  writer.get(right);
  writer.op("i32DivS", "end");
}

function emitVectorBinary(context: EmitterContext, operation: KernelBinary, x: Value, y: Value): void {
  const { writer } = context;
  const name = (x.type === "vf32" ? floatsBinary : integersBinary)[operation];
  if (name !== undefined) {
    context.emit(x);
    context.emit(y);
    writer.simd(name);
  } else if (x.type === "vi32" && operation === "multiplyHighUnsigned") {
    emitHeld(context, x, y, (left, right) => {
      for (const half of ["i64x2ExtmulLowI32x4U", "i64x2ExtmulHighI32x4U"] as const) {
        writer.get(left);
        writer.get(right);
        writer.simd(half);
      }
      writer.shuffle([4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31]);
    });
  } else if (x.type === "vi32") {
    emitLaneByLane(context, operation, x, y);
  } else throw unknown(operation, x.type);
}

/** What SIMD128 lacks: integer division and its kin, one lane after the other. */
function emitLaneByLane(context: EmitterContext, operation: KernelBinary, x: Value, y: Value): void {
  const { writer } = context;
  const name = integerBinary[operation];
  if (name === undefined && operation !== "divide") throw unknown(operation, x.type);
  emitHeld(context, x, y, (left, right) => {
    const held = [left, right].map((vector) => ({ vector, scalar: writer.temporary("i32") }));
    writer.get(left);
    for (let lane = 0; lane < 4; lane += 1) {
      for (const { vector, scalar } of held) {
        writer.get(vector);
        writer.lane("i32x4ExtractLane", lane);
        writer.set(scalar);
      }
      const [a, b] = held.map(({ scalar }) => scalar);
      if (a === undefined || b === undefined) throw unknown(operation, x.type);
      if (name === undefined) emitHeldDivision(writer, a, b);
      else {
        writer.get(a);
        writer.get(b);
        writer.op(name);
      }
      writer.lane("i32x4ReplaceLane", lane);
    }
    for (const { scalar } of held) writer.release("i32", scalar);
  });
}

/** Evaluates x and y once, into temporaries. */
function emitHeld(context: EmitterContext, x: Value, y: Value, use: (left: number, right: number) => void): void {
  const { writer } = context;
  const types: readonly [WasmType, WasmType] = [wasmTypeOf(x.type), wasmTypeOf(y.type)];
  context.emit(x);
  const left = writer.temporary(types[0]);
  writer.set(left);
  context.emit(y);
  const right = writer.temporary(types[1]);
  writer.set(right);
  use(left, right);
  writer.release(types[0], left);
  writer.release(types[1], right);
}

function unknown(operation: string, type: ValueType): BugError {
  return new BugError(`The wasm target has no ${operation} of ${type}.`);
}
