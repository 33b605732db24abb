// The driver's operations on AArch64. Written for Linux: threads sleep in futexes. Atomic operations are loops of exclusive
// accesses, which every processor has.

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
import { condition, linkRegister, stackPointer } from "./instruction.ts";

const registers: Readonly<Record<Place, Register>> = {
  control: general(19),
  scratch: general(20),
  group: general(21),
  end: general(22),
  call: general(23),
  chunk: general(24),
  first: general(0),
  second: general(1),
  third: general(2),
  result: general(9),
  seen: general(10),
  spins: general(11),
  stack: stackPointer,
  caller: stackPointer,
};
/** What operations use besides. */
const [address, value, status] = [general(12), general(13), general(14)];
/** What a function must give back as it found it. */
const preserved: readonly Register[] = [...[19, 20, 21, 22, 23, 24, 29].map(general), linkRegister];
/** What a called part keeps of its caller: where it returns to. */
const calledBytes = 16;
const futex = { register: general(8), number: 98, wait: 128, wake: 129, all: 0x7fffffff };
const [operation, amount, limit] = [general(1), general(2), general(3)];
const codes = { equal: condition.equal, notEqual: condition.notEqual, notBelow: condition.aboveOrEqual };

/** The driver for Linux on AArch64. */
export function encodeDriver(): Driver {
  return writeDriver(new Arm64Assembler());
}

class Arm64Assembler implements DriverAssembler {
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
    this.#moveStack("subImmediate", frameBytes + preserved.length * 8);
    preserved.forEach((register, index) => this.#add("str", 64, [onStack(frameBytes + index * 8), register]));
  }

  leave(frameBytes: number): void {
    preserved.forEach((register, index) => this.#add("ldr", 64, [register, onStack(frameBytes + index * 8)]));
    this.#moveStack("addImmediate", frameBytes + preserved.length * 8);
    this.#constant(general(0), 0);
    this.#add("ret", 64, []);
  }

  enterCalled(): void {
    this.#moveStack("subImmediate", calledBytes);
    this.#add("str", 64, [onStack(0), linkRegister]);
  }

  leaveCalled(): void {
    this.#add("ldr", 64, [linkRegister, onStack(0)]);
    this.#moveStack("addImmediate", calledBytes);
    this.#add("ret", 64, []);
  }

  load(bits: Width, into: Place, base: Place, offset: number): void {
    this.#add("ldr", bits, [registers[into], memory(base, offset)]);
  }

  loadWatched(into: Place, base: Place, offset: number): void {
    this.#add("addImmediate", 64, [address, registers[base]], { immediate: offset });
    this.#add("ldar", 32, [registers[into], address]);
  }

  store(bits: Width, from: Place, base: Place, offset: number): void {
    this.#add("str", bits, [memory(base, offset), registers[from]]);
  }

  set(into: Place, number: number): void {
    this.#constant(registers[into], number);
  }

  copy(into: Place, from: Place): void {
    this.#add("mov", 64, [registers[into], registers[from]]);
  }

  add(into: Place, x: Place, y: Place | number): void {
    const operands = [registers[into], registers[x]];
    if (typeof y === "number") this.#add("addImmediate", 64, operands, { immediate: y });
    else this.#add("add", 64, [...operands, registers[y]]);
  }

  subtract(into: Place, x: Place, y: Place): void {
    this.#add("sub", 64, [registers[into], registers[x], registers[y]]);
  }

  multiply(into: Place, x: Place, y: Place): void {
    this.#add("mul", 64, [registers[into], registers[x], registers[y]]);
  }

  branch(holds: keyof typeof codes, x: Place, y: Place | number, label: number): void {
    if (typeof y === "number") this.#add("cmpImmediate", 64, [registers[x]], { immediate: y });
    else this.#add("cmp", 64, [registers[x], registers[y]]);
    this.#add("bcc", 64, [], { condition: codes[holds], label });
  }

  jump(label: number): void {
    this.#add("b", 64, [], { label });
  }

  call(label: number): void {
    this.#add("bl", 64, [], { label });
  }

  callTo(place: Place): void {
    this.#add("blr", 64, [registers[place]]);
  }

  addAtomically(base: Place, offset: number, step: number): void {
    const again = this.newLabel();
    this.#add("addImmediate", 64, [address, registers[base]], { immediate: offset });
    this.place(again);
    this.#add("ldaxr", 32, [registers.result, address]);
    this.#add("addImmediate", 32, [value, registers.result], { immediate: step });
    this.#add("stlxr", 32, [status, value, address]);
    this.#add("cbnz", 32, [status], { label: again });
    // No load behind it may come before it: who looks for sleepers must see those who did not see the word change.
    this.#add("dmb", 64, []);
  }

  sleep(): void {
    this.#add("mov", 32, [amount, registers.seen]);
    this.#system(futex.wait);
  }

  wakeAll(): void {
    this.#constant(amount, futex.all);
    this.#system(futex.wake);
  }

  pause(): void {
    this.#add("yield", 64, []);
  }

  clock(into: Place): void {
    this.#add("readClock", 64, [registers[into]]);
  }

  saveFloatMode(base: Place, offset: number): void {
    this.#add("readFloatMode", 64, [value]);
    this.#add("str", 32, [memory(base, offset), value]);
  }

  setFloatMode(base: Place, offset: number): void {
    this.#add("ldr", 32, [value, memory(base, offset)]);
    this.#add("writeFloatMode", 64, [value]);
  }

  /** The futex call on the word at x0 with x2, without a limit of time; the system keeps all registers but x0. */
  #system(number: number): void {
    this.#constant(operation, number);
    this.#constant(limit, 0);
    this.#constant(futex.register, futex.number);
    this.#add("svc", 64, []);
  }

  #constant(into: Register, immediate: number): void {
    this.#add("constant", 32, [into], { immediate });
  }

  #moveStack(name: string, immediate: number): void {
    this.#add(name, 64, [stackPointer, stackPointer], { immediate });
  }

  #add(name: string, bits: number, operands: readonly Operand[], details: Partial<Instruction> = {}): void {
    this.#encoder.add({ name, bits, operands, ...details });
  }
}

function memory(base: Place, offset: number): Memory {
  return memoryAt(registers[base], base === "caller" ? offset + calledBytes : offset);
}

function onStack(offset: number): Memory {
  return memoryAt(stackPointer, offset);
}
