// Instructions with physical registers to bytes: prefixes, labels and their fixups. Chooses no instruction.

import { BugError } from "#engine/base/error.ts";
import { ByteWriter } from "#engine/target/byte-writer.ts";
import { encodeVector } from "./encode-vector.ts";
import { generalForms, type GeneralForm } from "./general-forms.ts";
import type { Instruction, Memory, Operand, Register } from "#engine/target/machine/instruction.ts";
import { writeOperand, extensionOf } from "./mod-rm.ts";
import { vectorForms, type VectorForm } from "./vector-forms.ts";

const generalTable: ReadonlyMap<string, GeneralForm> = new Map<string, GeneralForm>(Object.entries(generalForms));
const vectorTable: ReadonlyMap<string, VectorForm> = new Map<string, VectorForm>(Object.entries(vectorForms));

/** The form of an instruction on general registers. */
export function generalFormOf(name: string): GeneralForm | undefined {
  return generalTable.get(name);
}

/** The form of a vector instruction. */
export function vectorFormOf(name: string): VectorForm | undefined {
  return vectorTable.get(name);
}

interface Fixup {
  readonly at: number;
  /** Where the instruction ends: distances count from there. */
  readonly end: number;
  readonly label: number;
  readonly addend: number;
}

/** Appends instructions; labels may be used before they stand. */
export class Encoder {
  readonly writer: ByteWriter = new ByteWriter();
  readonly #labels = new Map<number, number>();
  readonly #fixups: Fixup[] = [];

  /** Marks where a label stands. */
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
    if (instruction.name === "label") {
      this.label(instruction.label ?? -1);
      return;
    }
    const vector = vectorTable.get(instruction.name);
    if (vector !== undefined) {
      this.#fix(encodeVector(this.writer, instruction, vector));
      return;
    }
    const general = generalTable.get(instruction.name);
    if (general === undefined) throw new BugError(`There is no instruction ${instruction.name}.`);
    this.#general(instruction, general);
  }

  /** The code, with every distance filled in. */
  finish(): Uint8Array<ArrayBuffer> {
    for (const { at, end, label, addend } of this.#fixups) this.writer.patch(at, this.offsetOf(label) - end + addend);
    return this.writer.finish();
  }

  #fix(fixup: { readonly at: number; readonly memory: Memory } | undefined): void {
    if (fixup?.memory.label === undefined) return;
    const { label, displacement } = fixup.memory;
    this.#fixups.push({ at: fixup.at, end: this.writer.length, label, addend: displacement });
  }

  #general(instruction: Instruction, form: GeneralForm): void {
    if (form.layout === "none") this.#plain(instruction, form);
    else if (form.layout === "vex") this.#vex(instruction, form);
    else if (form.layout === "r") {
      const register = registerOf(instruction.operands[0]);
      if (register.number > 7) this.writer.byte(0x41);
      this.writer.byte((form.opcode[0] ?? 0) + (register.number & 7));
    } else this.#withModRm(instruction, form);
  }

  #plain(instruction: Instruction, form: GeneralForm): void {
    const { writer } = this;
    if (form.prefix !== undefined) writer.byte(form.prefix);
    this.#opcode(form, instruction.condition ?? 0);
    if (instruction.label === undefined) return;
    this.#fixups.push({ at: writer.length, end: writer.length + 4, label: instruction.label, addend: 0 });
    writer.integer(0);
  }

  #withModRm(instruction: Instruction, form: GeneralForm): void {
    const { writer } = this;
    const first = instruction.operands[0];
    const second = instruction.operands[1];
    const isReversed = form.layout === "mr";
    const place = form.layout === "m" || isReversed ? first : second;
    const reg = form.layout === "m" ? (form.digit ?? 0) : registerOf(isReversed ? second : first).number;
    if (place === undefined) throw new BugError(`${instruction.name} lacks an operand.`);
    const isWide = form.wide ?? instruction.bits === 64;
    if (form.prefix !== undefined) writer.byte(form.prefix);
    const extension = extensionOf(place);
    const rex = (isWide ? 8 : 0) | (reg > 7 ? 4 : 0) | (extension.x << 1) | extension.b;
    if (rex !== 0 || (form.isByte === true && needsByteRex(instruction, form))) writer.byte(0x40 | rex);
    const { immediate = 0 } = instruction;
    const isShort = form.immediate === "adaptive" && immediate >= -128 && immediate <= 127;
    this.#opcode(form, (instruction.condition ?? 0) + (isShort ? 2 : 0));
    const label = writeOperand(writer, reg, place);
    if (form.immediate === 1 || isShort) writer.byte(immediate & 0xff);
    else if (form.immediate !== undefined) writer.integer(immediate);
    // Last, because a distance counts from the end of the instruction.
    this.#fix(label);
  }

  /** The opcode, with something added to its last byte. */
  #opcode({ opcode }: GeneralForm, added: number): void {
    const last = opcode.length - 1;
    for (let index = 0; index < last; index += 1) this.writer.byte(opcode[index] ?? 0);
    this.writer.byte((opcode[last] ?? 0) + added);
  }

  #vex(instruction: Instruction, form: GeneralForm): void {
    const [result, place, count] = instruction.operands;
    if (place === undefined) throw new BugError(`${instruction.name} lacks an operand.`);
    const reg = registerOf(result).number;
    const { x, b } = extensionOf(place);
    const prefix = { 0x66: 1, 0xf3: 2, 0xf2: 3 }[form.prefix ?? 0] ?? 0;
    const wide = instruction.bits === 64 ? 0x80 : 0;
    this.writer.byte(0xc4);
    this.writer.byte(((reg > 7 ? 0 : 1) << 7) | ((1 - x) << 6) | ((1 - b) << 5) | 2);
    this.writer.byte(wide | ((~registerOf(count).number & 15) << 3) | prefix);
    this.writer.byte(form.opcode[0] ?? 0);
    this.#fix(writeOperand(this.writer, reg, place));
  }
}

/** Whether a register that an instruction takes as a byte is none of the first four. */
function needsByteRex({ operands }: Instruction, form: GeneralForm): boolean {
  const bytes = form.layout === "m" ? operands[0] : operands[1];
  return bytes?.kind === "register" && bytes.number > 3;
}

function registerOf(operand: Operand | undefined): Register {
  if (operand?.kind === "register") return operand;
  throw new BugError("An instruction needs a register here.");
}
