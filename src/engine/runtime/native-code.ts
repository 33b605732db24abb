// What makes code for the processor at hand, chosen by its architecture and instructions.

import { SinterError } from "#engine/base/error.ts";
import type { Kernel, TargetTraits } from "#engine/graph/kernel.ts";
import type { NativeMachine } from "#engine/platform/api.ts";
import { chooseInstructionSet } from "#engine/runtime/native-processor.ts";
import { encodeDriver as encodeArm64Driver } from "#engine/target/arm64/driver.ts";
import { encodeKernel as encodeArm64Kernel } from "#engine/target/arm64/encode-kernel.ts";
import { arm64Traits, floatMode as arm64FloatMode } from "#engine/target/arm64/traits.ts";
import type { Driver } from "#engine/target/machine/driver.ts";
import type { KernelCode } from "#engine/target/machine/kernel-code.ts";
import { encodeDriver } from "#engine/target/x64/driver.ts";
import { encodeKernel } from "#engine/target/x64/encode-kernel.ts";
import { floatMode, traitsOf, type InstructionSet } from "#engine/target/x64/traits.ts";

/** A target of the native device. */
export interface NativeCode {
  readonly traits: TargetTraits;
  /** How floats are handled: what the driver sets, and puts back. */
  readonly floatMode: number;
  /** The processor, for people. */
  readonly processor: string;
  /** What decides the last bits of results. */
  readonly arithmetic: string;
  readonly encodeKernel: (kernel: Kernel) => KernelCode;
  readonly encodeDriver: () => Driver;
}

const arm64: NativeCode = {
  traits: arm64Traits,
  floatMode: arm64FloatMode,
  processor: "AArch64 with NEON",
  arithmetic: "arm64 neon",
  encodeKernel: encodeArm64Kernel,
  encodeDriver: encodeArm64Driver,
};

/** The code for a machine, with the best instructions or those that are wanted. @throws missing when it lacks them */
export function codeOf(machine: NativeMachine, wanted: InstructionSet | undefined): NativeCode {
  if (machine.architecture === "x64") return x64(chooseInstructionSet(machine, wanted));
  if (wanted === undefined) return arm64;
  throw new SinterError("missing", `native: this processor lacks ${wanted}, it has NEON. Leave instructionSet out.`);
}

function x64(instructionSet: InstructionSet): NativeCode {
  return {
    traits: traitsOf(instructionSet),
    floatMode,
    processor: `x86-64 with ${instructionSet === "avx512" ? "AVX-512" : "AVX2 and FMA"}`,
    arithmetic: `x64 ${instructionSet}`,
    encodeKernel: (kernel) => encodeKernel(kernel, { instructionSet }),
    encodeDriver,
  };
}
