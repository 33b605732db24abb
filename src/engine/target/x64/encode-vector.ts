// Vector instructions to bytes: the VEX prefix where it suffices, else EVEX.

import { BugError } from "#engine/base/error.ts";
import type { ByteWriter } from "#engine/target/byte-writer.ts";
import type { Instruction, Memory, Operand } from "#engine/target/machine/instruction.ts";
import { extensionOf, writeOperand, type LabelPlace } from "./mod-rm.ts";
import type { VectorForm, VectorLayout } from "./vector-forms.ts";

/** Which operands go into which fields; -1 where none does. */
const positions: Readonly<
  Record<VectorLayout, { readonly reg: number; readonly vvvv: number; readonly place: number }>
> = {
  rvm: { reg: 0, vvvv: 1, place: 2 },
  rvmr: { reg: 0, vvvv: 1, place: 2 },
  rm: { reg: 0, vvvv: -1, place: 1 },
  mr: { reg: 1, vvvv: -1, place: 0 },
  vm: { reg: -1, vvvv: 0, place: 1 },
  none: { reg: -1, vvvv: -1, place: -1 },
};

/** Where the operands go. */
interface Fields {
  readonly reg: number;
  readonly vvvv: number;
  readonly place: Operand | undefined;
}

/** Appends one instruction. */
export function encodeVector(writer: ByteWriter, instruction: Instruction, form: VectorForm): LabelPlace | undefined {
  const { reg, vvvv, place } = positions[form.layout];
  const fields = {
    reg: reg < 0 ? (form.digit ?? 0) : numberAt(instruction, reg),
    vvvv: vvvv < 0 ? 0 : numberAt(instruction, vvvv),
    place: place < 0 ? undefined : instruction.operands[place],
  };
  const isExtended = needsEvex(instruction, form);
  if (isExtended ? !form.hasEvex : !form.hasVex) {
    throw new BugError(`${instruction.name} has no such form: ${JSON.stringify(instruction.operands)}.`);
  }
  if (isExtended) writeEvex(writer, instruction, form, fields);
  else writeVex(writer, instruction, form, fields);
  writer.byte(form.opcode);
  if (fields.place === undefined) return undefined;
  const unit = isExtended ? unitOf(instruction, form, fields.place) : 1;
  const label = writeOperand(writer, fields.reg, fields.place, unit);
  if (form.layout === "rvmr") writer.byte(numberAt(instruction, 3) << 4);
  else if (form.hasImmediate) writer.byte((instruction.immediate ?? 0) & 0xff);
  return label;
}

function numberAt({ name, operands }: Instruction, index: number): number {
  const operand = operands[index];
  if (operand?.kind !== "register") throw new BugError(`${name} needs a register for operand ${index}.`);
  return operand.number;
}

function needsEvex({ bits, operands, mask }: Instruction, form: VectorForm): boolean {
  if (!form.hasVex || bits === 512 || mask !== undefined) return true;
  for (const operand of operands) {
    if (operand.kind === "register" ? operand.number > 15 : operand.isBroadcast) return true;
  }
  return false;
}

const prefixBits: Readonly<Record<number, number>> = { 0: 0, 0x66: 1, 0xf3: 2, 0xf2: 3 };

function writeVex(writer: ByteWriter, { bits }: Instruction, form: VectorForm, fields: Fields): void {
  const { reg, vvvv, place } = fields;
  const { x, b } = place === undefined ? { x: 0, b: 0 } : extensionOf(place);
  const long = bits === 256 ? 4 : 0;
  const tail = ((~vvvv & 15) << 3) | long | (prefixBits[form.prefix] ?? 0);
  const notReg = reg > 7 ? 0 : 0x80;
  if (x === 0 && b === 0 && form.map === 1 && !form.isWide) {
    writer.byte(0xc5);
    writer.byte(notReg | tail);
    return;
  }
  writer.byte(0xc4);
  writer.byte(notReg | ((1 - x) << 6) | ((1 - b) << 5) | form.map);
  writer.byte((form.isWide ? 0x80 : 0) | tail);
}

function writeEvex(writer: ByteWriter, instruction: Instruction, form: VectorForm, fields: Fields): void {
  const { reg, vvvv, place } = fields;
  const { x, b } = place === undefined ? { x: 0, b: 0 } : extensionOf(place);
  const not = (number: number, bit: number): number => 1 - ((number >> bit) & 1);
  const isWide = form.isEvexWide ?? form.isWide;
  const length = { 128: 0, 256: 1, 512: 2 }[instruction.bits] ?? 0;
  const isBroadcast = place?.kind === "memory" && place.isBroadcast;
  writer.byte(0x62);
  writer.byte((not(reg, 3) << 7) | ((1 - x) << 6) | ((1 - b) << 5) | (not(reg, 4) << 4) | form.map);
  writer.byte((isWide ? 0x80 : 0) | ((~vvvv & 15) << 3) | 4 | (prefixBits[form.prefix] ?? 0));
  const zeroing = instruction.isZeroing === true ? 0x80 : 0;
  const mask = instruction.mask?.number ?? 0;
  writer.byte(zeroing | (length << 5) | (isBroadcast ? 0x10 : 0) | (not(vvvv, 4) << 3) | mask);
}

/** What short displacements count in. */
function unitOf({ bits }: Instruction, form: VectorForm, place: Operand): number {
  if (place.kind === "register") return 1;
  return memoryBytesOf(bits, form, place);
}

/** Bytes that an instruction reads or writes in memory. */
export function memoryBytesOf(bits: number, form: VectorForm, memory: Memory): number {
  if (memory.isBroadcast) return 4;
  if (typeof form.tuple === "number") return form.tuple;
  return bits / { full: 8, half: 16, quarter: 32 }[form.tuple];
}
