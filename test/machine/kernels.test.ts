// The kernel language as machine code: on the processor as far as it has the instructions, and emulated.
import { afterAll, describe } from "vitest";
import type { Kernel } from "#engine/graph/kernel.ts";
import { testKernels } from "../kernels/value-cases.ts";
import { memoryBytes, place, scratchAt } from "../kernels/value-inputs.ts";
import { addressTable } from "./machine.ts";
import { runners } from "./runners.ts";

describe.each(runners)("$name", ({ whyNot, open, traits, encode }) => {
  describe.skipIf(whyNot !== undefined)(whyNot ?? "runs", () => {
    const machine = whyNot === undefined ? open(1 << 20) : undefined;
    afterAll(() => machine?.[Symbol.dispose]());

    const run = (kernel: Kernel, fill: (memory: ArrayBuffer) => void): ArrayBuffer => {
      using own = machine!;
      const memory = own.allocate(memoryBytes);
      const contents = new ArrayBuffer(memoryBytes);
      fill(contents);
      memory.bytes.set(new Uint8Array(contents));
      const addresses = Array.from({ length: kernel.numBuffers }, (_, index) => memory.address + BigInt(place(index)));
      const table = addressTable(own, addresses);
      const call = own.function(encode(kernel));
      const scratch = memory.address + BigInt(scratchAt);
      for (let chunk = 0; chunk < kernel.numChunks; chunk += 1) call(table.address, chunk, scratch);
      return memory.bytes.slice(0, memoryBytes).buffer;
    };
    testKernels({ lanes: traits.lanes, fused: true, run });
  });
});
