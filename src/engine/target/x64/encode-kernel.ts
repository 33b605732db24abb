// A kernel to machine code: `void kernel(const void* const* buffers, int32_t chunk, void* scratch)` by the System V
// calling convention. Runs one chunk; needs some stack, no red zone; pure, position-independent.

import type { Kernel } from "#engine/graph/kernel.ts";
import { allocateRegisters, type Allocation } from "#engine/target/machine/allocate.ts";
import type { KernelCode } from "#engine/target/machine/kernel-code.ts";
import { architectureOf } from "./architecture.ts";
import { Encoder } from "./encoder.ts";
import { general, memoryAt, vectorRegister, type Instruction } from "#engine/target/machine/instruction.ts";
import { rbp, rsp } from "./instruction.ts";
import { selectKernel } from "./select-kernel.ts";
import type { InstructionSet } from "./traits.ts";

/** The machine code of a kernel. */
export function encodeKernel(
  kernel: Kernel,
  { instructionSet }: { readonly instructionSet: InstructionSet },
): KernelCode {
  const selection = selectKernel(kernel, instructionSet);
  const allocation = allocateRegisters(selection.instructions, {
    registerBits: [...selection.registerBits],
    architecture: architectureOf(instructionSet),
  });
  const saved = calleeSaved.filter((number) => allocation.used.general.has(number));
  const encoder = new Encoder();
  const add = (name: string, bits: number, operands: Instruction["operands"] = [], immediate = 0): void =>
    encoder.add({ name, bits, operands, immediate });
  openFrame(add, allocation, saved);
  for (const instruction of allocation.instructions) encoder.add(expanded(instruction));
  closeFrame(add, allocation, saved);
  const instructionBytes = encoder.writer.length;
  selection.constants.write(encoder);
  return { code: encoder.finish(), instructionBytes, stackBytes: allocation.frameBytes + saved.length * 8 + 136 };
}

/** Besides rbp, which holds the frame. */
const calleeSaved: readonly number[] = [3, 12, 13, 14, 15];

type Add = (name: string, bits: number, operands?: Instruction["operands"], immediate?: number) => void;

/** The frame begins at a multiple of 64 bytes, so that no spilled vector crosses a cache line. */
function openFrame(add: Add, { frameBytes }: Allocation, saved: readonly number[]): void {
  if (frameBytes > 0) {
    add("push", 64, [rbp]);
    add("mov", 64, [rbp, rsp]);
  }
  for (const number of saved) add("push", 64, [general(number)]);
  if (frameBytes === 0) return;
  add("subImmediate", 64, [rsp], frameBytes);
  add("andImmediate", 64, [rsp], -64);
}

function closeFrame(add: Add, { frameBytes }: Allocation, saved: readonly number[]): void {
  add("vzeroupper", 128);
  if (frameBytes > 0) add("lea", 64, [rsp, memoryAt(rbp, -8 * saved.length)]);
  for (const number of saved.toReversed()) add("pop", 64, [general(number)]);
  if (frameBytes > 0) add("pop", 64, [rbp]);
  add("ret", 64);
}

/** What stands for another instruction until registers are known. */
function expanded(instruction: Instruction): Instruction {
  if (instruction.name !== "zero") return instruction;
  const [into] = instruction.operands;
  if (into?.kind !== "register") return instruction;
  const register = vectorRegister(into.number);
  return { name: "vxorps", bits: 128, operands: [register, register, register] };
}
