// Small steps that one thread finishes in no time, such as the scale and offset of each normalization, cost a barrier
// each. Those that need not wait for each other become one step, a chunk each.

import type { Node } from "#engine/graph/graph.ts";
import { binaryValue, int, type Kernel, type Statement, type ValueType } from "#engine/graph/kernel.ts";
import { renamed } from "#engine/compile/rename-kernel.ts";
import { keyOf, type AnyStep, type Step, type StepBuffer } from "#engine/compile/step.ts";

/** Bytes that a small step moves at most. */
const smallBytes = 2 ** 16;
/** Steps in one: each reads the addresses of all their buffers. */
const mostMembers = 16;

/** Steps that become one, which stands where the first of them stood. */
interface Batch {
  readonly index: number;
  readonly members: Step[];
}

/**
 * Steps in an order that gives the same results.
 * @param results nodes whose memory the program's caller sees: steps that write them stay where they are
 */
export function gatherSteps(steps: readonly AnyStep[], results: ReadonlySet<Node>): AnyStep[] {
  const places: (AnyStep | Batch)[] = [];
  const batches: Batch[] = [];
  const madeAt = new Map<Node | StepBuffer, number>();
  for (const step of steps) {
    // Those it writes, too: a scatter adds to what the step before it left there.
    const ready = Math.max(-1, ...step.buffers.map((buffer) => madeAt.get(keyOf(buffer)) ?? -1));
    let batch: Batch | undefined;
    if ("kernel" in step && isSmall(step, results)) {
      batch = batches.find(({ index, members }) => index > ready && members.length < mostMembers);
      if (batch === undefined) batches.push((batch = { index: places.length, members: [] }));
      batch.members.push(step);
    }
    const index = batch?.index ?? places.length;
    if (index === places.length) places.push(batch ?? step);
    for (const buffer of step.buffers.slice(step.numInputs)) {
      const key = keyOf(buffer);
      // Several steps may make parts of one buffer.
      madeAt.set(key, Math.max(madeAt.get(key) ?? -1, index));
    }
  }
  return places.map((place) => {
    if (!("members" in place)) return place;
    const [only] = place.members;
    return only !== undefined && place.members.length === 1 ? only : joined(place.members);
  });
}

function isSmall({ kernel, buffers, numInputs }: Step, results: ReadonlySet<Node>): boolean {
  if (kernel.numChunks !== 1 || kernel.bytes > smallBytes) return false;
  return buffers.slice(numInputs).every((buffer) => buffer.kind === "temporary" || !results.has(buffer.node));
}

/** One step of which each chunk is one of the members. */
function joined(members: readonly Step[]): Step {
  const numInputs = members.reduce((sum, step) => sum + step.numInputs, 0);
  const locals: ValueType[] = [];
  const inputs: StepBuffer[] = [];
  const outputs: StepBuffer[] = [];
  const bodies = members.map(({ kernel, buffers, numInputs: own }) => {
    const [firstInput, firstOutput] = [inputs.length, numInputs + outputs.length];
    const body = renamed(kernel.body, {
      firstLocal: locals.length,
      buffer: (index) => (index < own ? firstInput + index : firstOutput + index - own),
      chunk: int(0),
    });
    locals.push(...kernel.locals);
    inputs.push(...buffers.slice(0, own));
    outputs.push(...buffers.slice(own));
    return body;
  });
  const kernels = members.map((step) => step.kernel);
  const kernel: Kernel = {
    name: `${members.length} small: ${[...new Set(kernels.map(({ name }) => name.replace(/ \d+$/u, "")))].join(", ")}`,
    numBuffers: inputs.length + outputs.length,
    numChunks: members.length,
    locals,
    body: chosen(bodies, 0),
    scratchBytes: Math.max(...kernels.map(({ scratchBytes }) => scratchBytes)),
    flops: kernels.reduce((sum, { flops }) => sum + flops, 0),
    bytes: kernels.reduce((sum, { bytes }) => sum + bytes, 0),
  };
  return { kernel, buffers: [...inputs, ...outputs], numInputs };
}

/** The body whose number, less `from`, is the chunk's: halved until one is left. */
function chosen(bodies: readonly (readonly Statement[])[], from: number): readonly Statement[] {
  const [only] = bodies;
  if (only !== undefined && bodies.length === 1) return only;
  const half = Math.ceil(bodies.length / 2);
  const isLower = binaryValue("less", { kind: "chunk", type: "i32" }, int(from + half));
  return [
    {
      kind: "if",
      condition: isLower,
      then: chosen(bodies.slice(0, half), from),
      otherwise: chosen(bodies.slice(half), from + half),
    },
  ];
}
