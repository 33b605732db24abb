// ModRM, SIB and displacement: how an operand that is a register or memory stands in an instruction.

import { BugError } from "#engine/base/error.ts";
import type { ByteWriter } from "#engine/target/byte-writer.ts";
import type { Memory, Operand } from "#engine/target/machine/instruction.ts";

/** A distance to a label that is still to be filled in. */
export interface LabelPlace {
  readonly at: number;
  readonly memory: Memory;
}

/** The fourth bits of the registers of an operand; of a vector register the fifth takes the place of the index's. */
export function extensionOf(operand: Operand): { readonly x: number; readonly b: number } {
  if (operand.kind === "register") return { x: (operand.number >> 4) & 1, b: (operand.number >> 3) & 1 };
  const { base, index } = operand;
  return { x: ((index?.number ?? 0) >> 3) & 1, b: ((base?.number ?? 0) >> 3) & 1 };
}

/**
 * Writes ModRM and what follows it, up to the immediate.
 * @param unit short displacements count in as many bytes (EVEX)
 */
export function writeOperand(writer: ByteWriter, reg: number, operand: Operand, unit = 1): LabelPlace | undefined {
  const field = (reg & 7) << 3;
  if (operand.kind === "register") {
    writer.byte(0xc0 | field | (operand.number & 7));
    return undefined;
  }
  if (operand.label !== undefined) {
    writer.byte(field | 5);
    writer.integer(0);
    return { at: writer.length - 4, memory: operand };
  }
  writeAddress(writer, field, operand, unit);
  return undefined;
}

const scaleBits = { 1: 0, 2: 1, 4: 2, 8: 3 } as const;

function writeAddress(writer: ByteWriter, field: number, memory: Memory, unit: number): void {
  const { base, index, scale, displacement } = memory;
  if (index?.number === 4) throw new BugError("rsp cannot be an index.");
  if (base === undefined) {
    // Without a base the displacement has four bytes.
    writer.byte(field | 4);
    writer.byte((scaleBits[scale] << 6) | (((index?.number ?? 4) & 7) << 3) | 5);
    writer.integer(displacement);
    return;
  }
  const low = base.number & 7;
  const short = displacement / unit;
  const isShort = Number.isInteger(short) && short >= -128 && short <= 127;
  // rbp and r13 as a base without displacement would mean something else.
  const mode = displacement === 0 && low !== 5 ? 0 : isShort ? 1 : 2;
  if (index !== undefined || low === 4) {
    writer.byte((mode << 6) | field | 4);
    writer.byte((scaleBits[scale] << 6) | (((index?.number ?? 4) & 7) << 3) | low);
  } else writer.byte((mode << 6) | field | low);
  if (mode === 1) writer.byte(short & 0xff);
  else if (mode === 2) writer.integer(displacement);
}
