// The kernel language as x86-64 code: AVX2, and AVX-512 where the machine has it.
import { afterAll, describe } from "vitest";
import type { Kernel } from "#engine/graph/kernel.ts";
import { encodeKernel } from "#engine/target/x64/encode-kernel.ts";
import { traitsOf, type InstructionSet } from "#engine/target/x64/traits.ts";
import { memoryBytes, place, scratchAt, testKernels } from "../kernels/value-cases.ts";
import { hasAvx512, openMachine, whyNoMachine } from "./run-code.ts";

testOn("avx2", whyNoMachine);
testOn("avx512", whyNoMachine ?? (hasAvx512() ? undefined : "needs AVX-512"));

function testOn(instructionSet: InstructionSet, whyNot: string | undefined): void {
  describe.skipIf(whyNot !== undefined)(`${instructionSet} (${whyNot ?? "runs here"})`, () => {
    const machine = whyNot === undefined ? openMachine() : undefined;
    afterAll(() => machine?.[Symbol.dispose]());

    const run = (kernel: Kernel, fill: (memory: ArrayBuffer) => void): ArrayBuffer => {
      const memory = machine!.allocate(memoryBytes);
      fill(memory.buffer);
      const addresses = machine!.allocate(kernel.numBuffers * 8);
      new BigUint64Array(addresses.buffer).set(
        Array.from({ length: kernel.numBuffers }, (_, index) => memory.address + BigInt(place(index))),
      );
      const call = machine!.function(encodeKernel(kernel, { instructionSet }).code);
      const scratch = memory.address + BigInt(scratchAt);
      for (let chunk = 0; chunk < kernel.numChunks; chunk += 1) call(addresses.address, chunk, scratch);
      return memory.buffer.slice(0, memoryBytes);
    };
    testKernels({ lanes: traitsOf(instructionSet).lanes, fused: true, run });
  });
}
