// Kernel values to stack code: each call leaves one value on the stack. Knows statements only by their locals.

import { BugError } from "#engine/base/error.ts";
import { isVector, type Value, type ValueType } from "#engine/graph/kernel.ts";
import { addressOf } from "#engine/target/address.ts";
import { emitBinary, emitUnary } from "./arithmetic.ts";
import { wasmTypeOf, type EmitterContext } from "./emitter-context.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { heapStart } from "./layout.ts";
import { emitLoad } from "./memory-access.ts";

/** What an emitter is made from. */
export type EmitterParts = Omit<EmitterContext, "emit" | "address">;

/** Completes a context with the functions that emit values and addresses. */
export function createEmitter(parts: EmitterParts): EmitterContext {
  const context: EmitterContext = {
    ...parts,
    emit: (value) => emitValue(context, value),
    address: (pointer, offset) => emitAddress(context, pointer, offset),
  };
  return context;
}

/** Leaves `value` on the stack. */
function emitValue(context: EmitterContext, value: Value): void {
  switch (value.kind) {
    case "constant":
      emitConstant(context.writer, value.type, value.value);
      return;
    case "local":
      context.writer.get(context.localIndex(value.id));
      return;
    case "chunk":
      context.writer.get(context.chunkIndex);
      return;
    case "buffer":
      context.writer.get(context.bufferIndex(value.index));
      return;
    case "scratch":
    case "offset":
      emitPointer(context, value);
      return;
    case "load":
      emitLoad(context, value);
      return;
    case "unary":
      emitUnary(context, value.operation, value.x);
      return;
    case "binary":
      emitBinary(context, value.operation, value.x, value.y);
      return;
    case "fma":
      emitMultiplyAdd(context, value);
      return;
    case "select":
      emitSelect(context, value);
      return;
    case "conditional":
      emitConditional(context, value);
      return;
    default:
      emitLanes(context, value);
  }
}

function emitPointer(context: EmitterContext, pointer: Value): void {
  const immediate = emitAddress(context, pointer, 0);
  if (immediate === 0) return;
  context.writer.i32(immediate);
  context.writer.op("i32Add");
}

function emitConditional(context: EmitterContext, value: Extract<Value, { kind: "conditional" }>): void {
  const { writer } = context;
  context.emit(value.condition);
  writer.open("if", wasmTypeOf(value.type));
  context.emit(value.x);
  writer.op("else");
  context.emit(value.y);
  writer.op("end");
}

/** Leaves the base of an address on the stack and gives the immediate that completes it. */
function emitAddress(context: EmitterContext, pointer: Value, offset: number): number {
  const { writer } = context;
  const { base, terms, constant } = addressOf(pointer, offset);
  if (base.kind === "scratch") writer.get(context.scratchIndex);
  else emitValue(context, base);
  for (const term of terms) {
    emitValue(context, term);
    writer.op("i32Add");
  }
  if (constant >= 0 && constant <= heapStart) return constant;
  writer.i32(constant);
  writer.op("i32Add");
  return 0;
}

function emitConstant(writer: FunctionWriter, type: ValueType, value: number): void {
  switch (type) {
    case "i32":
    case "pointer":
      writer.i32(value);
      return;
    case "f32":
      writer.f32(value);
      return;
    case "vi32":
      writer.lanes("i32", [value, value, value, value]);
      return;
    case "vf32":
      writer.lanes("f32", [value, value, value, value]);
      return;
    default:
      throw new BugError(`No constant of type ${String(type satisfies never)}.`);
  }
}

function emitMultiplyAdd(context: EmitterContext, value: Extract<Value, { kind: "fma" }>): void {
  const { writer } = context;
  emitValue(context, value.x);
  emitValue(context, value.y);
  if (value.type === "vf32" && context.relaxed) {
    emitValue(context, value.z);
    writer.simd("f32x4RelaxedMadd");
    return;
  }
  if (value.type === "vf32") writer.simd("f32x4Mul");
  else writer.op("f32Mul");
  emitValue(context, value.z);
  if (value.type === "vf32") writer.simd("f32x4Add");
  else writer.op("f32Add");
}

function emitSelect(context: EmitterContext, value: Extract<Value, { kind: "select" }>): void {
  emitValue(context, value.x);
  emitValue(context, value.y);
  emitValue(context, value.condition);
  if (isVector(value.condition.type)) context.writer.simd("bitselect");
  else context.writer.op("select");
}

type LaneValue = Extract<Value, { kind: "splat" | "lane" | "vector" | "shuffle" }>;

function emitLanes(context: EmitterContext, value: LaneValue): void {
  const { writer } = context;
  switch (value.kind) {
    case "splat":
      emitValue(context, value.x);
      writer.simd(value.type === "vf32" ? "f32x4Splat" : "i32x4Splat");
      return;
    case "lane":
      emitValue(context, value.x);
      writer.lane(value.type === "f32" ? "f32x4ExtractLane" : "i32x4ExtractLane", value.lane);
      return;
    case "vector":
      emitVector(context, value);
      return;
    case "shuffle":
      emitValue(context, value.x);
      emitValue(context, value.y);
      writer.shuffle(value.order.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte)));
      return;
    default:
      throw new BugError(`Unknown kernel value ${JSON.stringify(value satisfies never)}.`);
  }
}

function emitVector(context: EmitterContext, value: Extract<Value, { kind: "vector" }>): void {
  const { writer } = context;
  const isFloat = value.type === "vf32";
  if (value.lanes.length !== 4) throw new BugError(`A wasm vector has 4 lanes, not ${value.lanes.length}.`);
  const constants = value.lanes.map((lane) => (lane.kind === "constant" ? lane.value : 0));
  writer.lanes(isFloat ? "f32" : "i32", constants);
  for (const [index, lane] of value.lanes.entries()) {
    if (lane.kind === "constant") continue;
    emitValue(context, lane);
    writer.lane(isFloat ? "f32x4ReplaceLane" : "i32x4ReplaceLane", index);
  }
}
