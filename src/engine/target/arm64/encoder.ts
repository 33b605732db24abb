// Instructions with physical registers to words: immediates and distances that fit no instruction become several, labels
// get their distances. Chooses no instruction.

import { BugError } from "#engine/base/error.ts";
import { ByteWriter } from "#engine/target/byte-writer.ts";
import type { CodeWriter } from "#engine/target/machine/constant-pool.ts";
import type { Instruction, Memory, Operand, Register } from "#engine/target/machine/instruction.ts";
import { bitPattern } from "./bit-pattern.ts";
import { forms, type Form } from "./forms.ts";
import { encoderRegister } from "./instruction.ts";

const table: ReadonlyMap<string, Form> = new Map(Object.entries(forms));
/** What a register's number is multiplied by to stand in its field. */
const places: Readonly<Record<string, number>> = { d: 1, n: 1 << 5, a: 1 << 10, m: 1 << 16, v: (1 << 5) | (1 << 16) };

/** The form of an instruction. */
export function formOf(name: string): Form {
  const form = table.get(name);
  if (form === undefined) throw new BugError(`There is no instruction ${name}.`);
  return form;
}

interface Fixup {
  readonly at: number;
  readonly word: number;
  readonly label: number;
  readonly distance: 19 | 26;
}

/** Appends instructions; labels may be used before they stand. */
export class Encoder implements CodeWriter {
  readonly writer: ByteWriter = new ByteWriter();
  readonly #labels = new Map<number, number>();
  readonly #fixups: Fixup[] = [];

  label(label: number): void {
    this.#labels.set(label, this.writer.length);
  }

  /** Where a label stands. */
  offsetOf(label: number): number {
    const offset = this.#labels.get(label);
    if (offset === undefined) throw new BugError(`Label ${label} stands nowhere.`);
    return offset;
  }

  add(instruction: Instruction): void {
    const { name, operands } = instruction;
    if (name === "label") {
      this.label(instruction.label ?? -1);
      return;
    }
    const form = formOf(name);
    const memory = operands.find((operand) => operand.kind === "memory");
    if (name === "constant") this.#constant(instruction);
    else if (memory !== undefined) this.#access(instruction, form, memory);
    else if (form.sum !== undefined) this.#sum(instruction, form, form.sum);
    else if (form.logical !== undefined) this.#logical(instruction, form, form.logical);
    else this.#plain(instruction, form);
  }

  /** The code, with every distance filled in. */
  finish(): Uint8Array<ArrayBuffer> {
    for (const { at, word, label, distance } of this.#fixups) {
      const steps = (this.offsetOf(label) - at) / 4;
      if (Math.abs(steps) >= 2 ** (distance - 1)) throw new BugError("A kernel is too long for its jumps.");
      const bits = steps & (2 ** distance - 1);
      this.writer.patch(at, word | (distance === 19 ? bits << 5 : bits));
    }
    return this.writer.finish();
  }

