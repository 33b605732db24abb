// A graph compiled for a device, and what is to be prepared for it, loaded one after the other.

import { compileGraph } from "#engine/compile/pipeline.ts";
import type { Graph } from "#engine/graph/graph.ts";
import type { KernelProgram, TargetTraits } from "#engine/graph/kernel.ts";
import { platform } from "#engine/platform/api.ts";
import type { Executable, PreparationStep } from "#engine/runtime/device.ts";
import { pauser } from "#engine/runtime/pauser.ts";

export interface Target {
  readonly traits: TargetTraits;
  /** Places of parameters that seldom change. */
  readonly constants?: ReadonlySet<number> | undefined;
}

/** What a device needs to load a program. */
export interface Loading {
  /** Awaited between kernels. */
  readonly pause: () => Promise<void>;
  /** Milliseconds since compiling began. */
  readonly compileMs: () => number;
  readonly preparation: PreparationStep | undefined;
}

/** @param load loads one program */
export async function compileAndLoad<Loaded extends Executable>(
  graph: Graph,
  { traits, constants }: Target,
  load: (program: KernelProgram, loading: Loading) => Promise<Loaded>,
): Promise<Loaded> {
  // The graph was made just now, in the same task.
  await platform().yield();
  const started = platform().now();
  const pause = pauser();
  const compileMs = (): number => platform().now() - started;
  const program = await compileGraph(graph, traits, pause, constants);
  if (program.preparation === undefined) return load(program, { pause, compileMs, preparation: undefined });
  const { program: first, keptBytes: bytes } = program.preparation;
  const executable = await load(first, { pause, compileMs, preparation: undefined });
  return load(program, { pause, compileMs, preparation: { executable, bytes } });
}
