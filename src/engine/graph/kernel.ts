// The kernel language: what a CPU target compiles. Typed loops, vectors of the target's width, loads, stores, fused
// multiply-add, select. TypeScript is its macro language: a micro-kernel is an ordinary loop that builds values.
// A kernel runs once per chunk of its grid; chunks are independent and may run on any thread in any order.

import { BugError } from "#engine/base/error.ts";

/** `vi32` and `vf32` hold `lanes` elements of the target; a bool is i32 0 or 1, in vectors a mask of 0 or -1. */
export type ValueType = "i32" | "f32" | "vi32" | "vf32" | "pointer";

/** How an element lies in memory: u8 loads widen to i32, f16 and bf16 to f32; stores narrow (u8 takes the low bits). */
export type MemoryType = "f32" | "i32" | "u8" | "f16" | "bf16";

export type KernelUnary =
  | "negate"
  | "abs"
  | "sqrt"
  | "floor"
  | "ceil"
  | "round" // half to even
  | "not" // i32: 1 for 0, else 0; vi32: all bits inverted
  | "toF32" // from i32, signed
  | "toI32" // from f32, saturating, NaN gives 0
  | "asF32" // the same bits
  | "asI32";

export type KernelBinary =
  | "add"
  | "subtract"
  | "multiply"
  | "divide" // f32; i32: signed, towards zero, the divisor is not 0
  | "remainder" // i32 scalar, signed, the divisor is not 0
  | "divideUnsigned" // i32 scalar
  | "remainderUnsigned" // i32 scalar
  | "multiplyHighUnsigned" // i32 scalar: the upper 32 bits of the 64-bit product
  | "minimum" // f32: NaN if either is
  | "maximum"
  | "pseudoMinimum" // f32: y < x ? y : x
  | "pseudoMaximum" // f32: x < y ? y : x
  | "and"
  | "or"
  | "xor"
  | "shiftLeft" // y: i32 scalar
  | "shiftRight" // arithmetic
  | "shiftRightLogical"
  | "equal" // comparisons give i32 0 or 1, of vectors a mask
  | "notEqual"
  | "less" // signed
  | "lessEqual";

export type Value =
  | { readonly kind: "constant"; readonly type: ValueType; readonly value: number } // of a vector: every lane
  | { readonly kind: "local"; readonly type: ValueType; readonly id: number }
  | { readonly kind: "chunk"; readonly type: "i32" }
  | { readonly kind: "buffer"; readonly type: "pointer"; readonly index: number }
  | { readonly kind: "scratch"; readonly type: "pointer"; readonly offset: number } // private to the running thread
  | { readonly kind: "offset"; readonly type: "pointer"; readonly pointer: Value; readonly bytes: Value }
  | {
      readonly kind: "load";
      readonly type: ValueType;
      readonly memory: MemoryType;
      readonly pointer: Value;
      readonly offset: number; // bytes
      readonly splat: boolean; // one element into every lane
    }
  | { readonly kind: "unary"; readonly type: ValueType; readonly operation: KernelUnary; readonly x: Value }
  | {
      readonly kind: "binary";
      readonly type: ValueType;
      readonly operation: KernelBinary;
      readonly x: Value;
      readonly y: Value;
    }
  | { readonly kind: "fma"; readonly type: ValueType; readonly x: Value; readonly y: Value; readonly z: Value } // x * y + z
  | {
      /** Both are evaluated. A vector's condition is a mask. */
      readonly kind: "select";
      readonly type: ValueType;
      readonly condition: Value;
      readonly x: Value;
      readonly y: Value;
    }
  | {
      /** Only the chosen one is evaluated; the condition is a scalar. */
      readonly kind: "conditional";
      readonly type: ValueType;
      readonly condition: Value;
      readonly x: Value;
      readonly y: Value;
    }
  | { readonly kind: "splat"; readonly type: ValueType; readonly x: Value }
  | { readonly kind: "lane"; readonly type: ValueType; readonly x: Value; readonly lane: number }
  | { readonly kind: "vector"; readonly type: ValueType; readonly lanes: readonly Value[] }
  | {
      /** Lane n of the result is lane `order[n]` of x, or `order[n] - lanes` of y. */
      readonly kind: "shuffle";
      readonly type: ValueType;
      readonly x: Value;
      readonly y: Value;
      readonly order: readonly number[];
    };

