// Which instruction sets a processor has and the system saves: asked by CPUID and XGETBV.
// Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, CPUID; volume 1, 13.2 and 14.3.

import { Encoder } from "./encoder.ts";
import { general, memoryAt, type Instruction, type Operand } from "#engine/target/machine/instruction.ts";
import { rax, rdi, rdx } from "./instruction.ts";
import type { InstructionSet } from "./traits.ts";

/** Words that the code reads and writes: leaf and subleaf in; eax, ebx, ecx, edx out. */
export const processorWords = 6;
/** The leaf for which XGETBV is asked instead. */
export const enabledStates = -1;

const [rbx, rcx, r8] = [general(3), general(1), general(8)];

/** `int ask(words)`. */
export function encodeProcessorQuery(): Uint8Array<ArrayBuffer> {
  const encoder = new Encoder();
  const add = (name: string, operands: readonly Operand[] = [], more: Partial<Instruction> = {}): void =>
    encoder.add({ name, bits: 32, operands, ...more });
  const [states, store] = [1, 2];
  const word = (index: number): Operand => memoryAt(r8, index * 4);
  add("push", [rbx]);
  add("mov", [r8, rdi], { bits: 64 });
  add("mov", [rax, word(0)]);
  add("mov", [rcx, word(1)]);
  add("cmpImmediate", [rax], { immediate: enabledStates });
  add("jcc", [], { condition: 4, label: states });
  add("cpuid");
  add("jmp", [], { label: store });
  encoder.label(states);
  add("xor", [rcx, rcx]);
  add("xgetbv");
  encoder.label(store);
  [rax, rbx, rcx, rdx].forEach((register, index) => add("store", [word(2 + index), register]));
  add("pop", [rbx]);
  add("xor", [rax, rax]);
  add("ret");
  return encoder.finish();
}

/** Registers of a CPUID leaf. */
export interface ProcessorLeaf {
  readonly eax: number;
  readonly ebx: number;
  readonly ecx: number;
  readonly edx: number;
}

/**
 * The instruction sets that code may use, the best first.
 * @param ask gives a leaf, or the enabled states
 */
export function instructionSetsOf(ask: (leaf: number) => ProcessorLeaf): InstructionSet[] {
  const has = (register: number, ...bits: readonly number[]): boolean =>
    bits.every((bit) => ((register >>> bit) & 1) === 1);
  const [osSaves, avx, fma, f16c] = [27, 28, 12, 29];
  if (ask(0).eax < 7 || !has(ask(1).ecx, osSaves, avx, fma, f16c)) return [];
  const states = ask(enabledStates).eax;
  const { ebx } = ask(7);
  const [avx2, bmi2] = [5, 8];
  const [foundation, doubleWords, bytes, shortVectors] = [16, 17, 30, 31];
  if (!has(ebx, avx2, bmi2) || !has(states, 1, 2)) return [];
  const hasWide = has(ebx, foundation, doubleWords, bytes, shortVectors) && has(states, 5, 6, 7);
  return hasWide ? ["avx512", "avx2"] : ["avx2"];
}
