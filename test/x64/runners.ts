// The instruction sets under test and what runs them. AVX-512 runs on a processor that has it, and emulated everywhere.
import type { InstructionSet } from "#engine/target/x64/traits.ts";
import { openEmulator } from "./emulated-machine.ts";
import type { Machine } from "./machine.ts";
import { hasAvx512, openProcessor, whyNoProcessor } from "./processor.ts";

export interface Runner {
  readonly name: string;
  readonly instructionSet: InstructionSet;
  /** Why it cannot run here. */
  readonly whyNot: string | undefined;
  /** @param bytes of memory, where the machine must know */
  readonly open: (bytes: number) => Machine;
}

const avx512: Runner = { name: "avx512", instructionSet: "avx512", whyNot: undefined, open: openProcessor };

export const runners: readonly Runner[] = [
  { name: "avx2", instructionSet: "avx2", whyNot: whyNoProcessor, open: openProcessor },
  { name: "avx2 emulated", instructionSet: "avx2", whyNot: undefined, open: openEmulator },
  { name: "avx512 emulated", instructionSet: "avx512", whyNot: undefined, open: openEmulator },
  ...(hasAvx512() ? [avx512] : []),
];
