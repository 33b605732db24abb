// Loads and stores of each memory type, with widening and narrowing. u8, f16 and bf16 are storage only.

import { BugError } from "#engine/base/error.ts";
import { isVector, type Statement, type Value } from "#engine/graph/kernel.ts";
import type { EmitterContext } from "./emitter-context.ts";

type Load = Extract<Value, { kind: "load" }>;
type Store = Extract<Statement, { kind: "store" }>;

/** Leaves a loaded value on the stack. */
export function emitLoad(context: EmitterContext, value: Load): void {
  const offset = context.address(value.pointer, value.offset);
  const isFloatMemory = value.memory !== "i32" && value.memory !== "u8";
  const isFloatValue = value.type === "f32" || value.type === "vf32";
  if (isFloatMemory !== isFloatValue || value.type === "pointer") {
    throw new BugError(`Kernel loads ${value.type} from ${value.memory}.`);
  }
  if (!isVector(value.type)) emitScalarLoad(context, value, offset);
  else if (value.splat) emitSplatLoad(context, value, offset);
  else emitVectorLoad(context, value, offset);
}

function emitScalarLoad(context: EmitterContext, { memory }: Load, offset: number): void {
  const { writer } = context;
  switch (memory) {
    case "f32":
      writer.memory("f32Load", 2, offset);
      return;
    case "i32":
      writer.memory("i32Load", 2, offset);
      return;
    case "u8":
      writer.memory("i32Load8U", 0, offset);
      return;
    case "bf16":
      writer.memory("i32Load16U", 1, offset);
      writer.i32(16);
      writer.op("i32Shl", "f32ReinterpretI32");
      return;
    case "f16":
      writer.memory("i32Load16U", 1, offset);
      writer.simd("i32x4Splat");
      writer.call(context.conversion("f16ToF32"));
      writer.lane("f32x4ExtractLane", 0);
      return;
    default:
      memory satisfies never;
  }
}

function emitSplatLoad(context: EmitterContext, { memory }: Load, offset: number): void {
  const { writer } = context;
  if (memory === "f32" || memory === "i32") {
    writer.simdMemory("load32Splat", 2, offset);
    return;
  }
  if (memory === "u8") writer.memory("i32Load8U", 0, offset);
  else writer.memory("i32Load16U", 1, offset);
  writer.simd("i32x4Splat");
  emitWidening(context, memory);
}

function emitVectorLoad(context: EmitterContext, { memory }: Load, offset: number): void {
  const { writer } = context;
  switch (memory) {
    case "f32":
    case "i32":
      writer.simdMemory("load", 2, offset);
      return;
    case "u8":
      writer.simdMemory("load32Zero", 0, offset);
      writer.simd("i16x8ExtendLowI8x16U");
      writer.simd("i32x4ExtendLowI16x8U");
      return;
    case "f16":
    case "bf16":
      writer.simdMemory("load64Zero", 1, offset);
      writer.simd("i32x4ExtendLowI16x8U");
      emitWidening(context, memory);
      return;
    default:
      memory satisfies never;
  }
}

/** Bits in four i32 lanes to values. */
function emitWidening({ writer, conversion }: EmitterContext, memory: "u8" | "f16" | "bf16"): void {
  if (memory === "f16") writer.call(conversion("f16ToF32"));
  if (memory === "bf16") {
    writer.i32(16);
    writer.simd("i32x4Shl");
  }
}

/** Stores a value. */
export function emitStore(context: EmitterContext, { memory, pointer, offset, value }: Store): void {
  const isFloatMemory = memory !== "i32" && memory !== "u8";
  const isFloatValue = value.type === "f32" || value.type === "vf32";
  if (isFloatMemory !== isFloatValue || value.type === "pointer") {
    throw new BugError(`Kernel stores ${value.type} to ${memory}.`);
  }
  const immediate = context.address(pointer, offset);
  context.emit(value);
  if (isVector(value.type)) emitVectorStore(context, memory, immediate);
  else emitScalarStore(context, memory, immediate);
}

function emitScalarStore({ writer, conversion }: EmitterContext, memory: Store["memory"], offset: number): void {
  switch (memory) {
    case "f32":
      writer.memory("f32Store", 2, offset);
      return;
    case "i32":
      writer.memory("i32Store", 2, offset);
      return;
    case "u8":
      writer.memory("i32Store8", 0, offset);
      return;
    case "f16":
    case "bf16":
      writer.simd("f32x4Splat");
      writer.call(conversion(memory === "f16" ? "f32ToF16" : "f32ToBf16"));
      writer.lane("i32x4ExtractLane", 0);
      writer.memory("i32Store16", 1, offset);
      return;
    default:
      memory satisfies never;
  }
}

function emitVectorStore({ writer, conversion }: EmitterContext, memory: Store["memory"], offset: number): void {
  switch (memory) {
    case "f32":
    case "i32":
      writer.simdMemory("store", 2, offset);
      return;
    case "u8":
      writer.lanes("i32", [0, 0, 0, 0]);
      writer.shuffle([0, 4, 8, 12, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16]);
      writer.simdStoreLane("store32Lane", 0, offset);
      return;
    case "f16":
    case "bf16":
      writer.call(conversion(memory === "f16" ? "f32ToF16" : "f32ToBf16"));
      writer.lanes("i32", [0, 0, 0, 0]);
      writer.simd("i16x8NarrowI32x4U");
      writer.simdStoreLane("store64Lane", 1, offset);
      return;
    default:
      memory satisfies never;
  }
}
