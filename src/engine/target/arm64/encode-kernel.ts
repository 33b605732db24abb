// A kernel to machine code: `void kernel(const void* const* buffers, int32_t chunk, void* scratch)` by AAPCS64. Runs one
// chunk; needs some stack; pure, position-independent.

import type { Kernel } from "#engine/graph/kernel.ts";
import { allocateRegisters, type Allocation } from "#engine/target/machine/allocate.ts";
import { general, memoryAt, vectorRegister, type Register } from "#engine/target/machine/instruction.ts";
import type { KernelCode } from "#engine/target/machine/kernel-code.ts";
import { architecture, calleeSaved } from "./architecture.ts";
import { Encoder } from "./encoder.ts";
import { stackPointer } from "./instruction.ts";
import { selectKernel } from "./select-kernel.ts";

/** The machine code of a kernel. */
export function encodeKernel(kernel: Kernel): KernelCode {
  const selection = selectKernel(kernel);
  const allocation = allocateRegisters(selection.instructions, {
    registerBits: [...selection.registerBits],
    architecture,
  });
  const saved = savedRegisters(allocation);
  const stackBytes = Math.ceil((allocation.frameBytes + saved.length * 8) / 16) * 16;
  const encoder = new Encoder();
  const moveStack = (name: string): void => {
    if (stackBytes === 0) return;
    encoder.add({ name, bits: 64, operands: [stackPointer, stackPointer], immediate: stackBytes });
  };
  const place = (index: number) => memoryAt(stackPointer, allocation.frameBytes + index * 8);
  moveStack("subImmediate");
  saved.forEach((register, index) => encoder.add(architecture.storeOf(register, place(index), 64)));
  for (const instruction of allocation.instructions) encoder.add(instruction);
  saved.forEach((register, index) => encoder.add(architecture.loadOf(register, place(index), 64)));
  moveStack("addImmediate");
  encoder.add({ name: "ret", bits: 64, operands: [] });
  const instructionBytes = encoder.writer.length;
  selection.constants.write(encoder);
  return { code: encoder.finish(), instructionBytes, stackBytes };
}

function savedRegisters({ used }: Allocation): Register[] {
  return [
    ...calleeSaved.general.filter((number) => used.general.has(number)).map(general),
    ...calleeSaved.vector.filter((number) => used.vector.has(number)).map(vectorRegister),
  ];
}
