// The code that threads run around kernels: claim chunks of every group, meet the others at a barrier after each, sleep
// between runs. Written once, in the few operations that a target's assembler offers. Computes nothing of its own.

import type { DriverAssembler, Place } from "./driver-assembler.ts";
import { control, group, threadStart } from "./layout.ts";

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

/** The stack of a function: thread, calls left, runs seen, ticks, float mode of before. */
const frame = { thread: 0, callsLeft: 4, seen: 8, ticks: 16, floatMode: 24, bytes: 32 };

/** The driver in a target's code. */
export function writeDriver(assembler: DriverAssembler): Driver {
  const writer = new DriverWriter(assembler);
  const participate = assembler.newLabel();
  const main = writer.main(participate);
  const worker = writer.worker(participate);
  const wake = writer.wake();
  writer.participate(participate);
  const code = assembler.finish();
  const [mainAt, workerAt, wakeAt] = [main, worker, wake].map((label) => assembler.offsetOf(label));
  return { code, main: mainAt ?? 0, worker: workerAt ?? 0, wake: wakeAt ?? 0 };
}

class DriverWriter {
  readonly #a: DriverAssembler;

  constructor(assembler: DriverAssembler) {
    this.#a = assembler;
  }

  main(participate: number): number {
    const a = this.#a;
    const start = this.#here();
    a.enter(frame.bytes);
    a.copy("control", "first");
    a.set("result", 0);
    a.store(32, "result", "stack", frame.thread);
    this.#announce(control.runs, control.idle);
    a.saveFloatMode("stack", frame.floatMode);
    a.setFloatMode("control", control.floatMode);
    a.call(participate);
    a.setFloatMode("stack", frame.floatMode);
    a.leave(frame.bytes);
    return start;
  }

  worker(participate: number): number {
    const a = this.#a;
    const start = this.#here();
    a.enter(frame.bytes);
    a.load(64, "control", "first", threadStart.control);
    a.load(32, "result", "first", threadStart.thread);
    a.store(32, "result", "stack", frame.thread);
    a.set("result", 0);
    a.store(32, "result", "stack", frame.seen);
    a.setFloatMode("control", control.floatMode);
    const again = this.#here();
    a.load(32, "seen", "stack", frame.seen);
    this.#waitForChange(control.runs, control.idle);
    // One run at a time: the next is announced only when this thread has left the barrier that ends this one.
    a.load(32, "result", "stack", frame.seen);
    a.add("result", "result", 1);
    a.store(32, "result", "stack", frame.seen);
    a.load(32, "result", "control", control.isEnding);
    const end = a.newLabel();
    a.branch("notEqual", "result", 0, end);
    a.call(participate);
    a.jump(again);
    a.place(end);
    a.leave(frame.bytes);
    return start;
  }

  wake(): number {
    const a = this.#a;
    const start = this.#here();
    a.enter(frame.bytes);
    a.copy("control", "first");
    this.#announce(control.runs, control.idle);
    a.leave(frame.bytes);
    return start;
  }

  /** All groups of a program. The caller's frame lies above what a call puts on the stack. */
  participate(start: number): void {
    const a = this.#a;
    a.place(start);
    a.enterCalled();
    a.load(32, "scratch", "caller", frame.thread);
    a.load(64, "result", "control", control.scratchStride);
    a.multiply("scratch", "scratch", "result");
    a.load(64, "result", "control", control.scratch);
    a.add("scratch", "scratch", "result");
    a.load(64, "group", "control", control.groups);
    a.load(64, "end", "control", control.groupsEnd);
    const done = a.newLabel();
    const nextGroup = this.#here();
    a.branch("notBelow", "group", "end", done);
    a.clock("result");
    a.store(64, "result", "caller", frame.ticks);
    this.#claimChunks();
    a.load(32, "result", "group", group.numCalls);
    a.set("call", group.callBytes);
    a.multiply("call", "call", "result");
    a.add("call", "call", "group");
    a.add("call", "call", group.header);
    this.#barrier();
    // After the last barrier the run may be over and its table gone: only thread 0, which ends the run, looks at it.
    this.#addTicks();
    a.copy("group", "call");
    a.jump(nextGroup);
    a.place(done);
    a.leaveCalled();
  }

