// One function body: instructions, typed locals, temporaries that are given back and used again. Knows no kernel.

import { ByteWriter } from "#engine/target/byte-writer.ts";
import { atomicOp, numericOp, op, simdOp, wasmType, type WasmType } from "./opcodes.ts";

/** Writes one function; locals are numbered after the parameters. */
export class FunctionWriter {
  readonly #code = new ByteWriter();
  readonly #locals: WasmType[] = [];
  readonly #free = new Map<WasmType, number[]>();
  readonly #numParameters: number;

  constructor(numParameters: number) {
    this.#numParameters = numParameters;
  }

  /** A new local; gives its index. */
  local(type: WasmType): number {
    this.#locals.push(type);
    return this.#numParameters + this.#locals.length - 1;
  }

  /** A local that nobody else holds until `release`. */
  temporary(type: WasmType): number {
    return this.#free.get(type)?.pop() ?? this.local(type);
  }

  release(type: WasmType, index: number): void {
    const list = this.#free.get(type);
    if (list === undefined) this.#free.set(type, [index]);
    else list.push(index);
  }

  /** One instruction without arguments, or two of them. */
  op(name: keyof typeof op, next?: keyof typeof op): void {
    this.#code.byte(op[name]);
    if (next !== undefined) this.#code.byte(op[next]);
  }

  numeric(name: keyof typeof numericOp): void {
    this.#code.byte(0xfc);
    this.#code.unsigned(numericOp[name]);
  }

  simd(name: keyof typeof simdOp): void {
    this.#code.byte(0xfd);
    this.#code.unsigned(simdOp[name]);
  }

  get(index: number): void {
    this.#code.byte(op.localGet);
    this.#code.unsigned(index);
  }

  set(index: number): void {
    this.#code.byte(op.localSet);
    this.#code.unsigned(index);
  }

  tee(index: number): void {
    this.#code.byte(op.localTee);
    this.#code.unsigned(index);
  }

  call(functionIndex: number): void {
    this.op("call");
    this.#code.unsigned(functionIndex);
  }

  i32(value: number): void {
    this.op("i32Const");
    this.#code.signed(value);
  }

  i64(value: number): void {
    this.op("i64Const");
    this.#code.signed(value);
  }

  f32(value: number): void {
    this.op("f32Const");
    this.#code.float(value);
  }

  /** A vector constant of four 32-bit lanes. */
  lanes(type: "i32" | "f32", values: readonly number[]): void {
    this.simd("const");
    for (const value of values) {
      if (type === "f32") this.#code.float(value);
      else this.#code.integer(value);
    }
  }

  /** A byte shuffle; 16 indices below 32. */
  shuffle(indices: readonly number[]): void {
    this.simd("shuffle");
    this.#code.bytes(indices);
  }

  /** extract or replace */
  lane(name: "i32x4ExtractLane" | "f32x4ExtractLane" | "i32x4ReplaceLane" | "f32x4ReplaceLane", index: number): void {
    this.simd(name);
    this.#code.byte(index);
  }

  /** A load or store; `align` is the exponent of the alignment. */
  memory(name: keyof typeof op, align: number, offset: number): void {
    this.op(name);
    this.#argument(align, offset);
  }

  simdMemory(name: keyof typeof simdOp, align: number, offset: number): void {
    this.simd(name);
    this.#argument(align, offset);
  }

  /** A store of one lane. */
  simdStoreLane(name: "store32Lane" | "store64Lane", align: number, offset: number): void {
    this.simdMemory(name, align, offset);
    this.#code.byte(0);
  }

  /** An atomic instruction on an i32. */
  atomic(name: keyof typeof atomicOp, offset: number): void {
    this.#code.byte(0xfe);
    this.#code.unsigned(atomicOp[name]);
    this.#argument(2, offset);
  }

  /** Opens a structure with a result type or none; `end` closes it. */
  open(name: "block" | "loop" | "if", result?: WasmType): void {
    this.op(name);
    this.#code.byte(result === undefined ? 0x40 : wasmType[result]);
  }

  /** Leaves `depth` structures, or goes back to the start of a loop. */
  branch(name: "br" | "brIf", depth: number): void {
    this.op(name);
    this.#code.unsigned(depth);
  }

  /** The body with its declarations, as the code section holds it. */
  finish(): Uint8Array<ArrayBuffer> {
    const body = new ByteWriter();
    const groups: { type: WasmType; count: number }[] = [];
    for (const type of this.#locals) {
      const last = groups.at(-1);
      if (last?.type === type) last.count += 1;
      else groups.push({ type, count: 1 });
    }
    body.unsigned(groups.length);
    for (const { type, count } of groups) {
      body.unsigned(count);
      body.byte(wasmType[type]);
    }
    body.bytes(this.#code.finish());
    body.byte(op.end);
    return body.finish();
  }

  #argument(align: number, offset: number): void {
    this.#code.unsigned(align);
    this.#code.unsigned(offset);
  }
}
