// From steps to a program: every step as it is executed, those of a loop once an iteration, with the place of every buffer.

import { BugError } from "#engine/base/error.ts";
import type { Node } from "#engine/graph/graph.ts";
import type { Kernel, KernelProgram, RepeatedSteps, Slot } from "#engine/graph/kernel.ts";
import { checkSizes, lifetimesOf, planArena } from "#engine/compile/memory.ts";
import { keyOf, type AnyStep, type StepBuffer } from "#engine/compile/step.ts";

interface PlaceOptions {
  readonly name: string;
  /** Buffers that are arguments, by their keys. */
  readonly homes: ReadonlyMap<Node | StepBuffer, number>;
  readonly numArguments: number;
  /** Of one buffer. */
  readonly mostBytes: number;
  /** Of arguments that are results: the argument whose memory each takes over. */
  readonly takenOver: ReadonlyMap<number, number>;
}

/** The program of steps in order. */
export function placeSteps(steps: readonly AnyStep[], options: PlaceOptions): KernelProgram {
  const { name, homes, numArguments, takenOver } = options;
  const lifetimes = lifetimesOf(steps, (key) => homes.has(key));
  checkSizes([...lifetimes.values()], options.mostBytes);
  const arena = planArena([...lifetimes.values()]);
  const slotOf = (buffer: StepBuffer): Slot => {
    const home = homes.get(keyOf(buffer));
    if (home !== undefined) return { kind: "argument", index: home };
    const lifetime = lifetimes.get(keyOf(buffer));
    const offset = lifetime === undefined ? undefined : arena.offsets.get(lifetime);
    if (offset === undefined) throw new BugError("A buffer has no place.");
    return { kind: "arena", offset };
  };
  const execution = new Execution();
  for (const step of steps) {
    if (!copiesToItself(step, slotOf, takenOver)) execution.add(step, slotOf, true);
  }
  const { executed, kernels, loops } = execution;
  return { name, kernels: [...kernels.keys()], steps: executed, loops, numArguments, arenaBytes: arena.bytes };
}

/** Whether a step copies an argument into the result that takes over its memory. */
function copiesToItself(
  step: AnyStep,
  slotOf: (buffer: StepBuffer) => Slot,
  takenOver: ReadonlyMap<number, number>,
): boolean {
  if (!("kernel" in step) || step.copyOf === undefined) return false;
  const [source, target] = [step.buffers[step.copyOf], step.buffers[step.numInputs]];
  if (source === undefined || target === undefined) return false;
  const [from, to] = [slotOf(source), slotOf(target)];
  return from.kind === "argument" && to.kind === "argument" && takenOver.get(to.index) === from.index;
}

class Execution {
  readonly executed: { readonly kernel: number; readonly buffers: readonly Slot[] }[] = [];
  readonly kernels = new Map<Kernel, number>();
  readonly loops: RepeatedSteps[] = [];

  /** @param isFirst whether all loops around are in their first iteration */
  add(step: AnyStep, slotOf: (buffer: StepBuffer) => Slot, isFirst: boolean): void {
    if ("kernel" in step) {
      const kernel = this.kernels.get(step.kernel) ?? this.kernels.size;
      this.kernels.set(step.kernel, kernel);
      this.executed.push({ kernel, buffers: step.buffers.map(slotOf) });
      return;
    }
    const { count, steps, place } = step;
    const [first, position] = [this.executed.length, this.loops.length];
    for (let iteration = 0; iteration < count; iteration += 1) {
      const inIteration = (inner: StepBuffer): Slot => {
        const { buffer, offset } = place(inner, iteration);
        return moved(slotOf(buffer), offset);
      };
      for (const inner of steps) this.add(inner, inIteration, isFirst && iteration === 0);
      if (iteration > 0 || !isFirst || count === 1) continue;
      // A loop stands before those that are inside of it.
      this.loops.splice(position, 0, { first, numSteps: this.executed.length - first, count });
    }
  }
}

function moved(slot: Slot, bytes: number): Slot {
  if (bytes === 0) return slot;
  return { ...slot, offset: (slot.offset ?? 0) + bytes };
}
