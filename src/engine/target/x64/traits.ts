// What code generation must know of x86-64 with AVX2 or AVX-512.

import type { TargetTraits } from "#engine/graph/kernel.ts";
import { mostOffset } from "#engine/target/machine/layout.ts";

/** `avx2` means AVX2, FMA, BMI2 and F16C; `avx512` besides them AVX-512 F, BW, DQ and VL. */
export type InstructionSet = "avx2" | "avx512";

/** MXCSR: all exceptions masked, flush to zero, denormals are zero. */
export const floatMode = 0x9fc0;

/**
 * The traits of an instruction set. Tiles keep 12 or 24 sums in registers; AVX-512's is 32 columns wide, not 64, because
 * layers of 32 channels are common and columns are padded to the tile.
 */
export function traitsOf(instructionSet: InstructionSet): TargetTraits {
  const common = { fusesMultiplyAdd: true, usesWinograd: true, mostBufferBytes: mostOffset };
  return instructionSet === "avx512"
    ? { ...common, lanes: 16, registers: 32, tile: { rows: 12, vectors: 2 } }
    : { ...common, lanes: 8, registers: 16, tile: { rows: 6, vectors: 2 } };
}
