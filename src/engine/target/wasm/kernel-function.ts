// One kernel as one function `(chunk, scratch, args)`: statements, loops with the test at the bottom, buffer addresses
// read once at entry. Also the conversion functions, which are values over one local.

import { BugError } from "#engine/base/error.ts";
import type { Kernel, Local, Statement, Value } from "#engine/graph/kernel.ts";
import { convert, type Conversion } from "#engine/target/conversion.ts";
import { wasmTypeOf, type EmitterContext } from "./emitter-context.ts";
import { FunctionWriter } from "./function-writer.ts";
import { emitStore } from "./memory-access.ts";
import { createEmitter } from "./value-emitter.ts";

export interface KernelOptions {
  readonly relaxed: boolean;
  readonly conversion: (conversion: Conversion) => number;
}

const chunkIndex = 0;
const scratchIndex = 1;
const argsIndex = 2;

/** The body of a kernel's function. */
export function encodeKernel(kernel: Kernel, options: KernelOptions): Uint8Array<ArrayBuffer> {
  const writer = new FunctionWriter(3);
  const locals = kernel.locals.map((type) => writer.local(wasmTypeOf(type)));
  const buffers = Array.from({ length: kernel.numBuffers }, () => writer.local("i32"));
  for (const [index, local] of buffers.entries()) {
    writer.get(argsIndex);
    writer.memory("i32Load", 2, index * 4);
    writer.set(local);
  }
  const context = createEmitter({
    ...options,
    writer,
    localIndex: (id) => locals[id] ?? notNamed(`local ${id}`, kernel),
    bufferIndex: (id) => buffers[id] ?? notNamed(`buffer ${id}`, kernel),
    chunkIndex,
    scratchIndex,
  });
  emitStatements(context, kernel.body);
  return writer.finish();
}

/** The body of a conversion's function, v128 to v128. */
export function encodeConversion(conversion: Conversion): Uint8Array<ArrayBuffer> {
  const writer = new FunctionWriter(1);
  const input: Local = { kind: "local", type: conversion === "f16ToF32" ? "vi32" : "vf32", id: 0 };
  const context = createEmitter({
    writer,
    relaxed: false,
    localIndex: (id) => id,
    bufferIndex: notThere,
    chunkIndex: 0,
    scratchIndex: 0,
    conversion: notThere,
  });
  context.emit(convert(conversion, input));
  return writer.finish();
}

function notThere(): number {
  throw new BugError("A conversion reads only its input.");
}

function emitStatements(context: EmitterContext, statements: readonly Statement[]): void {
  statements.forEach((statement) => emitStatement(context, statement));
}

function emitStatement(context: EmitterContext, statement: Statement): void {
  const { writer } = context;
  switch (statement.kind) {
    case "set":
      context.emit(statement.value);
      writer.set(context.localIndex(statement.local.id));
      return;
    case "store":
      emitStore(context, statement);
      return;
    case "for":
      emitLoop(context, statement);
      return;
    case "if":
      context.emit(statement.condition);
      writer.open("if");
      emitStatements(context, statement.then);
      if (statement.otherwise.length > 0) {
        writer.op("else");
        emitStatements(context, statement.otherwise);
      }
      writer.op("end");
      return;
    default:
      statement satisfies never;
  }
}

type Loop = Extract<Statement, { kind: "for" }>;

/** `if (from < to) do { … } while ((local += step) < to)`; the first test is left out where both are known. */
function emitLoop(context: EmitterContext, loop: Loop): void {
  const { writer } = context;
  const index = context.localIndex(loop.local.id);
  context.emit(loop.from);
  writer.set(index);
  const isKnown = loop.from.kind === "constant" && loop.to.kind === "constant";
  if (isKnown && !(constantOf(loop.from) < constantOf(loop.to))) return;
  const limit = loop.to.kind === "constant" ? undefined : writer.temporary("i32");
  if (limit !== undefined) {
    context.emit(loop.to);
    writer.set(limit);
  }
  const test = (): void => {
    if (limit === undefined) writer.i32(constantOf(loop.to));
    else writer.get(limit);
    writer.op("i32LtS");
  };
  if (isKnown && constantOf(loop.from) + loop.step >= constantOf(loop.to)) {
    emitStatements(context, loop.body);
    return;
  }
  if (!isKnown) {
    writer.get(index);
    test();
    writer.open("if");
  }
  writer.open("loop");
  emitStatements(context, loop.body);
  writer.get(index);
  writer.i32(loop.step);
  writer.op("i32Add");
  writer.tee(index);
  test();
  writer.branch("brIf", 0);
  writer.op("end");
  if (!isKnown) writer.op("end");
  if (limit !== undefined) writer.release("i32", limit);
}

function constantOf(value: Value): number {
  return value.kind === "constant" ? value.value : Number.NaN;
}

function notNamed(what: string, kernel: Kernel): never {
  throw new BugError(`Kernel ${kernel.name} names ${what}, which it does not have.`);
}
