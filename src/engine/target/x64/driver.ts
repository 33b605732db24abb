// The code that threads run around kernels: claim chunks of every group, meet the others at a barrier after each, sleep
// between runs. Written for Linux: threads sleep in futexes. Computes nothing of its own.

import { Encoder } from "./encoder.ts";
import { condition, rax, rbp, rdi, rdx, rsi, rsp } from "./instruction.ts";
import { general, memoryAt, type Instruction, type Memory, type Operand } from "#engine/target/machine/instruction.ts";
import { control, group, threadStart } from "#engine/target/machine/layout.ts";

/** Code of a driver, and where its functions begin. */
export interface Driver {
  readonly code: Uint8Array<ArrayBuffer>;
  /** `int main(control)`: runs a program of at least one group as thread 0, with all others, who are in its last barrier. */
  readonly main: number;
  /** `void* worker(threadStart)`: what every other thread begins with. */
  readonly worker: number;
  /** `int wake(control)`: lets idle threads look at the control block. */
  readonly wake: number;
}

const [rcx, rbx] = [general(1), general(3)];
const [r8, r10] = [general(8), general(10)];
const [r12, r13, r14, r15] = [general(12), general(13), general(14), general(15)];
/** What a function must give back as it found it. */
const preserved = [rbx, rbp, r12, r13, r14, r15];
/** Held by `participate`: control block, scratch, current group, end of groups, current call and next group, claimed chunk. */
const held = { control: rbx, scratch: r12, group: r13, end: r14, call: r15, chunk: rbp };
/** The stack of a function: thread, calls left, float mode of before, runs seen, ticks. */
const frame = { thread: 0, callsLeft: 4, floatMode: 8, seen: 12, ticks: 16, bytes: 24 };
const futex = { number: 202, wait: 128, wake: 129, all: 0x7fffffff };

/** Emits the driver. */
export function encodeDriver(): Driver {
  const writer = new DriverWriter();
  const participate = writer.newLabel();
  const main = writer.main(participate);
  const worker = writer.worker(participate);
  const wake = writer.wake();
  writer.participate(participate);
  const { encoder } = writer;
  const code = encoder.finish();
  return { code, main: encoder.offsetOf(main), worker: encoder.offsetOf(worker), wake: encoder.offsetOf(wake) };
}

class DriverWriter {
  readonly encoder = new Encoder();
  #numLabels = 0;

  newLabel(): number {
    this.#numLabels += 1;
    return this.#numLabels;
  }

  main(participate: number): number {
    const start = this.#here();
    this.#enter();
    this.#add("mov", 64, [held.control, rdi]);
    this.#add("movImmediate", 32, [onStack(frame.thread)], 0);
    this.#announce(control.runs, control.idle);
    this.#add("stmxcsr", 32, [onStack(frame.floatMode)]);
    this.#add("ldmxcsr", 32, [word(control.floatMode)]);
    this.#jump("call", participate);
    this.#add("ldmxcsr", 32, [onStack(frame.floatMode)]);
    this.#leave();
    return start;
  }

  worker(participate: number): number {
    const start = this.#here();
    this.#enter();
    this.#add("mov", 64, [held.control, memoryAt(rdi, threadStart.control)]);
    this.#add("mov", 32, [rax, memoryAt(rdi, threadStart.thread)]);
    this.#add("store", 32, [onStack(frame.thread), rax]);
    this.#add("movImmediate", 32, [onStack(frame.seen)], 0);
    this.#add("ldmxcsr", 32, [word(control.floatMode)]);
    const again = this.#here();
    this.#add("mov", 32, [r8, onStack(frame.seen)]);
    this.#waitForChange(control.runs, control.idle);
    // One run at a time: the next is announced only when this thread has left the barrier that ends this one.
    this.#add("addImmediate", 32, [onStack(frame.seen)], 1);
    this.#add("cmpImmediate", 32, [word(control.isEnding)], 0);
    const end = this.newLabel();
    this.#branch(condition.notEqual, end);
    this.#jump("call", participate);
    this.#jump("jmp", again);
    this.encoder.label(end);
    this.#leave();
    return start;
  }

