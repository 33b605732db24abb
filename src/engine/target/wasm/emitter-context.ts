// What emitting the values of one function needs: its writer, where its names lie, and the emitter itself.

import { isVector, type Value, type ValueType } from "#engine/graph/kernel.ts";
import type { Conversion } from "#engine/target/conversion.ts";
import type { FunctionWriter } from "./function-writer.ts";
import type { WasmType } from "./opcodes.ts";

/** What the values of one function need of their surroundings. */
export interface EmitterContext {
  readonly writer: FunctionWriter;
  readonly relaxed: boolean;
  /** The wasm local of a kernel's local. */
  readonly localIndex: (id: number) => number;
  /** The wasm local that holds a buffer's address. */
  readonly bufferIndex: (buffer: number) => number;
  readonly chunkIndex: number;
  readonly scratchIndex: number;
  /** Function index of a conversion. */
  readonly conversion: (conversion: Conversion) => number;
  /** Leaves a value on the stack. */
  readonly emit: (value: Value) => void;
  /** Leaves the base of an address on the stack and gives the immediate that completes it. */
  readonly address: (pointer: Value, offset: number) => number;
}

/** The wasm type that holds a kernel type. */
export function wasmTypeOf(type: ValueType): WasmType {
  if (isVector(type)) return "v128";
  return type === "f32" ? "f32" : "i32";
}