export type Local = Extract<Value, { kind: "local" }>;

export type Statement =
  | { readonly kind: "set"; readonly local: Local; readonly value: Value }
  | {
      readonly kind: "store";
      readonly memory: MemoryType;
      readonly pointer: Value;
      readonly offset: number; // bytes
      readonly value: Value; // a vector stores all its lanes
    }
  | {
      /** local = from; while (local < to) { body; local += step } — signed, `to` is evaluated once. */
      readonly kind: "for";
      readonly local: Local;
      readonly from: Value;
      readonly to: Value;
      readonly step: number;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: "if";
      readonly condition: Value; // i32
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    };

export interface Kernel {
  readonly name: string;
  readonly numBuffers: number;
  /** Types of the locals, by id. */
  readonly locals: readonly ValueType[];
  readonly body: readonly Statement[];
  /** Bytes of private memory that a thread needs. */
  readonly scratchBytes: number;
  readonly numChunks: number;
  /** For `explain`: floating point operations and bytes moved, of all chunks together. */
  readonly flops: number;
  readonly bytes: number;
}

/** What code generation must know of a target. */
export interface TargetTraits {
  readonly lanes: number;
  readonly registers: number;
  readonly fusesMultiplyAdd: boolean;
  /** Rows and vectors of the largest register tile that does not spill. */
  readonly tile: { readonly rows: number; readonly vectors: number };
  /** Bytes of a buffer that its code can reach. */
  readonly mostBufferBytes: number;
  /** Whether 3 x 3 convolutions may take Winograd's F(4x4, 3x3), whose errors are about 15 times larger. */
  readonly usesWinograd: boolean;
}

/** Where a kernel's buffer lies: an argument of the program, or a place in the arena. */
export type Slot =
  | { readonly kind: "argument"; readonly index: number; readonly offset?: number } // bytes from its begin, 0 if left out
  | { readonly kind: "arena"; readonly offset: number };

/** Steps that follow each other `count` times: `numSteps` of them from `first` on are one round. */
export interface RepeatedSteps {
  readonly first: number;
  readonly numSteps: number;
  readonly count: number;
}

/** A compiled graph: kernels in order with a barrier after each. */
export interface KernelProgram {
  readonly name: string;
  readonly kernels: readonly Kernel[];
  /** In the order of execution: those of a loop once for each of its rounds. */
  readonly steps: readonly { readonly kernel: number; readonly buffers: readonly Slot[] }[];
  /** Loops, each before those inside of it, which are named in its first round. */
  readonly loops?: readonly RepeatedSteps[];
  readonly numArguments: number;
  readonly arenaBytes: number;
  readonly preparation?: Preparation;
}

/** What follows from constant parameters alone, to be computed when their values change. */
export interface Preparation {
  /** Its arguments: the graph's parameters in order, then what it computes. */
  readonly program: KernelProgram;
  /** Bytes of each thing it computes: the last arguments of the program that it prepares. */
  readonly keptBytes: readonly number[];
}

const elementBytes: Readonly<Record<MemoryType, number>> = { f32: 4, i32: 4, u8: 1, f16: 2, bf16: 2 };

export function memoryBytes(memory: MemoryType): number {
  return elementBytes[memory];
}

export const int = (value: number): Value => ({ kind: "constant", type: "i32", value });
export const float = (value: number): Value => ({ kind: "constant", type: "f32", value });

/** Whether the type is a vector. */
export function isVector(type: ValueType): boolean {
  return type === "vi32" || type === "vf32";
}

