// Scatter kernels: the base is copied, then updates are added in list order. Rows of the result are owned by chunks, so
// that no two threads write one element and the order of additions is that of the list.

import { sizeOf } from "#engine/base/shape.ts";
import type { Expression } from "#engine/graph/expression.ts";
import * as ir from "#engine/graph/kernel.ts";
import { KernelBuilder, type TargetTraits, type Value } from "#engine/graph/kernel.ts";
import { Emitter, memoryOf } from "#engine/compile/emitter.ts";
import { emitLoops } from "#engine/compile/emit-loops.ts";
import type { Group, ScatterGroup } from "#engine/compile/group.ts";
import { flattenReads } from "#engine/compile/normalize.ts";
import type { Step, StepBuffer } from "#engine/compile/step.ts";

const maxChunks = 64;

export function emitScatter(group: ScatterGroup, traits: TargetTraits): Step[] {
  const shape = group.node.type.shape;
  const copy: Group = {
    name: `${group.name} (base)`,
    space: shape,
    contraction: undefined,
    window: [],
    reductions: [],
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
    buffers: inputs.map((input, index) => ({
      pointer: k.buffer(index),
      dtype: input.type.dtype,
      shape: [sizeOf(input.type.shape)],
    })),
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
  const target = k.buffer(inputs.length);
  const memory = memoryOf(node.type.dtype);
  const visit = (): void => {
    const at = places.map((place) => k.let(emitter.value(place)));
    const inside = at.map((place, number) => within(place, ir.int(0), ir.int(node.type.shape[number] ?? 1)));
    const [row] = at;
    const owned = row === undefined ? ir.int(1) : within(row, from, to);
    k.when(
      inside.reduce((left, right) => ir.binaryValue("and", left, right), owned),
      () => {
        let position: Value = ir.int(0);
        at.forEach((place, number) => {
          position = ir.add(ir.multiply(position, ir.int(node.type.shape[number] ?? 1)), place);
        });
        const address = k.let(ir.elementAt(target, memory, position));
        const type = memory === "f32" ? "f32" : "i32";
        k.store(memory, address, ir.add(ir.load(type, memory, address), emitter.value(value)));
      },
    );
  };
  const enter = (depth: number): void => {
    if (depth === extents.length) return visit();
    k.loop(ir.int(0), ir.int(extents[depth] ?? 0), 1, (index) => {
      emitter.bind(depth + 1, [[depth, index]]);
      enter(depth + 1);
    });
  };
  enter(0);
  const buffers: StepBuffer[] = [...inputs, node].map((one) => ({
    kind: "node",
    node: one,
    dtype: one.type.dtype,
    size: sizeOf(one.type.shape),
  }));
  const flops = sizeOf(extents);
  const kernel = k.finish({ name: group.name, numBuffers: buffers.length, numChunks, flops, bytes: flops * 8 });
  return { kernel, buffers, numInputs: inputs.length };
}

function within(place: Value, from: Value, to: Value): Value {
  return ir.binaryValue("and", ir.binaryValue("lessEqual", from, place), ir.less(place, to));
}
