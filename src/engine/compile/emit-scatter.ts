// Scatter kernels: the base is copied, then updates are added in list order. Rows of the result are owned by chunks, so
// that no two threads write one element and the order of additions is that of the list.

import { sizeOf } from "#engine/base/shape.ts";
import type { Expression } from "#engine/graph/expression.ts";
import * as ir from "#engine/graph/kernel.ts";
import { KernelBuilder, type TargetTraits, type Value } from "#engine/graph/kernel.ts";
import type { Node } from "#engine/graph/graph.ts";
import { Emitter, emitterBuffers, memoryOf } from "#engine/compile/emitter.ts";
import { emitLoops } from "#engine/compile/emit-loops.ts";
import type { Group, ScatterGroup } from "#engine/compile/group.ts";
import { flattenReads } from "#engine/compile/normalize.ts";
import { nodeBuffer, type Step } from "#engine/compile/step.ts";

const maxChunks = 64;

export function emitScatter(group: ScatterGroup, traits: TargetTraits): Step[] {
  const shape = group.node.type.shape;
  const copy: Group = {
    name: `${group.name} (base)`,
    space: shape,
    contraction: undefined,
    window: [],
    reductions: [],
    wideOutputs: [],
    outputs: [{ node: group.node, value: group.base }],
    inputs: group.inputs,
  };
  return [...emitLoops(copy, traits), addUpdates(group, traits)];
}

/** Every chunk walks all updates and takes those whose row (place along axis 0) is its own. */
function addUpdates(group: ScatterGroup, traits: TargetTraits): Step {
  const k = new KernelBuilder();
  const { node, inputs, extents } = group;
  const rows = node.type.shape[0] ?? 1;
  const numChunks = Math.max(1, Math.min(rows, maxChunks));
  const emitter = new Emitter({
    builder: k,
    lanes: traits.lanes,
    buffers: emitterBuffers(k, inputs),
    levels: extents.map((_, number) => number + 1),
    accumulatorLevel: extents.length + 1,
    vectorAxis: -1,
  });
  const root = (expression: Expression): Expression => emitter.root(flattenReads(expression, inputs));
  const places = group.at.map(root);
  const value = root(group.value);
  emitter.bind(0, []);
  const length = Math.ceil(rows / numChunks);
  const from = k.let(ir.multiply(k.chunk, ir.int(length)));
  const to = k.let(ir.add(from, ir.int(length)));
  const enter = (depth: number): void => {
    if (depth === extents.length) {
      const at = places.map((place) => k.let(emitter.value(place)));
      k.when(isOwned(at, node.type.shape, [from, to]), () => addTo(k, inputs.length, node, at, emitter.value(value)));
      return;
    }
    k.loop(ir.int(0), ir.int(extents[depth] ?? 0), 1, (index) => {
      emitter.bind(depth + 1, [[depth, index]]);
      enter(depth + 1);
    });
  };
  enter(0);
  const buffers = [...inputs, node].map(nodeBuffer);
  const flops = sizeOf(extents);
  const kernel = k.finish({ name: group.name, numBuffers: buffers.length, numChunks, flops, bytes: flops * 8 });
  return { kernel, buffers, numInputs: inputs.length };
}

/** Whether a place lies inside the result, in the rows of this chunk. */
function isOwned(at: readonly Value[], shape: readonly number[], [from, to]: readonly [Value, Value]): Value {
  const [row] = at;
  const owned = row === undefined ? ir.int(1) : within(row, from, to);
  const inside = at.map((place, number) => within(place, ir.int(0), ir.int(shape[number] ?? 1)));
  return inside.reduce((left, right) => ir.binaryValue("and", left, right), owned);
}

/** result[at] += value */
function addTo(k: KernelBuilder, buffer: number, node: Node, at: readonly Value[], value: Value): void {
  const memory = memoryOf(node.type.dtype);
  let position: Value = ir.int(0);
  at.forEach((place, number) => {
    position = ir.add(ir.multiply(position, ir.int(node.type.shape[number] ?? 1)), place);
  });
  const address = k.let(ir.elementAt(k.buffer(buffer), memory, position));
  k.store(memory, address, ir.add(ir.load(value.type, memory, address), value));
}

function within(place: Value, from: Value, to: Value): Value {
  return ir.binaryValue("and", ir.binaryValue("lessEqual", from, place), ir.less(place, to));
}
