// The function that each thread enters once a step: claims chunks of every kernel, meets the others at a barrier after
// each, leaves when one of them failed. Also the barrier itself. Computes nothing of its own.

import type { KernelProgram } from "#engine/graph/kernel.ts";
import { FunctionWriter } from "./function-writer.ts";
import { control, table } from "./layout.ts";

/** Function indices that main calls. */
export interface MainOptions {
  /** Whether several threads run the step together. */
  readonly isThreaded: boolean;
  readonly kernel: (kernel: number) => number;
  readonly barrier: number;
  /** Imported `() -> milliseconds`; times each step when there. */
  readonly clock: number | undefined;
}

const threadIndex = 0;
const tableIndex = 1;

/** The body of `main(thread, table) -> 1 when poisoned, else 0`. */
export function encodeMain(program: KernelProgram, options: MainOptions): Uint8Array<ArrayBuffer> {
  const writer = new FunctionWriter(2);
  const scratch = writer.local("i32");
  const chunk = writer.local("i32");
  const started = writer.local("f64");
  writer.get(tableIndex);
  writer.memory("i32Load", 2, table.scratch);
  writer.get(tableIndex);
  writer.memory("i32Load", 2, table.scratchStride);
  writer.get(threadIndex);
  writer.op("i32Mul", "i32Add");
  writer.set(scratch);
  if (options.isThreaded) emitPoisonCheck(writer);
  for (const group of groupSteps(program, options.clock === undefined)) {
    const call = (): void => {
      for (const { kernel, args } of group.calls) {
        writer.get(chunk);
        writer.get(scratch);
        writer.get(tableIndex);
        writer.i32(args);
        writer.op("i32Add");
        writer.call(options.kernel(kernel));
      }
    };
    const { numChunks } = group;
    emitClock(writer, options, () => writer.set(started));
    if (options.isThreaded) emitSharedChunks(writer, { chunk, numChunks, barrier: options.barrier, call });
    else emitOwnChunks(writer, { chunk, numChunks, call });
    emitClock(writer, options, () => emitElapsed(writer, started, group.firstStep * 8));
  }
  writer.i32(0);
  return writer.finish();
}

/** Steps between two barriers: one of many chunks, or a row of single chunks that one thread runs in order. */
interface Group {
  readonly firstStep: number;
  readonly numChunks: number;
  readonly calls: { readonly kernel: number; readonly args: number }[];
}

function groupSteps(program: KernelProgram, mayJoin: boolean): Group[] {
  const groups: Group[] = [];
  let args: number = table.header;
  for (const [firstStep, { kernel, buffers }] of program.steps.entries()) {
    const numChunks = program.kernels[kernel]?.numChunks ?? 0;
    const last = groups.at(-1);
    if (mayJoin && numChunks === 1 && last?.numChunks === 1) last.calls.push({ kernel, args });
    else groups.push({ firstStep, numChunks, calls: [{ kernel, args }] });
    args += buffers.length * 4;
  }
  return groups;
}

interface Chunks {
  readonly chunk: number;
  readonly numChunks: number;
  readonly call: () => void;
}

function emitOwnChunks(writer: FunctionWriter, { chunk, numChunks, call }: Chunks): void {
  if (numChunks <= 0) return;
  writer.i32(0);
  writer.set(chunk);
  writer.open("loop");
  call();
  writer.get(chunk);
  writer.i32(1);
  writer.op("i32Add");
  writer.tee(chunk);
  writer.i32(numChunks);
  writer.op("i32LtS");
  writer.branch("brIf", 0);
  writer.op("end");
}

function emitSharedChunks(
  writer: FunctionWriter,
  { chunk, numChunks, call, barrier }: Chunks & { readonly barrier: number },
): void {
  writer.open("block");
  writer.open("loop");
  writer.i32(0);
  writer.i32(1);
  writer.atomic("i32Add", control.counter);
  writer.tee(chunk);
  writer.i32(numChunks);
  writer.op("i32GeS");
  writer.branch("brIf", 1);
  call();
  writer.branch("br", 0);
  writer.op("end", "end");
  writer.call(barrier);
  writer.open("if");
  writer.i32(1);
  writer.op("return", "end");
}

