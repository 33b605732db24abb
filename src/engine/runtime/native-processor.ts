// The machine that runs code for this process, and which instructions its processor has.

import { SinterError } from "#engine/base/error.ts";
import { platform, type NativeMachine } from "#engine/platform/api.ts";
import {
  encodeProcessorQuery,
  instructionSetsOf,
  processorWords,
  type ProcessorLeaf,
} from "#engine/target/x64/processor.ts";
import type { InstructionSet } from "#engine/target/x64/traits.ts";

const pageBytes = 4096;

/** @throws missing where there is none; device where it cannot be used */
export function machineOf(): NativeMachine {
  const machine = platform().native?.();
  if (machine !== undefined) return machine;
  throw new SinterError("missing", 'native: this host runs no machine code. Use "wasm".');
}

/** The best instructions, or those that are wanted. @throws missing when the processor has none that serve */
export function chooseInstructionSet(machine: NativeMachine, wanted: InstructionSet | undefined): InstructionSet {
  const found = instructionSetsOf(processorQuery(machine));
  const chosen = wanted === undefined ? found[0] : found.find((one) => one === wanted);
  if (chosen !== undefined) return chosen;
  throw new SinterError("missing", `native: this processor lacks ${wanted ?? "AVX2, FMA, F16C or BMI2"}. Use "wasm".`);
}

const leaves = new Map<number, ProcessorLeaf>();

function processorQuery(machine: NativeMachine): (leaf: number) => ProcessorLeaf {
  return (leaf) => {
    const known = leaves.get(leaf) ?? askProcessor(machine, leaf);
    leaves.set(leaf, known);
    return known;
  };
}

function askProcessor(machine: NativeMachine, leaf: number): ProcessorLeaf {
  const words = new Int32Array(processorWords);
  words[0] = leaf;
  const bytes = new Uint8Array(words.buffer);
  const place = machine.reserve(pageBytes);
  const code = machine.loadCode(encodeProcessorQuery());
  machine.copyIn(place, bytes);
  machine.call(code.address, place);
  machine.copyOut(place, bytes);
  code.free();
  machine.free(place, pageBytes);
  const [, , eax = 0, ebx = 0, ecx = 0, edx = 0] = words;
  return { eax, ebx, ecx, edx };
}