  wake(): number {
    const start = this.#here();
    this.#enter();
    this.#add("mov", 64, [held.control, rdi]);
    this.#announce(control.runs, control.idle);
    this.#leave();
    return start;
  }

  /** All groups of a program. The caller's frame lies above the return address. */
  participate(start: number): void {
    const offset = 8;
    const local = (place: number): Memory => memoryAt(rsp, place + offset);
    this.encoder.label(start);
    this.#add("mov", 32, [held.scratch, local(frame.thread)]);
    this.#add("imul", 64, [held.scratch, word(control.scratchStride)]);
    this.#add("add", 64, [held.scratch, word(control.scratch)]);
    this.#add("mov", 64, [held.group, word(control.groups)]);
    this.#add("mov", 64, [held.end, word(control.groupsEnd)]);
    const done = this.newLabel();
    const nextGroup = this.#here();
    this.#add("cmp", 64, [held.group, held.end]);
    this.#branch(condition.aboveOrEqual, done);
    this.#readClock();
    this.#add("store", 64, [local(frame.ticks), rax]);
    this.#claimChunks(local(frame.callsLeft));
    this.#add("mov", 32, [rax, memoryAt(held.group, group.numCalls)]);
    this.#add("shl", 64, [rax], Math.log2(group.callBytes));
    this.#add("lea", 64, [held.call, memoryAt(held.group, group.header, { index: rax })]);
    this.#barrier();
    // After the last barrier the run may be over and its table gone: only thread 0, which ends the run, looks at it.
    this.#addTicks(local(frame.thread), local(frame.ticks));
    this.#add("mov", 64, [held.group, held.call]);
    this.#jump("jmp", nextGroup);
    this.encoder.label(done);
    this.#add("vzeroupper", 256, []);
    this.#add("ret", 64, []);
  }

  #claimChunks(callsLeft: Memory): void {
    const [claimed, over] = [this.#here(), this.newLabel()];
    this.#addAtomically(word(control.counter), 1);
    this.#add("cmp", 32, [rax, memoryAt(held.group, group.numChunks)]);
    this.#branch(condition.greaterOrEqual, over);
    this.#add("mov", 32, [held.chunk, rax]);
    this.#add("mov", 32, [rax, memoryAt(held.group, group.numCalls)]);
    this.#add("store", 32, [callsLeft, rax]);
    this.#add("lea", 64, [held.call, memoryAt(held.group, group.header)]);
    const nextCall = this.#here();
    this.#add("mov", 64, [rdi, memoryAt(held.call, group.buffers)]);
    this.#add("mov", 32, [rsi, held.chunk]);
    this.#add("mov", 64, [rdx, held.scratch]);
    this.#add("callTo", 64, [memoryAt(held.call, group.kernel)]);
    this.#add("addImmediate", 64, [held.call], group.callBytes);
    this.#add("subImmediate", 32, [callsLeft], 1);
    this.#branch(condition.notEqual, nextCall);
    this.#jump("jmp", claimed);
    this.encoder.label(over);
  }

