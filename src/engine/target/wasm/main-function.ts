// The function that each thread enters once a step: claims chunks of every kernel, meets the others at a barrier after
// each, leaves when one of them failed. Computes nothing of its own.

import type { KernelProgram } from "#engine/graph/kernel.ts";
import { passagesOf, type Passage } from "#engine/graph/rounds.ts";
import { emitPoisonCheck } from "./barrier-function.ts";
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
  writer.get(tableIndex);
  writer.memory("i32Load", 2, table.scratch);
  writer.get(tableIndex);
  writer.memory("i32Load", 2, table.scratchStride);
  writer.get(threadIndex);
  writer.op("i32Mul", "i32Add");
  writer.set(scratch);
  if (options.isThreaded) emitPoisonCheck(writer);
  new MainWriter(writer, scratch, program, options).write();
  writer.i32(0);
  return writer.finish();
}

/** A kernel and the bytes of its addresses, or calls that repeat. */
type Call =
  | { readonly kernel: number; readonly bytes: number }
  | { readonly count: number; readonly calls: readonly Call[] };

/** What is between two barriers: a step of many chunks, or a row of single chunks that one thread runs in order. */
interface Group {
  readonly firstStep: number;
  readonly numChunks: number;
  readonly calls: Call[];
}

/** Groups in order, some of them repeated. */
type Part = Group | { readonly count: number; readonly parts: readonly Part[] };

/** Writes the groups. Addresses lie in the table in the order of execution: each group moves on to the next ones. */
class MainWriter {
  readonly #writer: FunctionWriter;
  readonly #scratch: number;
  readonly #program: KernelProgram;
  readonly #options: MainOptions;
  readonly #chunk: number;
  readonly #started: number;
  /** The addresses of the group, and of a call in it. */
  readonly #place: number;
  readonly #args: number;

  constructor(writer: FunctionWriter, scratch: number, program: KernelProgram, options: MainOptions) {
    this.#writer = writer;
    this.#scratch = scratch;
    this.#program = program;
    this.#options = options;
    this.#chunk = writer.local("i32");
    this.#place = writer.local("i32");
    this.#args = writer.local("i32");
    this.#started = writer.local("f64");
  }

  write(): void {
    const writer = this.#writer;
    writer.get(tableIndex);
    writer.i32(table.header);
    writer.op("i32Add");
    writer.set(this.#place);
    this.#parts(this.#partsOf(passagesOf(this.#program)));
  }

  #partsOf(passages: readonly Passage[]): Part[] {
    const parts: Part[] = [];
    for (const passage of passages) {
      const part = this.#partOf(passage);
      const last = parts.at(-1);
      if (isRow(part) && last !== undefined && isRow(last) && this.#mayJoin) last.calls.push(...part.calls);
      else parts.push(part);
    }
    return parts;
  }

  #partOf(passage: Passage): Part {
    if (typeof passage === "number") {
      const { kernel, buffers } = this.#program.steps[passage] ?? { kernel: 0, buffers: [] };
      const numChunks = this.#program.kernels[kernel]?.numChunks ?? 0;
      return { firstStep: passage, numChunks, calls: [{ kernel, bytes: buffers.length * 4 }] };
    }
    const { count, body } = passage;
    const parts = this.#partsOf(body);
    const [only] = parts;
    // A body that one thread runs needs no barrier between its iterations, either.
    if (only !== undefined && parts.length === 1 && isRow(only) && this.#mayJoin) {
      return { ...only, calls: [{ count, calls: only.calls }] };
    }
    return { count, parts };
  }

  /** Each step is timed alone. */
  get #mayJoin(): boolean {
    return this.#options.clock === undefined;
  }

  #parts(parts: readonly Part[]): void {
    for (const part of parts) {
      if ("parts" in part) this.#repeat(part.count, () => this.#parts(part.parts));
      else this.#group(part);
    }
  }

  #group({ firstStep, numChunks, calls }: Group): void {
    const writer = this.#writer;
    const call = (): void => {
      writer.get(this.#place);
      writer.set(this.#args);
      this.#calls(calls);
    };
    emitClock(writer, this.#options, () => writer.set(this.#started));
    const chunks = { chunk: this.#chunk, numChunks, call };
    if (this.#options.isThreaded) emitSharedChunks(writer, { ...chunks, barrier: this.#options.barrier });
    else emitOwnChunks(writer, chunks);
    emitClock(writer, this.#options, () => emitElapsed(writer, this.#started, firstStep * 8));
    this.#advance(this.#place, bytesOf(calls));
  }

  #calls(calls: readonly Call[]): void {
    const writer = this.#writer;
    for (const call of calls) {
      if ("calls" in call) {
        this.#repeat(call.count, () => this.#calls(call.calls));
        continue;
      }
      writer.get(this.#chunk);
      writer.get(this.#scratch);
      writer.get(this.#args);
      writer.call(this.#options.kernel(call.kernel));
      this.#advance(this.#args, call.bytes);
    }
  }

  #repeat(count: number, body: () => void): void {
    const writer = this.#writer;
    const left = writer.temporary("i32");
    writer.i32(count);
    writer.set(left);
    writer.open("loop");
    body();
    writer.get(left);
    writer.i32(1);
    writer.op("i32Sub");
    writer.tee(left);
    writer.branch("brIf", 0);
    writer.op("end");
    writer.release("i32", left);
  }

  #advance(local: number, bytes: number): void {
    const writer = this.#writer;
    writer.get(local);
    writer.i32(bytes);
    writer.op("i32Add");
    writer.set(local);
  }
}

function isRow(part: Part): part is Group {
  return "numChunks" in part && part.numChunks === 1;
}

function bytesOf(calls: readonly Call[]): number {
  return calls.reduce((sum, call) => sum + ("calls" in call ? call.count * bytesOf(call.calls) : call.bytes), 0);
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
