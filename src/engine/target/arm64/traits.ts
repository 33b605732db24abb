// What code generation must know of AArch64 with NEON.

import type { TargetTraits } from "#engine/graph/kernel.ts";
import { mostOffset } from "#engine/target/machine/layout.ts";

/** FPCR: round to nearest, no traps, denormals are 0 as operands and as results. */
export const floatMode: number = 1 << 24;

/** A tile keeps 24 sums in registers, beside them 4 vectors and a factor for each row. */
export const arm64Traits: TargetTraits = {
  lanes: 4,
  registers: 32,
  fusesMultiplyAdd: true,
  mostBufferBytes: mostOffset,
  usesWinograd: true,
  tile: { rows: 6, vectors: 4 },
};