  /** The last to arrive makes the next group's counter ready and lets the others go on. */
  #barrier(): void {
    const [wait, over] = [this.newLabel(), this.newLabel()];
    this.#add("mov", 32, [r8, word(control.generation)]);
    this.#addAtomically(word(control.arrived), 1);
    this.#add("addImmediate", 32, [rax], 1);
    this.#add("cmp", 32, [rax, word(control.numThreads)]);
    this.#branch(condition.notEqual, wait);
    this.#add("movImmediate", 32, [word(control.counter)], 0);
    this.#add("movImmediate", 32, [word(control.arrived)], 0);
    this.#announce(control.generation, control.sleepers);
    this.#jump("jmp", over);
    this.encoder.label(wait);
    this.#waitForChange(control.generation, control.sleepers);
    this.encoder.label(over);
  }

  /** Moves a word on and wakes who sleeps for it. */
  #announce(watched: number, sleepers: number): void {
    const nobody = this.newLabel();
    this.#addAtomically(word(watched), 1);
    this.#add("cmpImmediate", 32, [word(sleepers)], 0);
    this.#branch(condition.equal, nobody);
    this.#add("lea", 64, [rdi, word(watched)]);
    this.#add("movImmediate", 32, [rsi], futex.wake);
    this.#add("movImmediate", 32, [rdx], futex.all);
    this.#system();
    this.encoder.label(nobody);
  }

  /** Until a word is no longer what r8 holds: looks for a while, then sleeps. */
  #waitForChange(watched: number, sleepers: number): void {
    const [changed, sleep, awake] = [this.newLabel(), this.newLabel(), this.newLabel()];
    this.#add("mov", 32, [rcx, word(control.spins)]);
    const look = this.#here();
    this.#add("cmp", 32, [r8, word(watched)]);
    this.#branch(condition.notEqual, changed);
    this.#add("pause", 32, []);
    this.#add("subImmediate", 32, [rcx], 1);
    this.#branch(condition.notEqual, look);
    this.#addAtomically(word(sleepers), 1);
    this.encoder.label(sleep);
    this.#add("cmp", 32, [r8, word(watched)]);
    this.#branch(condition.notEqual, awake);
    this.#add("lea", 64, [rdi, word(watched)]);
    this.#add("movImmediate", 32, [rsi], futex.wait);
    this.#add("mov", 32, [rdx, r8]);
    this.#system();
    this.#jump("jmp", sleep);
    this.encoder.label(awake);
    this.#addAtomically(word(sleepers), -1);
    this.encoder.label(changed);
  }

  /** The futex call that rdi, rsi and rdx describe, without a limit of time. r8 is kept. */
  #system(): void {
    this.#add("xor", 32, [r10, r10]);
    this.#add("movImmediate", 32, [rax], futex.number);
    this.#add("syscall", 64, []);
  }

  /** Thread 0 adds what a group took. */
  #addTicks(thread: Memory, before: Memory): void {
    const other = this.newLabel();
    this.#add("cmpImmediate", 32, [thread], 0);
    this.#branch(condition.notEqual, other);
    this.#readClock();
    this.#add("sub", 64, [rax, before]);
    this.#add("add", 64, [rax, memoryAt(held.group, group.ticks)]);
    this.#add("store", 64, [memoryAt(held.group, group.ticks), rax]);
    this.encoder.label(other);
  }

  /** 64 bits into rax. */
  #readClock(): void {
    this.#add("rdtsc", 64, []);
    this.#add("shl", 64, [rdx], 32);
    this.#add("or", 64, [rax, rdx]);
  }

  /** Leaves what was there before in eax. */
  #addAtomically(place: Memory, step: number): void {
    this.#add("movImmediate", 32, [rax], step);
    this.#add("lockXadd", 32, [place, rax]);
  }

  #enter(): void {
    for (const register of preserved) this.#add("push", 64, [register]);
    this.#add("subImmediate", 64, [rsp], frame.bytes);
  }

  #leave(): void {
    this.#add("addImmediate", 64, [rsp], frame.bytes);
    for (const register of preserved.toReversed()) this.#add("pop", 64, [register]);
    this.#add("xor", 32, [rax, rax]);
    this.#add("ret", 64, []);
  }

  #here(): number {
    const label = this.newLabel();
    this.encoder.label(label);
    return label;
  }

  #branch(code: number, label: number): void {
    this.encoder.add({ name: "jcc", bits: 64, operands: [], condition: code, label });
  }

  #jump(name: "jmp" | "call", label: number): void {
    this.encoder.add({ name, bits: 64, operands: [], label });
  }

  #add(name: string, bits: number, operands: readonly Operand[], immediate?: number): void {
    const instruction: Instruction = { name, bits, operands };
    this.encoder.add(immediate === undefined ? instruction : { ...instruction, immediate });
  }
}

function word(offset: number): Memory {
  return memoryAt(held.control, offset);
}

function onStack(offset: number): Memory {
  return memoryAt(rsp, offset);
}