  #claimChunks(): void {
    const a = this.#a;
    const [claimed, over] = [this.#here(), a.newLabel()];
    a.addAtomically("control", control.counter, 1);
    a.load(32, "third", "group", group.numChunks);
    a.branch("notBelow", "result", "third", over);
    a.copy("chunk", "result");
    a.load(32, "result", "group", group.numCalls);
    a.store(32, "result", "caller", frame.callsLeft);
    a.add("call", "group", group.header);
    const nextCall = this.#here();
    a.load(64, "first", "call", group.buffers);
    a.copy("second", "chunk");
    a.copy("third", "scratch");
    a.load(64, "result", "call", group.kernel);
    a.callTo("result");
    a.add("call", "call", group.callBytes);
    a.load(32, "result", "caller", frame.callsLeft);
    a.add("result", "result", -1);
    a.store(32, "result", "caller", frame.callsLeft);
    a.branch("notEqual", "result", 0, nextCall);
    a.jump(claimed);
    a.place(over);
  }

  /** The last to arrive makes the next group's counter ready and lets the others go on. */
  #barrier(): void {
    const a = this.#a;
    const [wait, over] = [a.newLabel(), a.newLabel()];
    a.loadWatched("seen", "control", control.generation);
    a.addAtomically("control", control.arrived, 1);
    a.add("result", "result", 1);
    a.load(32, "third", "control", control.numThreads);
    a.branch("notEqual", "result", "third", wait);
    a.set("result", 0);
    a.store(32, "result", "control", control.counter);
    a.store(32, "result", "control", control.arrived);
    this.#announce(control.generation, control.sleepers);
    a.jump(over);
    a.place(wait);
    this.#waitForChange(control.generation, control.sleepers);
    a.place(over);
  }

  /** Moves a word on and wakes who sleeps for it. */
  #announce(watched: number, sleepers: number): void {
    const a = this.#a;
    const nobody = a.newLabel();
    a.addAtomically("control", watched, 1);
    a.loadWatched("result", "control", sleepers);
    a.branch("equal", "result", 0, nobody);
    a.add("first", "control", watched);
    a.wakeAll();
    a.place(nobody);
  }

  /** Until a word is no longer what was seen: looks for a while, then sleeps. */
  #waitForChange(watched: number, sleepers: number): void {
    const a = this.#a;
    const [changed, sleep, awake] = [a.newLabel(), a.newLabel(), a.newLabel()];
    const branchIfChanged = (label: number): void => {
      a.loadWatched("result", "control", watched);
      a.branch("notEqual", "result", "seen", label);
    };
    a.load(32, "spins", "control", control.spins);
    const look = this.#here();
    branchIfChanged(changed);
    a.pause();
    a.add("spins", "spins", -1);
    a.branch("notEqual", "spins", 0, look);
    a.addAtomically("control", sleepers, 1);
    a.place(sleep);
    branchIfChanged(awake);
    a.add("first", "control", watched);
    a.sleep();
    a.jump(sleep);
    a.place(awake);
    a.addAtomically("control", sleepers, -1);
    a.place(changed);
  }

  /** Thread 0 adds what a group took. */
  #addTicks(): void {
    const a = this.#a;
    const other = a.newLabel();
    const total: readonly [Place, number] = ["group", group.ticks];
    a.load(32, "result", "caller", frame.thread);
    a.branch("notEqual", "result", 0, other);
    a.clock("result");
    a.load(64, "first", "caller", frame.ticks);
    a.subtract("result", "result", "first");
    a.load(64, "first", ...total);
    a.add("result", "result", "first");
    a.store(64, "result", ...total);
    a.place(other);
  }

  #here(): number {
    const label = this.#a.newLabel();
    this.#a.place(label);
    return label;
  }
}