function emitPoisonCheck(writer: FunctionWriter): void {
  writer.i32(0);
  writer.atomic("i32Load", control.poison);
  writer.open("if");
  writer.i32(1);
  writer.op("return", "end");
}

/** Runs `use` in thread 0 with the time on the stack. */
function emitClock(writer: FunctionWriter, { clock }: MainOptions, use: () => void): void {
  if (clock === undefined) return;
  writer.get(threadIndex);
  writer.op("i32Eqz");
  writer.open("if");
  writer.call(clock);
  use();
  writer.op("end");
}

function emitElapsed(writer: FunctionWriter, started: number, offset: number): void {
  const now = writer.temporary("f64");
  const place = writer.temporary("i32");
  writer.set(now);
  writer.get(tableIndex);
  writer.memory("i32Load", 2, table.times);
  writer.tee(place);
  writer.get(place);
  writer.memory("f64Load", 3, offset);
  writer.get(now);
  writer.get(started);
  writer.op("f64Sub", "f64Add");
  writer.memory("f64Store", 3, offset);
  writer.release("f64", now);
  writer.release("i32", place);
}

/**
 * The body of `barrier() -> poison`. The last to arrive resets the chunk counter and moves the generation on; the
 * others look for that a few microseconds long, then sleep. Whoever poisons also moves the generation on.
 */
export function encodeBarrier(): Uint8Array<ArrayBuffer> {
  const writer = new FunctionWriter(0);
  const generation = writer.local("i32");
  const spins = writer.local("i32");
  loadWord(writer, control.generation);
  writer.set(generation);
  emitPoisonCheck(writer);
  writer.i32(0);
  writer.i32(1);
  writer.atomic("i32Add", control.arrived);
  writer.i32(1);
  writer.op("i32Add");
  loadWord(writer, control.numThreads);
  writer.op("i32Eq");
  writer.open("if");
  emitRelease(writer);
  writer.op("else");
  loadWord(writer, control.spins);
  writer.set(spins);
  emitWait(writer, generation, spins);
  writer.op("end");
  loadWord(writer, control.poison);
  return writer.finish();
}

function emitRelease(writer: FunctionWriter): void {
  for (const word of [control.counter, control.arrived]) {
    writer.i32(0);
    writer.i32(0);
    writer.atomic("i32Store", word);
  }
  writer.i32(0);
  writer.i32(1);
  writer.atomic("i32Add", control.generation);
  writer.op("drop");
  loadWord(writer, control.sleepers);
  writer.open("if");
  writer.i32(0);
  writer.i32(-1);
  writer.atomic("notify", control.generation);
  writer.op("drop", "end");
}

function emitWait(writer: FunctionWriter, generation: number, spins: number): void {
  const isUnchanged = (): void => {
    loadWord(writer, control.generation);
    writer.get(generation);
    writer.op("i32Eq");
  };
  writer.open("block");
  writer.open("loop");
  isUnchanged();
  writer.op("i32Eqz");
  writer.branch("brIf", 1);
  writer.get(spins);
  writer.i32(1);
  writer.op("i32Sub");
  writer.tee(spins);
  writer.branch("brIf", 0);
  writer.op("end");
  count(writer, "i32Add");
  writer.open("loop");
  isUnchanged();
  writer.open("if");
  writer.i32(0);
  writer.get(generation);
  writer.i64(-1);
  writer.atomic("wait32", control.generation);
  writer.op("drop");
  writer.branch("br", 1);
  writer.op("end", "end");
  count(writer, "i32Sub");
  writer.op("end");
}

function count(writer: FunctionWriter, name: "i32Add" | "i32Sub"): void {
  writer.i32(0);
  writer.i32(1);
  writer.atomic(name, control.sleepers);
  writer.op("drop");
}

function loadWord(writer: FunctionWriter, address: number): void {
  writer.i32(0);
  writer.atomic("i32Load", address);
}
