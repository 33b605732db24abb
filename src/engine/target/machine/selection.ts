// The state of selecting one kernel's instructions: the list so far, virtual registers, labels and constants. Chooses no
// instruction.

import { BugError } from "#engine/base/error.ts";
import { isVector, type Kernel, type Local, type Value, type ValueType } from "#engine/graph/kernel.ts";
import { ConstantPool } from "./constant-pool.ts";
import {
  firstVirtual,
  memoryAt,
  type Bank,
  type Instruction,
  type Memory,
  type Operand,
  type Register,
} from "./instruction.ts";
import { isNonNegative, localFacts, type LocalFacts } from "./local-facts.ts";
import { ValueNumbers } from "./value-numbers.ts";

/** What instructions take besides their operands. */
export type Details = Omit<Instruction, "name" | "bits" | "operands">;

const noDetails: Details = {};

/** Which register file holds values of a type; floats are vectors' first lanes. */
export function bankOf(type: ValueType): Bank {
  return type === "i32" || type === "pointer" ? "general" : "vector";
}

export abstract class Selection {
  /** Bits and lanes of a whole vector. */
  readonly vectorBits: number;
  readonly lanes: number;
  readonly instructions: Instruction[] = [];
  readonly constants: ConstantPool;
  readonly numbers: ValueNumbers = new ValueNumbers();
  readonly #kernel: Kernel;
  readonly #facts: LocalFacts;
  readonly #types: ValueType[];
  /** By local, and by buffer. */
  readonly #locals: (Register | undefined)[] = [];
  #buffers: readonly Register[] = [];
  /** Bits of each virtual register, from the first on. */
  readonly #bits: number[] = [];
  #numLabels = 0;
  #chunk: Register | undefined;
  #scratch: Register | undefined;

  constructor(kernel: Kernel, vectorBits: number) {
    this.vectorBits = vectorBits;
    this.lanes = vectorBits / 32;
    this.#kernel = kernel;
    this.#types = [...kernel.locals];
    this.constants = new ConstantPool(() => this.label());
    this.#facts = localFacts(kernel);
  }

  /** Makes `into` hold a value; `into` is written after the last operand was read. */
  abstract into(value: Value, into: Register): void;

  /** Copies a register. */
  abstract move(from: Register, into: Register, bits: number): void;

  /** Goes on at a label. */
  abstract jump(label: number): void;

  /** Bits of each virtual register. */
  get registerBits(): readonly number[] {
    return this.#bits;
  }

  /** All instructions have the same fields, so that whoever reads thousands of them is fast from the first on. */
  emit(name: string, bits: number, operands: readonly Operand[], details: Details = noDetails): void {
    const { immediate, condition, label, mask, isZeroing } = details;
    this.instructions.push({ name, bits, operands, immediate, condition, label, mask, isZeroing });
  }

  label(): number {
    this.#numLabels += 1;
    return this.#numLabels;
  }

  place(label: number): void {
    this.emit("label", 0, [], { label });
  }

  /** The register that holds a value. */
  register(value: Value): Register {
    const held = this.held(value);
    if (held !== undefined) return held;
    const number = this.numbers.of(value);
    const known = number === undefined ? undefined : this.numbers.find(number);
    if (known !== undefined) return known;
    const register = this.fresh(value.type);
    this.into(value, register);
    if (number !== undefined) this.numbers.note(number, register);
    return register;
  }

  /** A register with a numbered value: one that has it already, or a new one. */
  shared(number: number | undefined, type: ValueType, compute: (into: Register) => void): Register {
    const known = number === undefined ? undefined : this.numbers.find(number);
    if (known !== undefined) return known;
    const register = this.fresh(type);
    compute(register);
    if (number !== undefined) this.numbers.note(number, register);
    return register;
  }

  /** Sets a local. */
  set(local: Local, value: Value): void {
    const register = this.localRegister(local.id);
    const number = this.isConstant(local.id) ? this.numbers.of(value) : undefined;
    const known = number === undefined ? undefined : this.numbers.find(number);
    if (known === undefined) this.into(value, register);
    else this.move(known, register, this.bitsOf(value.type));
    if (number !== undefined) this.numbers.note(number, register);
    if (!this.isConstant(local.id)) this.numbers.change(local.id);
  }

  /** The register of a value that lies in one already. */
  held(value: Value): Register | undefined {
    if (value.kind === "local") return this.localRegister(value.id);
    if (value.kind === "chunk") return this.chunk;
    return value.kind === "buffer" ? this.buffer(value.index) : undefined;
  }

  /** A new virtual register for values of a type. */
  fresh(type: ValueType): Register {
    const number = firstVirtual + this.#bits.length;
    this.#bits.push(this.bitsOf(type));
    return { kind: "register", bank: bankOf(type), number };
  }

  /** Bits of the register that holds a type. */
  bitsOf(type: ValueType): number {
    if (isVector(type)) return this.vectorBits;
    return type === "i32" ? 32 : type === "pointer" ? 64 : 128;
  }

  /** The register of a local. */
  localRegister(id: number): Register {
    const known = this.#locals[id];
    if (known !== undefined) return known;
    const type = this.#types[id];
    if (type === undefined) throw new BugError(`Kernel ${this.#kernel.name} has no local ${id}.`);
    const register = this.fresh(type);
    this.#locals[id] = register;
    return register;
  }

  /** Whether an i32 is known not to be negative. */
  isNonNegative(value: Value): boolean {
    return isNonNegative(value, this.#facts.nonNegative);
  }

  /** Whether a local keeps the one value it is given. */
  isConstant(local: number): boolean {
    return this.#facts.constant.has(local);
  }

  /** A local besides the kernel's, to name a value that is needed several times. */
  newLocal(type: ValueType): Local {
    this.#types.push(type);
    return { kind: "local", type, id: this.#types.length - 1 };
  }

  get chunk(): Register {
    return this.#chunk ?? missing("chunk");
  }

  get scratch(): Register {
    return this.#scratch ?? missing("scratch");
  }

  buffer(index: number): Register {
    return this.#buffers[index] ?? missing(`buffer ${index}`);
  }

  setArguments(options: {
    readonly buffers: readonly Register[];
    readonly chunk: Register;
    readonly scratch: Register;
  }): void {
    this.#buffers = options.buffers;
    this.#chunk = options.chunk;
    this.#scratch = options.scratch;
  }

  /** Four bytes of constant. */
  constantWord(word: number): Memory {
    return this.constantWords([word]);
  }

  /** A vector of these words. */
  constantWords(words: readonly number[]): Memory {
    return memoryAt(undefined, 0, { label: this.constants.words(words) });
  }
}

const bits = new DataView(new ArrayBuffer(4));

/** The 32 bits of a constant. */
export function wordOf(type: ValueType, value: number): number {
  if (type !== "f32" && type !== "vf32") return value | 0;
  bits.setFloat32(0, value);
  return bits.getInt32(0);
}

function missing(what: string): never {
  throw new BugError(`A kernel names ${what}, which it does not have.`);
}