/** The vector type of a scalar type. */
export function vectorOf(type: ValueType): ValueType {
  return type === "f32" ? "vf32" : "vi32";
}

/** The values that a value is computed from. */
export function valueParts(value: Value): readonly Value[] {
  switch (value.kind) {
    case "offset":
      return [value.pointer, value.bytes];
    case "load":
      return [value.pointer];
    case "unary":
    case "splat":
    case "lane":
      return [value.x];
    case "binary":
    case "shuffle":
      return [value.x, value.y];
    case "fma":
      return [value.x, value.y, value.z];
    case "select":
    case "conditional":
      return [value.condition, value.x, value.y];
    case "vector":
      return value.lanes;
    default:
      return [];
  }
}

/** Builds one kernel: methods with a value give a value, the others append a statement where the builder stands. */
export class KernelBuilder {
  readonly #locals: ValueType[] = [];
  #body: Statement[] = [];
  #scratchBytes = 0;

  readonly chunk: Value = { kind: "chunk", type: "i32" };

  buffer(index: number): Value {
    return { kind: "buffer", type: "pointer", index };
  }

  /** Reserves private memory, 64-byte aligned. */
  scratch(bytes: number): Value {
    const offset = this.#scratchBytes;
    this.#scratchBytes += Math.ceil(bytes / 64) * 64;
    return { kind: "scratch", type: "pointer", offset };
  }

