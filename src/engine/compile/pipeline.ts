// The compiler, pass by pass: fuse, emit, schedule, plan memory. In: a graph without duplicates. Out: kernels in order
// and the place of every buffer.

import type { Graph, Node } from "#engine/graph/graph.ts";
import type { KernelProgram, TargetTraits } from "#engine/graph/kernel.ts";
import { buildGroup } from "#engine/compile/build-group.ts";
import { copyGroup, copyOf } from "#engine/compile/copy.ts";
import { emitContraction } from "#engine/compile/emit-contraction.ts";
import { emitLoop } from "#engine/compile/emit-loop.ts";
import { emitLoops } from "#engine/compile/emit-loops.ts";
import { emitScatter } from "#engine/compile/emit-scatter.ts";
import { EqualGroups } from "#engine/compile/equal-groups.ts";
import { planFusion } from "#engine/compile/fuse.ts";
import { gatherSteps } from "#engine/compile/gather-steps.ts";
import type { AnyGroup, Group, ScatterGroup } from "#engine/compile/group.ts";
import { liveStatements } from "#engine/compile/live-statements.ts";
import { placeSteps } from "#engine/compile/place-steps.ts";
import { constantNodes, partSteps } from "#engine/compile/preparation.ts";
import { scheduleGroups } from "#engine/compile/schedule.ts";
import { bytesOf, keyOf, type AnyStep, type Step, type StepBuffer } from "#engine/compile/step.ts";

/**
 * Kernels of a graph for a CPU target. `pause` is awaited between kernels, so that a page stays alive.
 * @param constants places of parameters that seldom change: what follows from them alone becomes a program of its own
 */
export async function compileGraph(
  given: Graph,
  traits: TargetTraits,
  pause: () => Promise<void> = () => Promise.resolve(),
  constants: ReadonlySet<number> = new Set(),
): Promise<KernelProgram> {
  const graph = copyReturnedParameters(given);
  const known = constantNodes(graph, constants);
  const options = { traits, pause, constants: known, equalGroups: new EqualGroups() };
  const { steps, unsafe } = await compileSteps(graph, options);
  const homes = new Homes(graph, unsafe);
  const copies = homes.copies.flatMap(({ source, target }) => emitLoops(copyGroup(source, target), traits));
  const name = graph.outputs[0]?.primitive.name ?? "empty";
  const { arguments: own, numArguments } = homes;
  const takenOver = new Map(graph.donations.map((source, index) => [graph.parameters.length + index, source]));
  const parts = partSteps([...steps, ...copies], known, (node) => own.has(node));
  const place = (some: readonly AnyStep[], firstKept: number): KernelProgram => {
    const kept = parts.kept.map((buffer, index) => [keyOf(buffer), firstKept + index] as const);
    const all = new Map<Node | StepBuffer, number>([...own, ...kept]);
    return placeSteps(some, {
      name,
      homes: all,
      numArguments: firstKept + kept.length,
      mostBytes: traits.mostBufferBytes,
      takenOver,
    });
  };
  const results = new Set(graph.outputs);
  // Copies may go to memory that was read before: they stay at the end.
  const atEachCall = parts.steps.slice(0, parts.steps.length - copies.length);
  const program = place([...gatherSteps(atEachCall, results), ...copies], numArguments);
  if (parts.kept.length === 0) return program;
  const prepared = place(gatherSteps(parts.preparation, results), graph.parameters.length);
  return { ...program, preparation: { program: prepared, keptBytes: parts.kept.map((buffer) => bytesOf([buffer])) } };
}

interface Options {
  readonly traits: TargetTraits;
  readonly pause: () => Promise<void>;
  /** What was emitted so far. */
  readonly equalGroups: EqualGroups;
  /** Whether the graph runs in a loop. */
  readonly isBody?: boolean;
  /** Nodes that follow from constant parameters alone. */
  readonly constants: ReadonlySet<Node>;
}

interface Compiled {
  readonly steps: readonly AnyStep[];
  /** Outputs that may not be written into the memory they were promised. */
  readonly unsafe: ReadonlySet<Node>;
}

async function compileSteps(graph: Graph, options: Options): Promise<Compiled> {
  const { pause, isBody } = options;
  const plan = await planFusion(graph, pause, isBody);
  const groups: AnyGroup[] = [];
  for (const cluster of plan.clusters) {
    groups.push(buildGroup(cluster, plan));
    await pause();
  }
  const { order, unsafe } = scheduleGroups(groups, graph);
  const steps: AnyStep[] = [];
  for (const group of order) {
    steps.push(...(await emitGroup(group, options)));
    await pause();
  }
  return { steps, unsafe };
}

/** Parameters that are returned become nodes, so that the schedule reads them before their memory is taken over. */
function copyReturnedParameters(graph: Graph): Graph {
  const outputs = graph.outputs.map((output, index) => {
    const parameter = graph.parameters.indexOf(output);
    return parameter < 0 || graph.donations[index] === parameter ? output : copyOf(output);
  });
  return { ...graph, outputs };
}

async function emitGroup(group: AnyGroup, options: Options): Promise<readonly AnyStep[]> {
  const { traits, equalGroups } = options;
  if ("stacks" in group) {
    return emitLoop(group, traits, async (body) => {
      const { steps } = await compileSteps(body, { ...options, isBody: true, constants: new Set() });
      return gatherSteps(steps, new Set(body.outputs));
    });
  }
  return equalGroups.stepsOf(group, options.constants, () =>
    emitKernels(group, options).map(({ kernel, ...step }) => {
      return { ...step, kernel: { ...kernel, body: liveStatements(kernel.body) } };
    }),
  );
}

function emitKernels(group: Group | ScatterGroup, { traits, constants }: Options): Step[] {
  if (!("space" in group)) return emitScatter(group, traits);
  return group.contraction === undefined ? emitLoops(group, traits) : emitContraction(group, traits, constants);
}

interface Copy {
  readonly source: Node;
  readonly target: Node;
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
      else if (home === undefined || graph.donations[index] !== home) {
        const target = copyOf(node);
        this.arguments.set(target, argument);
        this.copies.push({ source: node, target });
      }
    });
  }
}