  #plain(instruction: Instruction, form: Form): void {
    const { bits, immediate = 0, condition = 0, label } = instruction;
    let word = wordOf(instruction, form) | registersOf(instruction, form);
    if (form.immediate !== undefined) word |= form.immediate(immediate, bits);
    if (form.conditionAt !== undefined) word |= condition << form.conditionAt;
    if (form.distance !== undefined) {
      this.#fixups.push({ at: this.writer.length, word, label: label ?? -1, distance: form.distance });
    }
    this.writer.integer(word);
  }

  /** movz or movn, and movk where 16 bits are not enough. With 64 bits a number of 32 bits and its sign. */
  #constant({ bits, operands, immediate = 0 }: Instruction): void {
    const value = immediate | 0;
    const into = numberOf(operands[0]);
    const wide = bits === 64 ? 0x80000000 : 0;
    const [low, high] = [value & 0xffff, value >>> 16];
    const move = (opcode: number, half: number, part: number): void =>
      this.writer.integer(opcode | wide | (half << 21) | (part << 5) | into);
    if (high === 0) move(0x52800000, 0, low);
    else if (high === 0xffff) move(0x12800000, 0, ~low & 0xffff);
    else if (low === 0 && (wide === 0 || value > 0)) move(0x52800000, 1, high);
    else if (value < 0 && wide !== 0) {
      move(0x12800000, 1, ~high & 0xffff);
      move(0x72800000, 0, low);
    } else {
      move(0x52800000, 0, low);
      move(0x72800000, 1, high);
    }
  }

  #sum(instruction: Instruction, form: Form, { opposite, byRegister }: NonNullable<Form["sum"]>): void {
    const { immediate = 0, operands, bits, name } = instruction;
    if (immediate < 0 && immediate !== -(2 ** 31)) {
      const turned = { ...instruction, name: opposite, immediate: -immediate };
      if (fitsSum(-immediate)) this.#plain(turned, formOf(opposite));
      else this.#byRegister(instruction, byRegister);
    } else if (fitsSum(immediate)) this.#plain(instruction, form);
    else if (name !== "cmpImmediate" && immediate > 0 && immediate < 2 ** 24) {
      this.#plain({ ...instruction, immediate: immediate - (immediate % 4096) }, form);
      const [into] = operands;
      if (into !== undefined) this.#plain({ name, bits, operands: [into, into], immediate: immediate % 4096 }, form);
    } else this.#byRegister(instruction, byRegister);
  }

  #logical(instruction: Instruction, form: Form, byRegister: string): void {
    const pattern = bitPattern(instruction.immediate ?? 0);
    if (pattern === undefined) this.#byRegister(instruction, byRegister);
    else this.writer.integer(wordOf(instruction, form) | registersOf(instruction, form) | (pattern << 10));
  }

  #byRegister({ operands, bits, immediate = 0 }: Instruction, name: string): void {
    this.#constant({ name: "constant", bits, operands: [encoderRegister], immediate });
    const last = numberOf(operands.at(-1));
    if (last === 31 && name !== "cmp") {
      // Sums with the stack pointer are another instruction.
      const opcode = name === "add" ? 0x8b206000 : 0xcb206000;
      this.writer.integer(opcode | (encoderRegister.number << 16) | (last << 5) | numberOf(operands[0]));
      return;
    }
    const all = [...operands, encoderRegister];
    this.#plain({ name, bits, operands: all }, formOf(name));
  }

  #access(instruction: Instruction, form: Form, memory: Memory): void {
    const word = wordOf(instruction, form);
    const register = numberOf(instruction.operands.find((operand) => operand.kind === "register"));
    if (memory.label !== undefined) {
      const opcode = { 32: 0x1c000000, 64: 0x5c000000, 128: 0x9c000000 }[instruction.bits];
      if (opcode === undefined || instruction.name !== "vldr") throw new BugError("Constants are vectors.");
      const at = this.writer.length;
      this.#fixups.push({ at, word: opcode | register, label: memory.label, distance: 19 });
      this.writer.integer(0);
      return;
    }
    const { base, index, displacement } = memory;
    if (base === undefined || index !== undefined) throw new BugError("Memory is a register and a distance.");
    const unit = instruction.bits / 8;
    const place = (base.number << 5) | register;
    const steps = displacement / unit;
    if (Number.isInteger(steps) && steps >= 0 && steps < 4096) this.writer.integer(word | (steps << 10) | place);
    else if (displacement >= -256 && displacement < 256) {
      this.writer.integer((word & ~0x01000000) | ((displacement & 0x1ff) << 12) | place);
    } else {
      this.#constant({ name: "constant", bits: 64, operands: [encoderRegister], immediate: displacement });
      this.writer.integer((word & ~0x01000000) | 0x00206800 | (encoderRegister.number << 16) | place);
    }
  }
}

function fitsSum(value: number): boolean {
  return value >= 0 && (value < 4096 || (value % 4096 === 0 && value < 2 ** 24));
}

function wordOf({ name, bits }: Instruction, { word }: Form): number {
  const found = word[bits];
  if (found === undefined) throw new BugError(`There is no ${name} of ${bits} bits.`);
  return found;
}

function registersOf({ name, operands }: Instruction, { fields }: Form): number {
  if (operands.length !== fields.length) throw new BugError(`${name} takes ${fields.length} operands.`);
  return operands.reduce((sum, operand, index) => sum | (numberOf(operand) * (places[fields[index] ?? ""] ?? 0)), 0);
}

function numberOf(operand: Operand | undefined): Register["number"] {
  if (operand?.kind === "register") return operand.number;
  throw new BugError("An instruction needs a register here.");
}