  /** A mutable local, set to `initial`. */
  variable(initial: Value): Local {
    const local: Local = { kind: "local", type: initial.type, id: this.#locals.length };
    this.#locals.push(initial.type);
    this.set(local, initial);
    return local;
  }

  /** Evaluates once, here. Constants and locals that never change pass through. */
  let(value: Value): Value {
    return value.kind === "constant" || value.kind === "buffer" || value.kind === "chunk"
      ? value
      : this.variable(value);
  }

  set(local: Local, value: Value): void {
    if (local.type !== value.type) throw new BugError(`Local of ${local.type} set to ${value.type}.`);
    this.#body.push({ kind: "set", local, value });
  }

  loop(from: Value, to: Value, step: number, body: (index: Local) => void): void {
    const local: Local = { kind: "local", type: "i32", id: this.#locals.length };
    this.#locals.push("i32");
    this.#body.push({ kind: "for", local, from, to, step, body: this.#block(() => body(local)) });
  }

  when(condition: Value, then: () => void, otherwise: () => void = () => {}): void {
    if (condition.kind === "constant") {
      if (condition.value === 0) otherwise();
      else then();
      return;
    }
    this.#body.push({ kind: "if", condition, then: this.#block(then), otherwise: this.#block(otherwise) });
  }

  store(memory: MemoryType, pointer: Value, value: Value, offset = 0): void {
    this.#body.push({ kind: "store", memory, pointer, offset, value });
  }

  finish(options: { name: string; numBuffers: number; numChunks: number; flops: number; bytes: number }): Kernel {
    return { ...options, locals: this.#locals, body: this.#body, scratchBytes: this.#scratchBytes };
  }

  /** The statements that `fill` appends, for `append` to put somewhere. */
  capture(fill: () => void): readonly Statement[] {
    return this.#block(fill);
  }

  append(statements: readonly Statement[]): void {
    this.#body.push(...statements);
  }

  #block(fill: () => void): Statement[] {
    const outer = this.#body;
    this.#body = [];
    fill();
    const block = this.#body;
    this.#body = outer;
    return block;
  }
}

/** Pointer arithmetic: `bytes` is an i32. */
export function offsetBy(pointer: Value, bytes: Value): Value {
  if (bytes.kind === "constant" && bytes.value === 0) return pointer;
  return { kind: "offset", type: "pointer", pointer, bytes };
}

/** Address of element `index`. */
export function elementAt(pointer: Value, memory: MemoryType, index: Value): Value {
  return offsetBy(pointer, multiply(index, int(memoryBytes(memory))));
}

export function load(type: ValueType, memory: MemoryType, pointer: Value, offset = 0): Value {
  return { kind: "load", type, memory, pointer, offset, splat: false };
}

/** One f32 into every lane. */
export function loadSplat(pointer: Value, offset = 0): Value {
  return { kind: "load", type: "vf32", memory: "f32", pointer, offset, splat: true };
}

export function unaryValue(operation: KernelUnary, x: Value): Value {
  const floats = x.type === "vf32" || x.type === "vi32" ? "vf32" : "f32";
  const integers = x.type === "vf32" || x.type === "vi32" ? "vi32" : "i32";
  if (operation === "toF32" || operation === "asF32") return { kind: "unary", type: floats, operation, x };
  if (operation === "toI32" || operation === "asI32") return { kind: "unary", type: integers, operation, x };
  return { kind: "unary", type: x.type, operation, x };
}

export function binaryValue(operation: KernelBinary, x: Value, y: Value): Value {
  const isShift = operation === "shiftLeft" || operation === "shiftRight" || operation === "shiftRightLogical";
  if (x.type !== y.type && !(isShift && y.type === "i32")) {
    throw new BugError(`Kernel ${operation} mixes ${x.type} and ${y.type}.`);
  }
  const isComparison =
    operation === "equal" || operation === "notEqual" || operation === "less" || operation === "lessEqual";
  const type = isComparison ? (isVector(x.type) ? "vi32" : "i32") : x.type;
  return { kind: "binary", type, operation, x, y };
}

/** Sum; of two i32 constants folded. */
export function add(x: Value, y: Value): Value {
  if (x.type === "i32" && y.kind === "constant") {
    if (y.value === 0) return x;
    if (x.kind === "constant") return int((x.value + y.value) | 0);
  }
  if (y.type === "i32" && x.kind === "constant" && x.value === 0) return y;
  return binaryValue("add", x, y);
}

export function subtract(x: Value, y: Value): Value {
  return binaryValue("subtract", x, y);
}

/** Product; of i32 with constants folded. */
export function multiply(x: Value, y: Value): Value {
  if (x.type === "i32") {
    if (x.kind === "constant" && y.kind === "constant") return int(Math.imul(x.value, y.value));
    if (y.kind === "constant" && y.value === 1) return x;
    if (x.kind === "constant" && x.value === 1) return y;
    if ((y.kind === "constant" && y.value === 0) || (x.kind === "constant" && x.value === 0)) return int(0);
  }
  return binaryValue("multiply", x, y);
}

export function less(x: Value, y: Value): Value {
  return binaryValue("less", x, y);
}

export function fma(x: Value, y: Value, z: Value): Value {
  return { kind: "fma", type: z.type, x, y, z };
}

export function selectValue(condition: Value, x: Value, y: Value): Value {
  return { kind: "select", type: x.type, condition, x, y };
}

export function conditional(condition: Value, x: Value, y: Value): Value {
  return { kind: "conditional", type: x.type, condition, x, y };
}

export function splat(x: Value): Value {
  if (x.kind === "constant") return { kind: "constant", type: vectorOf(x.type), value: x.value };
  if (x.kind === "load" && x.type === "f32" && x.memory === "f32") return { ...x, type: "vf32", splat: true };
  return { kind: "splat", type: vectorOf(x.type), x };
}

export function lane(x: Value, index: number): Value {
  return { kind: "lane", type: x.type === "vf32" ? "f32" : "i32", x, lane: index };
}

export function vector(lanes: readonly Value[]): Value {
  const first = lanes[0];
  if (first === undefined) throw new BugError("A vector needs lanes.");
  return { kind: "vector", type: vectorOf(first.type), lanes };
}

export function shuffle(x: Value, y: Value, order: readonly number[]): Value {
  return { kind: "shuffle", type: x.type, x, y, order };
}
