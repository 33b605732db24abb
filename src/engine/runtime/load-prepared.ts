// A compiled program and what is to be prepared for it, loaded on a device one after the other.

import type { KernelProgram } from "#engine/graph/kernel.ts";
import type { Executable, PreparationStep } from "#engine/runtime/device.ts";

/** @param load loads one program, given what prepares for it */
export async function loadPrepared<Loaded extends Executable>(
  program: KernelProgram,
  load: (program: KernelProgram, preparation?: PreparationStep) => Promise<Loaded>,
): Promise<Loaded> {
  const { preparation } = program;
  if (preparation === undefined) return load(program);
  return load(program, { executable: await load(preparation.program), bytes: preparation.keptBytes });
}
