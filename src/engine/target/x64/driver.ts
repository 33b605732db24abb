// The driver's operations on x86-64. Written for Linux: threads sleep in futexes.

import { writeDriver, type Driver } from "#engine/target/machine/driver.ts";
import type { DriverAssembler, Place, Width } from "#engine/target/machine/driver-assembler.ts";
import {
  general,
  memoryAt,
  type Instruction,
  type Memory,
  type Operand,
  type Register,
} from "#engine/target/machine/instruction.ts";
import { Encoder } from "./encoder.ts";
import { condition, rax, rbp, rdi, rdx, rsi, rsp } from "./instruction.ts";

const [rcx, rbx, r8, r10] = [general(1), general(3), general(8), general(10)];
const [r12, r13, r14, r15] = [general(12), general(13), general(14), general(15)];
/** What a function must give back as it found it. */
const preserved = [rbx, rbp, r12, r13, r14, r15];
const registers: Readonly<Record<Place, Register>> = {
  control: rbx,
  scratch: r12,
  group: r13,
  end: r14,
  call: r15,
  chunk: rbp,
  first: rdi,
  second: rsi,
  third: rdx,
  result: rax,
  seen: r8,
  spins: rcx,
  stack: rsp,
  caller: rsp,
};
/** The return address; a frame has as much besides, so that it lies at a multiple of 16. */
const callBytes = 8;
const futex = { number: 202, wait: 128, wake: 129, all: 0x7fffffff };
const codes = { equal: condition.equal, notEqual: condition.notEqual, notBelow: condition.aboveOrEqual };

/** The driver for Linux on x86-64. */
export function encodeDriver(): Driver {
  return writeDriver(new X64Assembler());
}

class X64Assembler implements DriverAssembler {
  readonly #encoder = new Encoder();
  #numLabels = 0;

  newLabel(): number {
    this.#numLabels += 1;
    return this.#numLabels;
  }

  place(label: number): void {
    this.#encoder.label(label);
  }

  offsetOf(label: number): number {
    return this.#encoder.offsetOf(label);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#encoder.finish();
  }

  enter(frameBytes: number): void {
    for (const register of preserved) this.#add("push", 64, [register]);
    this.#add("subImmediate", 64, [rsp], { immediate: frameBytes + callBytes });
  }

  leave(frameBytes: number): void {
    this.#add("addImmediate", 64, [rsp], { immediate: frameBytes + callBytes });
    for (const register of preserved.toReversed()) this.#add("pop", 64, [register]);
    this.#add("xor", 32, [rax, rax]);
    this.#add("ret", 64, []);
  }

  enterCalled(): void {}

  leaveCalled(): void {
    this.#add("vzeroupper", 256, []);
    this.#add("ret", 64, []);
  }

  load(bits: Width, into: Place, base: Place, offset: number): void {
    this.#add("mov", bits, [registers[into], memory(base, offset)]);
  }

  loadWatched(into: Place, base: Place, offset: number): void {
    this.load(32, into, base, offset);
  }

  store(bits: Width, from: Place, base: Place, offset: number): void {
    this.#add("store", bits, [memory(base, offset), registers[from]]);
  }

  set(into: Place, immediate: number): void {
    this.#add("movImmediate", 32, [registers[into]], { immediate });
  }

  copy(into: Place, from: Place): void {
    this.#add("mov", 64, [registers[into], registers[from]]);
  }

  add(into: Place, x: Place, y: Place | number): void {
    if (typeof y === "number") this.#add("lea", 64, [registers[into], memoryAt(registers[x], y)]);
    else this.#add("lea", 64, [registers[into], memoryAt(registers[x], 0, { index: registers[y] })]);
  }

  subtract(into: Place, x: Place, y: Place): void {
    this.copy(into, x);
    this.#add("sub", 64, [registers[into], registers[y]]);
  }

  multiply(into: Place, x: Place, y: Place): void {
    this.copy(into, x);
    this.#add("imul", 64, [registers[into], registers[y]]);
  }

  branch(holds: keyof typeof codes, x: Place, y: Place | number, label: number): void {
    if (typeof y === "number") this.#add("cmpImmediate", 64, [registers[x]], { immediate: y });
    else this.#add("cmp", 64, [registers[x], registers[y]]);
    this.#add("jcc", 64, [], { condition: codes[holds], label });
  }

  jump(label: number): void {
    this.#add("jmp", 64, [], { label });
  }

  call(label: number): void {
    this.#add("call", 64, [], { label });
  }

  callTo(address: Place): void {
    this.#add("callTo", 64, [registers[address]]);
  }

  addAtomically(base: Place, offset: number, step: number): void {
    this.#add("movImmediate", 32, [rax], { immediate: step });
    this.#add("lockXadd", 32, [memory(base, offset), rax]);
  }

  sleep(): void {
    this.#add("mov", 32, [rdx, r8]);
    this.#system(futex.wait);
  }

  wakeAll(): void {
    this.#add("movImmediate", 32, [rdx], { immediate: futex.all });
    this.#system(futex.wake);
  }

  pause(): void {
    this.#add("pause", 32, []);
  }

  clock(into: Place): void {
    this.#add("rdtsc", 64, []);
    this.#add("shl", 64, [rdx], { immediate: 32 });
    this.#add("or", 64, [rax, rdx]);
    if (into !== "result") this.copy(into, "result");
  }

  saveFloatMode(base: Place, offset: number): void {
    this.#add("stmxcsr", 32, [memory(base, offset)]);
  }

  setFloatMode(base: Place, offset: number): void {
    this.#add("ldmxcsr", 32, [memory(base, offset)]);
  }

  /** The futex call on the word at rdi with rdx, without a limit of time. */
  #system(operation: number): void {
    this.#add("movImmediate", 32, [rsi], { immediate: operation });
    this.#add("xor", 32, [r10, r10]);
    this.#add("movImmediate", 32, [rax], { immediate: futex.number });
    this.#add("syscall", 64, []);
  }

  #add(name: string, bits: number, operands: readonly Operand[], details: Partial<Instruction> = {}): void {
    this.#encoder.add({ name, bits, operands, ...details });
  }
}

function memory(base: Place, offset: number): Memory {
  return memoryAt(registers[base], base === "caller" ? offset + callBytes : offset);
}
