// The instruction sets under test and what runs them. AVX-512 runs on a processor that has it, and emulated everywhere.
import type { Kernel } from "#engine/graph/kernel.ts";
import { encodeKernel as encodeArm64Kernel } from "#engine/target/arm64/encode-kernel.ts";
import { arm64Traits } from "#engine/target/arm64/traits.ts";
import type { KernelCode } from "#engine/target/machine/kernel-code.ts";
import { encodeKernel } from "#engine/target/x64/encode-kernel.ts";
import { traitsOf, type InstructionSet } from "#engine/target/x64/traits.ts";
import { Emulator as Arm64Emulator } from "../arm64/emulator.ts";
import { Emulator as X64Emulator } from "../x64/emulator.ts";
import { emulated } from "./emulated-machine.ts";
import type { CodeTarget, Machine } from "./machine.ts";
import { hasAvx512, openProcessor, whyNoProcessor } from "../x64/processor.ts";

export interface Runner extends CodeTarget {
  /** Why it cannot run here. */
  readonly whyNot: string | undefined;
  /** @param bytes of memory, where the machine must know */
  readonly open: (bytes: number) => Machine;
}

function runner(name: string, instructionSet: InstructionSet, more: Pick<Runner, "whyNot" | "open">): Runner {
  const encode = (kernel: Kernel): KernelCode => encodeKernel(kernel, { instructionSet });
  return { name, traits: traitsOf(instructionSet), encode, ...more };
}

const openX64 = emulated((bytes) => new X64Emulator(bytes));
const avx512 = runner("avx512", "avx512", { whyNot: undefined, open: openProcessor });

export const runners: readonly Runner[] = [
  runner("avx2", "avx2", { whyNot: whyNoProcessor, open: openProcessor }),
  runner("avx2 emulated", "avx2", { whyNot: undefined, open: openX64 }),
  runner("avx512 emulated", "avx512", { whyNot: undefined, open: openX64 }),
  {
    name: "arm64 emulated",
    traits: arm64Traits,
    encode: encodeArm64Kernel,
    whyNot: undefined,
    open: emulated((bytes) => new Arm64Emulator(bytes)),
  },
  ...(hasAvx512() ? [avx512] : []),
];
