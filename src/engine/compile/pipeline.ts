// The compiler, pass by pass: fuse, emit, schedule, plan memory. In: a graph without duplicates. Out: kernels in order
// and the place of every buffer.

import { BugError } from "#engine/base/error.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { axis, read, scalarTypeOf } from "#engine/graph/expression.ts";
import { apply, type Graph, type Node, type TensorType } from "#engine/graph/graph.ts";
import type { Kernel, KernelProgram, Slot, TargetTraits } from "#engine/graph/kernel.ts";
import { definePrimitive, outputAxes, type Primitive } from "#engine/graph/primitive.ts";
import { buildGroup } from "#engine/compile/build-group.ts";
import { emitContraction } from "#engine/compile/emit-contraction.ts";
import { emitLoops } from "#engine/compile/emit-loops.ts";
import { emitScatter } from "#engine/compile/emit-scatter.ts";
import { planFusion } from "#engine/compile/fuse.ts";
import { gatherSteps } from "#engine/compile/gather-steps.ts";
import type { Group, ScatterGroup } from "#engine/compile/group.ts";
import { liveStatements } from "#engine/compile/live-statements.ts";
import { planArena, type Lifetime } from "#engine/compile/memory.ts";
import { scheduleGroups } from "#engine/compile/schedule.ts";
import type { Step, StepBuffer } from "#engine/compile/step.ts";

/** Kernels of a graph for a CPU target. `pause` is awaited between kernels, so that a page stays alive. */
export async function compileGraph(
  given: Graph,
  traits: TargetTraits,
  pause: () => Promise<void> = () => Promise.resolve(),
): Promise<KernelProgram> {
  const graph = copyReturnedParameters(given);
  const plan = await planFusion(graph, pause);
  const groups: (Group | ScatterGroup)[] = [];
  for (const cluster of plan.clusters) {
    groups.push(buildGroup(cluster, plan));
    await pause();
  }
  const { order, unsafe } = scheduleGroups(groups, graph);
  const steps: Step[] = [];
  for (const group of order) {
    for (const step of emitGroup(group, traits)) {
      steps.push({ ...step, kernel: { ...step.kernel, body: liveStatements(step.kernel.body) } });
    }
    await pause();
  }
  const gathered: (Step & { readonly target?: number })[] = gatherSteps(steps, new Set(graph.outputs));
  const homes = new Homes(graph, unsafe);
  for (const copy of homes.copies)
    gathered.push(...emitLoops(copyGroup(copy.source), traits).map((step) => redirect(step, copy)));
  return placeBuffers(gathered, homes, graph);
}

const copyPrimitive: Primitive = definePrimitive<readonly [x: TensorType]>({
  name: "copy",
  trait: "movement",
  type: ([x]) => x,
  lower: ([x]) => ({ kind: "map", value: x.at(...outputAxes(x.rank)) }),
  vjp: (_inputs, cotangent) => [cotangent],
  batch: ([x]) => apply(copyPrimitive, [x.node]),
  cases: [],
  rejects: [],
});

/** Parameters that are returned become nodes, so that the schedule reads them before their memory is taken over. */
function copyReturnedParameters(graph: Graph): Graph {
  const outputs = graph.outputs.map((output, index) => {
    const parameter = graph.parameters.indexOf(output);
    return parameter < 0 || graph.donations[index] === parameter ? output : apply(copyPrimitive, [output]);
  });
  return { ...graph, outputs };
}

function emitGroup(group: Group | ScatterGroup, traits: TargetTraits): Step[] {
  if (!("space" in group)) return emitScatter(group, traits);
  return group.contraction === undefined ? emitLoops(group, traits) : emitContraction(group, traits);
}

interface Copy {
  readonly source: Node;
  readonly argument: number;
}

/** Where nodes live that are arguments or results of the program. */
class Homes {
  readonly arguments = new Map<Node, number>();
  /** Results that are computed elsewhere and copied at the end. */
  readonly copies: Copy[] = [];
  readonly numArguments: number;

  constructor(graph: Graph, unsafe: ReadonlySet<Node>) {
    graph.parameters.forEach((node, index) => this.arguments.set(node, index));
    this.numArguments = graph.parameters.length + graph.outputs.length;
    graph.outputs.forEach((node, index) => {
      const argument = graph.parameters.length + index;
      const home = this.arguments.get(node);
      if (home === undefined && !unsafe.has(node)) this.arguments.set(node, argument);
      else if (home === undefined || graph.donations[index] !== home) this.copies.push({ source: node, argument });
    });
  }
}

function copyGroup(source: Node): Group {
  const size = sizeOf(source.type.shape);
  const type = scalarTypeOf(source.type.dtype);
  const place = outputAxes(source.type.shape.length);
  return {
    name: `copy ${size}`,
    space: source.type.shape,
    contraction: undefined,
    window: [],
    reductions: [],
    wideOutputs: [],
    outputs: [{ node: source, value: read(0, place.length === 0 ? [] : place.map((_, index) => axis(index)), type) }],
    inputs: [source],
  };
}

/** The copy's result goes to an argument instead of the node's own memory. */
function redirect(step: Step, copy: Copy): Step & { readonly target: number } {
  return { ...step, target: copy.argument };
}

function placeBuffers(
  steps: readonly (Step & { readonly target?: number })[],
  homes: Homes,
  graph: Graph,
): KernelProgram {
  const lifetimes = new Map<Node | StepBuffer, Lifetime>();
  const keyOf = (buffer: StepBuffer): Node | StepBuffer => (buffer.kind === "node" ? buffer.node : buffer);
  steps.forEach((step, number) => {
    for (const buffer of step.buffers) {
      const key = keyOf(buffer);
      if (buffer.kind === "node" && homes.arguments.has(buffer.node)) continue;
      const known = lifetimes.get(key);
      if (known === undefined) lifetimes.set(key, { buffer, first: number, last: number });
      else known.last = number;
    }
  });
  const arena = planArena([...lifetimes.values()]);
  const slotOf = (buffer: StepBuffer): Slot => {
    const home = buffer.kind === "node" ? homes.arguments.get(buffer.node) : undefined;
    if (home !== undefined) return { kind: "argument", index: home };
    const lifetime = lifetimes.get(keyOf(buffer));
    const offset = lifetime === undefined ? undefined : arena.offsets.get(lifetime);
    if (offset === undefined) throw new BugError("A buffer has no place.");
    return { kind: "arena", offset };
  };
  const kernels: Kernel[] = [];
  const placed = steps.flatMap((step) => {
    const buffers = step.buffers.map((buffer, index): Slot =>
      step.target !== undefined && index >= step.numInputs ? { kind: "argument", index: step.target } : slotOf(buffer),
    );
    if (copiesToItself(step, buffers, graph)) return [];
    kernels.push(step.kernel);
    return [{ kernel: kernels.length - 1, buffers }];
  });
  const name = graph.outputs[0]?.primitive.name ?? "empty";
  return { name, kernels, steps: placed, numArguments: homes.numArguments, arenaBytes: arena.bytes };
}

/** Whether a step copies a donated argument into the result that takes over its memory. */
function copiesToItself({ copyOf, numInputs }: Step, buffers: readonly Slot[], graph: Graph): boolean {
  const [from, to] = [buffers[copyOf ?? -1], buffers[numInputs]];
  if (from?.kind !== "argument" || to?.kind !== "argument") return false;
  return graph.donations[to.index - graph.parameters.length] === from.index;
}
