// The kernel that transforms the filter of a convolution by Winograd's algorithm.

import type { Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ir from "#engine/graph/kernel.ts";
import { KernelBuilder, type TargetTraits, type Value } from "#engine/graph/kernel.ts";
import { Emitter, emitterBuffers } from "#engine/compile/emitter.ts";
import { withOwnInputs } from "#engine/compile/emit-panels.ts";
import type { Group } from "#engine/compile/group.ts";
import { flattenReads } from "#engine/compile/normalize.ts";
import { lesser, quotient, remainder } from "#engine/compile/places.ts";
import { nodeBuffer, type Step, type StepBuffer } from "#engine/compile/step.ts";
import { gap, numProducts, sampleSquare, steadySquare } from "#engine/compile/winograd-tiles.ts";
import { toProducts, Transforms, type Square } from "#engine/compile/winograd-transforms.ts";
import type { WindowConvolution } from "#engine/compile/convolutions.ts";

/** Elements from one product's factors to the next. */
export function factorElements({ imageShape, outputShape }: WindowConvolution): number {
  return (imageShape[3] ?? 1) * (outputShape[3] ?? 1) + gap;
}

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
  const { side, inputs: sources } = withOwnInputs(flattenReads(convolution.filter, group.inputs), group.inputs);
  const reader = new FilterReader(k, side, sources, lanes);
  const transforms = new Transforms(k, lanes);
  const target = k.buffer(sources.length);
  const rows = Math.max(1, Math.floor(4096 / outputs));
  const width = traits.tile.vectors * lanes;
  const from = k.let(ir.multiply(k.chunk, ir.int(rows)));
  k.loop(from, lesser(ir.add(from, ir.int(rows)), ir.int(inputs)), 1, (channel) => {
    reader.begin(channel);
    k.loop(ir.int(0), ir.int(outputs), lanes, (column) => {
      const row = ir.add(ir.multiply(quotient(column, width), ir.int(inputs)), channel);
      const place = ir.add(ir.multiply(row, ir.int(width)), remainder(column, width));
      const factor = k.let(ir.elementAt(target, "f32", place));
      transforms.filter(reader.square(column), toProducts(k, factor, factorElements(convolution) * 4));
    });
  });
  const kernel = k.finish({
    name: `${group.name} (filter)`,
    numBuffers: sources.length + 1,
    numChunks: Math.ceil(inputs / rows),
    flops: inputs * outputs * 150,
    bytes: (numProducts + 9) * inputs * outputs * 4,
  });
  return { kernel, buffers: [...sources.map(nodeBuffer), factors], numInputs: sources.length };
}

class FilterReader {
  readonly #k: KernelBuilder;
  readonly #lanes: number;
  readonly #emitter: Emitter;
  readonly #root: Expression;
  readonly #sample: Value;

  constructor(k: KernelBuilder, filter: Expression, inputs: readonly Node[], lanes: number) {
    this.#k = k;
    this.#lanes = lanes;
    this.#emitter = new Emitter({
      builder: k,
      lanes,
      buffers: emitterBuffers(k, inputs),
      levels: [3, 4, 1, 2],
      accumulatorLevel: 0,
      vectorAxis: 3,
    });
    this.#root = this.#emitter.root(filter);
    this.#emitter.bind(0, []);
    this.#sample = k.scratch(3 * 3 * lanes * 4);
  }

  /** Begins an input channel. */
  begin(channel: Value): void {
    this.#emitter.bind(1, [[2, channel]]);
  }

  /** The 3 x 3 weights of `lanes` output channels from `column` on. */
  square(column: Value): Square {
    this.#emitter.bind(2, [[3, column]]);
    const at = (y: Value, x: Value): Value => {
      this.#emitter.bind(3, [[0, y]]);
      this.#emitter.bind(4, [[1, x]]);
      return this.#emitter.vectorValue(this.#root);
    };
    const sample = { size: 3, bytes: this.#lanes * 4, memory: this.#sample };
    return steadySquare(this.#k, at, this.#root, [0, 1]) ?? sampleSquare(this.#k, sample, at);
  }
}
