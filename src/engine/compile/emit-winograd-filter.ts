// The kernel that transforms the filter of a convolution by Winograd's algorithm.

import type { Expression } from "#engine/graph/expression.ts";
import * as ir from "#engine/graph/kernel.ts";
import { KernelBuilder, type TargetTraits, type Value } from "#engine/graph/kernel.ts";
import { Emitter, emitterBuffers } from "#engine/compile/emitter.ts";
import type { Group } from "#engine/compile/group.ts";
import { flattenReads } from "#engine/compile/normalize.ts";
import { lesser } from "#engine/compile/places.ts";
import { nodeBuffer, type Step, type StepBuffer } from "#engine/compile/step.ts";
import { transformFilter } from "#engine/compile/winograd-transforms.ts";
import { numProducts } from "#engine/compile/winograd-tiles.ts";
import type { WindowConvolution } from "#engine/compile/winograd.ts";

/** factors[product][panel of output channels][input channel][channel in the panel]. */
export function emitFilter(
  group: Group,
  convolution: WindowConvolution,
  traits: TargetTraits,
  factors: StepBuffer,
): Step {
  const k = new KernelBuilder();
  const { lanes } = traits;
  const inputs = convolution.imageShape[3] ?? 1;
  const outputs = convolution.outputShape[3] ?? 1;
  const emitter = new Emitter({
    builder: k,
    lanes,
    buffers: emitterBuffers(k, group.inputs),
    levels: [3, 4, 1, 2],
    accumulatorLevel: 0,
    vectorAxis: 3,
  });
  const root = emitter.root(flattenReads(convolution.filter, group.inputs));
  emitter.bind(0, []);
  const target = k.buffer(group.inputs.length);
  const rows = Math.max(1, Math.floor(4096 / outputs));
  const from = k.let(ir.multiply(k.chunk, ir.int(rows)));
  k.loop(from, lesser(ir.add(from, ir.int(rows)), ir.int(inputs)), 1, (channel) => {
    emitter.bind(1, [[2, channel]]);
    k.loop(ir.int(0), ir.int(outputs), lanes, (column) => {
      emitter.bind(2, [[3, column]]);
      transformPanel({ emitter, root, k, traits, channel, column, inputs, outputs, target });
    });
  });
  const kernel = k.finish({
    name: `${group.name} (filter)`,
    numBuffers: group.inputs.length + 1,
    numChunks: Math.ceil(inputs / rows),
    flops: inputs * outputs * 150,
    bytes: (numProducts + 9) * inputs * outputs * 4,
  });
  return { kernel, buffers: [...group.inputs.map(nodeBuffer), factors], numInputs: group.inputs.length };
}

interface PanelOptions {
  readonly emitter: Emitter;
  readonly root: Expression;
  readonly k: KernelBuilder;
  readonly traits: TargetTraits;
  readonly channel: Value;
  readonly column: Value;
  readonly inputs: number;
  readonly outputs: number;
  readonly target: Value;
}

/** The 36 factors of one input channel and `lanes` output channels. */
function transformPanel({ emitter, root, k, traits, channel, column, inputs, outputs, target }: PanelOptions): void {
  const width = traits.tile.vectors * traits.lanes;
  const panel = ir.binaryValue("divideUnsigned", column, ir.int(width));
  const within = ir.binaryValue("remainderUnsigned", column, ir.int(width));
  const row = ir.add(ir.multiply(panel, ir.int(inputs)), channel);
  const place = k.let(ir.elementAt(target, "f32", ir.add(ir.multiply(row, ir.int(width)), within)));
  transformFilter(
    k,
    (y, x) => {
      emitter.bind(3, [[0, ir.int(y)]]);
      emitter.bind(4, [[1, ir.int(x)]]);
      return emitter.vectorValue(root);
    },
    (product, value) => k.store("f32", place, value, product * inputs * outputs * 4),
  );
}
