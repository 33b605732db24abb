// Staging: the rows of an image that a chunk's windows reach, evaluated into private memory with zeros around them.

import type { Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Value } from "#engine/graph/kernel.ts";
import { stagedStrides } from "#engine/compile/convolution-blocks.ts";
import type { WindowConvolution } from "#engine/compile/convolutions.ts";
import { Emitter, emitterBuffers } from "#engine/compile/emitter.ts";
import { flattenReads, mergeInto } from "#engine/compile/normalize.ts";

export interface StageOptions {
  readonly builder: KernelBuilder;
  readonly lanes: number;
  readonly inputs: readonly Node[];
  readonly convolution: WindowConvolution;
  /** What is staged: columns from the first window's begin on. */
  readonly rows: number;
  readonly columns: number;
}

/** One dimension of the stage: place p is number start + p · step of the image. */
interface Dimension {
  readonly start: number;
  readonly step: number;
  readonly extent: number;
}

export class Stage {
  /** [row][column][channel] */
  readonly memory: Value;
  readonly #options: StageOptions;
  readonly #channels: number;
  readonly #emitter: Emitter;
  readonly #root: Expression;
  /** Whether a row of the image is one run of elements. */
  readonly #isRun: boolean;

  constructor(options: StageOptions) {
    this.#options = options;
    const { builder, lanes, inputs, convolution, rows, columns } = options;
    const [, , , channels = 1] = convolution.imageShape;
    this.#channels = channels;
    this.memory = builder.scratch(rows * columns * channels * 4);
    this.#emitter = new Emitter({
      builder,
      lanes,
      buffers: emitterBuffers(builder, inputs),
      levels: [1, 2, 3, 4],
      accumulatorLevel: 0,
      vectorAxis: 3,
    });
    const flat = flattenReads(convolution.image, inputs);
    const run = this.#dimension(1).step === 1 ? mergeInto(flat, 2, 3, channels) : undefined;
    this.#isRun = run !== undefined;
    this.#root = this.#emitter.root(run ?? flat);
  }

  /** Evaluates what no axis changes; call once, at the top of the kernel. */
  prepare(): void {
    this.#emitter.bind(0, []);
  }

  /** Elements from one staged row to the next. */
  get rowElements(): number {
    return this.#options.columns * this.#channels;
  }

  #dimension(number: 0 | 1): Dimension {
    const { convolution } = this.#options;
    const step = convolution.strides[number] / stagedStrides(convolution)[number];
    return { start: convolution.start[number], step, extent: convolution.imageShape[1 + number] ?? 1 };
  }

  /** Stages rows of a picture, from this place of the stage's rows on; they may lie outside. */
  fill(batch: Value, first: Value): void {
    const { builder: k, rows } = this.#options;
    const { start, step, extent } = this.#dimension(0);
    this.#emitter.bind(1, [[0, batch]]);
    k.loop(ir.int(0), ir.int(rows), 1, (number) => {
      const row = k.let(ir.add(ir.multiply(ir.add(first, number), ir.int(step)), ir.int(start)));
      const target = k.let(ir.elementAt(this.memory, "f32", ir.multiply(number, ir.int(this.rowElements))));
      const isInside = ir.binaryValue("and", ir.binaryValue("lessEqual", ir.int(0), row), ir.less(row, ir.int(extent)));
      k.when(
        isInside,
        () => this.#row(row, target),
        () => this.#clear(target, 0, this.rowElements),
      );
    });
  }

  #row(row: Value, target: Value): void {
    const { columns } = this.#options;
    const { start, step, extent } = this.#dimension(1);
    const from = Math.min(columns, Math.max(0, Math.ceil(-start / step)));
    const to = Math.max(from, Math.min(columns, Math.ceil((extent - start) / step)));
    this.#clear(target, 0, from * this.#channels);
    this.#clear(target, to * this.#channels, this.rowElements);
    this.#emitter.bind(2, [[1, row]]);
    if (from < to) this.#copy(target, from, to);
  }

  /** The columns of the stage from one number to another. */
  #copy(target: Value, from: number, to: number): void {
    const { builder: k } = this.#options;
    const { start, step } = this.#dimension(1);
    if (this.#isRun) {
      this.#emitter.bind(3, [[2, ir.int(0)]]);
      const place = k.let(ir.elementAt(target, "f32", ir.int(from * this.#channels)));
      this.#elements(place, (start + from) * this.#channels, (to - from) * this.#channels);
      return;
    }
    k.loop(ir.int(from), ir.int(to), 1, (column) => {
      this.#emitter.bind(3, [[2, k.let(ir.add(ir.multiply(column, ir.int(step)), ir.int(start)))]]);
      const place = k.let(ir.elementAt(target, "f32", ir.multiply(column, ir.int(this.#channels))));
      this.#elements(place, 0, this.#channels);
    });
  }

  /** `count` elements of the image's last axis from `first` on. */
  #elements(target: Value, first: number, count: number): void {
    const { builder: k, lanes } = this.#options;
    const whole = count - (count % lanes);
    const store = (index: Value, isVector: boolean): void => {
      this.#emitter.bind(4, [[3, k.let(ir.add(index, ir.int(first)))]]);
      const value = isVector ? this.#emitter.vectorValue(this.#root) : this.#emitter.scalarValue(this.#root);
      k.store("f32", ir.elementAt(target, "f32", index), value);
    };
    if (whole > 0) k.loop(ir.int(0), ir.int(whole), lanes, (index) => store(index, true));
    if (whole === count) return;
    k.loop(ir.int(whole), ir.int(count), 1, (index) => this.#emitter.narrow(() => store(index, false)));
  }

  #clear(target: Value, from: number, to: number): void {
    const { builder: k, lanes } = this.#options;
    const zero = (index: Value, type: "vf32" | "f32"): void =>
      k.store("f32", ir.elementAt(target, "f32", index), { kind: "constant", type, value: 0 });
    const middle = to - ((to - from) % lanes);
    if (from < middle) k.loop(ir.int(from), ir.int(middle), lanes, (index) => zero(index, "vf32"));
    if (middle < to) k.loop(ir.int(middle), ir.int(to), 1, (index) => zero(index, "f32"));
  }
}
