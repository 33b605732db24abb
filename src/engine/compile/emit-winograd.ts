// Kernels of F(4x4, 3x3): one transforms the filter, one does the rest. A chunk owns a row of tiles: it transforms their
// patches into private memory, multiplies 36 small matrices, transforms back and evaluates the epilogue.

import { sizeOf } from "#engine/base/shape.ts";
import { guarded, isInside, axis, type Expression } from "#engine/graph/expression.ts";
import * as ir from "#engine/graph/kernel.ts";
import { KernelBuilder, type TargetTraits, type Value } from "#engine/graph/kernel.ts";
import { Emitter, emitterBuffers } from "#engine/compile/emitter.ts";
import { Epilogue } from "#engine/compile/epilogue.ts";
import type { Group } from "#engine/compile/group.ts";
import { flattenReads, mapExpressions } from "#engine/compile/normalize.ts";
import { multiplyTile } from "#engine/compile/micro-kernel.ts";
import { decode, lesser } from "#engine/compile/places.ts";
import { bytesOf, nodeBuffer, temporary, type Step, type StepBuffer } from "#engine/compile/step.ts";
import { transformFilter, transformImage, transformResult, type WindowConvolution } from "#engine/compile/winograd.ts";

/** Rows and columns of a tile of the result, and of the patch it needs. */
const tile = 4;
const patch = 6;
const numProducts = patch * patch;
/** Bytes of transformed patches that a chunk keeps: with the products they stay in a second-level cache. */
const patchBytes = 320 * 1024;
const maxTiles = 32;
/** Output channels that are multiplied before they are transformed back. */
const channelBlock = 64;

/** The kernels of a group whose contraction is a convolution with a 3 x 3 window. */
export function emitWinograd(group: Group, convolution: WindowConvolution, traits: TargetTraits): Step[] {
  const factors = temporary(numProducts * (convolution.imageShape[3] ?? 1) * (convolution.outputShape[3] ?? 1), "f32");
  return [
    emitFilter(group, convolution, traits, factors),
    new WinogradKernel(group, convolution, traits, factors).emit(),
  ];
}

/** Whether whole vectors and tiles of channels fit, and the group's pooling window, if any, tiles a tile. */
export function fitsTiles(group: Group, { imageShape, outputShape }: WindowConvolution, traits: TargetTraits): boolean {
  const { window } = group;
  const hasWholeVectors = (imageShape[3] ?? 1) % traits.lanes === 0;
  const hasWholeTiles = (outputShape[3] ?? 1) % (traits.tile.vectors * traits.lanes) === 0;
  if (!hasWholeVectors || !hasWholeTiles) return false;
  return (
    window.length === 0 ||
    (window.length === 2 && window.every((extent) => extent === 2 || extent === 4 || extent === 1))
  );
}

/** factors[product][panel of output channels][input channel][channel in the panel]. */
function emitFilter(group: Group, convolution: WindowConvolution, traits: TargetTraits, factors: StepBuffer): Step {
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

class WinogradKernel {
  readonly #group: Group;
  readonly #convolution: WindowConvolution;
  readonly #traits: TargetTraits;
  readonly #factors: StepBuffer;
  readonly #k = new KernelBuilder();
  readonly #numInputs: number;
  readonly #numOutputs: number;
  readonly #numTiles: number;
  readonly #block: number;
  readonly #patches: Value;
  readonly #products: Value;
  readonly #results: Value;
  readonly #sample: Value;

  constructor(group: Group, convolution: WindowConvolution, traits: TargetTraits, factors: StepBuffer) {
    // The transformed filter is read like one more input, so results lie behind it.
    this.#group = mapExpressions(group, (expression) => flattenReads(expression, group.inputs));
    this.#convolution = convolution;
    this.#traits = traits;
    this.#factors = factors;
    this.#numInputs = convolution.imageShape[3] ?? 1;
    this.#numOutputs = convolution.outputShape[3] ?? 1;
    const rows = traits.tile.rows;
    const fitting = Math.floor(patchBytes / (numProducts * 4 * this.#numInputs) / rows) * rows;
    this.#numTiles = Math.max(rows, Math.min(Math.floor(maxTiles / rows) * rows, fitting));
    this.#block = Math.min(channelBlock, this.#numOutputs);
    this.#patches = this.#k.scratch(numProducts * this.#numTiles * this.#numInputs * 4);
    this.#products = this.#k.scratch(numProducts * this.#numTiles * this.#block * 4);
    this.#results = this.#k.scratch(tile * tile * this.#block * 4);
    this.#sample = this.#k.scratch(numProducts * traits.lanes * 4);
  }

  get #tileCounts(): readonly [number, number, number] {
    const [batch = 1, rows = 1, columns = 1] = this.#convolution.outputShape;
    return [batch, Math.ceil(rows / tile), Math.ceil(columns / tile)];
  }

  emit(): Step {
    const k = this.#k;
    const total = sizeOf(this.#tileCounts);
    const epilogue = this.#epilogue();
    const image = this.#imageEmitter();
    epilogue.prepare();
    image.whole.emitter.bind(0, []);
    image.edge.emitter.bind(0, []);
    const first = k.let(ir.multiply(k.chunk, ir.int(this.#numTiles)));
    const count = k.let(lesser(ir.subtract(ir.int(total), first), ir.int(this.#numTiles)));
    k.loop(ir.int(0), count, 1, (number) => this.#readPatch(image, first, number));
    k.loop(ir.int(0), ir.int(this.#numOutputs), this.#block, (channel) => {
      const channels = k.let(lesser(ir.subtract(ir.int(this.#numOutputs), channel), ir.int(this.#block)));
      this.#multiply(count, channel, channels);
      k.loop(ir.int(0), count, 1, (number) => {
        this.#transformBack(number, channels);
        this.#writeTile(epilogue, k.let(ir.add(first, number)), channel, channels);
      });
    });
    return this.#finish(total);
  }

  /** The image as it is, and with zeros around it; apart, so that neither shares values with the other. */
  #imageEmitter(): ImageReaders {
    const { image, imageShape } = this.#convolution;
    const flat = flattenReads(image, this.#group.inputs);
    const [, height = 1, width = 1] = imageShape;
    const inside = isInside([axis(1), axis(2)], [height, width]);
    const reader = (expression: Expression): ImageReader => {
      const emitter = new Emitter({
        builder: this.#k,
        lanes: this.#traits.lanes,
        buffers: emitterBuffers(this.#k, this.#group.inputs),
        levels: [1, 3, 4, 2],
        accumulatorLevel: 0,
        vectorAxis: 3,
      });
      return { emitter, root: emitter.root(expression) };
    };
    return { whole: reader(flat), edge: reader(guarded(inside, flat)) };
  }

  /** Transforms the patch of one tile, all input channels. */
  #readPatch({ whole, edge }: ImageReaders, first: Value, number: Value): void {
    const k = this.#k;
    const [, height = 1, width = 1] = this.#convolution.imageShape;
    const [batch, row, column] = this.#tilePlace(ir.add(first, number));
    const y = k.let(ir.add(ir.multiply(row, ir.int(tile)), ir.int(this.#convolution.start[0])));
    const x = k.let(ir.add(ir.multiply(column, ir.int(tile)), ir.int(this.#convolution.start[1])));
    const isWhole = ir.binaryValue("and", fits(y, height), fits(x, width));
    const read = (reader: ImageReader, arrange: (at: PatchReader) => PatchReader): void => {
      reader.emitter.bind(1, [[0, batch]]);
      k.loop(ir.int(0), ir.int(this.#numInputs), this.#traits.lanes, (channel) => {
        reader.emitter.bind(2, [[3, channel]]);
        const place = ir.add(ir.multiply(number, ir.int(this.#numInputs)), channel);
        const target = k.let(ir.elementAt(this.#patches, "f32", place));
        const at = (dy: number, dx: number): Value => {
          reader.emitter.bind(3, [[1, k.let(ir.add(y, ir.int(dy)))]]);
          reader.emitter.bind(4, [[2, k.let(ir.add(x, ir.int(dx)))]]);
          return reader.emitter.vectorValue(reader.root);
        };
        transformImage(k, arrange(at), (product, value) =>
          k.store("f32", target, value, product * this.#numTiles * this.#numInputs * 4),
        );
      });
    };
    k.when(
      isWhole,
      () => read(whole, (at) => this.#steady(at, whole.root)),
      () => read(edge, (at) => this.#sampled(at)),
    );
  }

  /** A patch that is read from memory as it lies: one address, constant offsets. */
  #steady(at: PatchReader, whole: Expression): PatchReader {
    const origin = at(0, 0);
    const node = whole.kind === "read" ? this.#group.inputs[whole.operand] : undefined;
    if (node?.type.dtype !== "f32" || origin.kind !== "load" || origin.splat) return at;
    const width = node.type.shape[2] ?? 1;
    const pointer = this.#k.let(origin.pointer);
    return (dy, dx) => ir.load("vf32", "f32", pointer, origin.offset + (dy * width + dx) * this.#numInputs * 4);
  }

  /** A patch at the border: element by element into private memory, so that the code of a guard stands once a row. */
  #sampled(at: PatchReader): PatchReader {
    const k = this.#k;
    const bytes = this.#traits.lanes * 4;
    for (let place = 0; place < numProducts; place += 1) {
      k.store("f32", this.#sample, at(Math.floor(place / patch), place % patch), place * bytes);
    }
    return (dy, dx) => ir.load("vf32", "f32", this.#sample, (dy * patch + dx) * bytes);
  }

  #tilePlace(number: Value): [Value, Value, Value] {
    const extents = this.#tileCounts;
    const places = decode(this.#k, this.#k.let(number), { numbers: [0, 1, 2], extents });
    const placeOf = (axisNumber: number): Value => places.find(([one]) => one === axisNumber)?.[1] ?? ir.int(0);
    return [placeOf(0), placeOf(1), placeOf(2)];
  }

  /** products[p] = patches[p] times factors[p], for one block of output channels. */
  #multiply(count: Value, channel: Value, channels: Value): void {
    const k = this.#k;
    const { tile: shape, lanes } = this.#traits;
    const width = shape.vectors * lanes;
    k.loop(ir.int(0), ir.int(numProducts), 1, (product) => {
      const patches = k.let(
        ir.elementAt(this.#patches, "f32", ir.multiply(product, ir.int(this.#numTiles * this.#numInputs))),
      );
      const products = k.let(
        ir.elementAt(this.#products, "f32", ir.multiply(product, ir.int(this.#numTiles * this.#block))),
      );
      const firstPanel = ir.add(ir.multiply(product, ir.int(this.#numOutputs)), channel);
      const factors = k.variable(
        ir.elementAt(k.buffer(this.#group.inputs.length), "f32", ir.multiply(firstPanel, ir.int(this.#numInputs))),
      );
      k.loop(ir.int(0), channels, width, (column) => {
        k.loop(ir.int(0), count, shape.rows, (row) => {
          const sums = multiplyTile(k, this.#traits, {
            left: ir.elementAt(patches, "f32", ir.multiply(row, ir.int(this.#numInputs))),
            leftRowBytes: this.#numInputs * 4,
            leftStepBytes: 4,
            right: factors,
            depth: ir.int(this.#numInputs),
            start: () => ({ kind: "constant", type: "vf32", value: 0 }),
          });
          const target = k.let(ir.elementAt(products, "f32", ir.add(ir.multiply(row, ir.int(this.#block)), column)));
          sums.forEach((line, index) =>
            line.forEach((sum, part) => k.store("f32", target, sum, (index * this.#block + part * lanes) * 4)),
          );
        });
        k.set(factors, ir.offsetBy(factors, ir.int(width * this.#numInputs * 4)));
      });
    });
  }

  /** The 16 results of a tile, windows of the pool as neighbours. */
  #transformBack(number: Value, channels: Value): void {
    const k = this.#k;
    const { lanes } = this.#traits;
    const source = k.let(ir.elementAt(this.#products, "f32", ir.multiply(number, ir.int(this.#block))));
    k.loop(ir.int(0), channels, lanes, (column) => {
      const from = k.let(ir.elementAt(source, "f32", column));
      const to = k.let(ir.elementAt(this.#results, "f32", column));
      transformResult(
        k,
        (product) => ir.load("vf32", "f32", from, product * this.#numTiles * this.#block * 4),
        (row, line, value) => k.store("f32", to, value, this.#rowOf(row, line) * this.#block * 4),
      );
    });
  }

  get #window(): readonly [number, number] {
    const [rows = 1, columns = 1] = this.#group.window;
    return [rows, columns];
  }

  #rowOf(row: number, column: number): number {
    const [height, width] = this.#window;
    const outer = Math.floor(row / height) * (tile / width) + Math.floor(column / width);
    return outer * height * width + (row % height) * width + (column % width);
  }

  /** Evaluates the epilogue of one tile, without the places beyond the result. */
  #writeTile(epilogue: Epilogue, number: Value, channel: Value, channels: Value): void {
    const k = this.#k;
    const [height, width] = this.#window;
    const [batch, tileRow, tileColumn] = this.#tilePlace(number);
    const [, spaceRows = 1, spaceColumns = 1] = this.#group.space;
    const perRow = tile / height;
    const perColumn = tile / width;
    const row0 = k.let(ir.multiply(tileRow, ir.int(perRow)));
    const column0 = k.let(ir.multiply(tileColumn, ir.int(perColumn)));
    const rows = k.let(lesser(ir.subtract(ir.int(spaceRows), row0), ir.int(perRow)));
    const columns = k.let(lesser(ir.subtract(ir.int(spaceColumns), column0), ir.int(perColumn)));
    const bytes = height * width * this.#block * 4;
    k.loop(ir.int(0), rows, 1, (row) => {
      k.loop(ir.int(0), columns, 1, (column) => {
        const place = ir.add(ir.multiply(row, ir.int(perColumn)), column);
        const sums = k.let(ir.offsetBy(this.#results, ir.multiply(place, ir.int(bytes))));
        const places: [number, Value][] = [
          [0, batch],
          [1, k.let(ir.add(row0, row))],
          [2, k.let(ir.add(column0, column))],
        ];
        epilogue.row(places, sums, { columnStart: channel, columnCount: channels });
      });
    });
  }

  #epilogue(): Epilogue {
    const [batch = 1, rows = 1, columns = 1, channels = 1] = this.#group.space;
    return new Epilogue({
      builder: this.#k,
      lanes: this.#traits.lanes,
      buffers: emitterBuffers(this.#k, this.#group.inputs),
      group: this.#group,
      batch: { numbers: [], extents: [], size: 1 },
      rows: { numbers: [0, 1, 2], extents: [batch, rows, columns], size: batch * rows * columns },
      columns: { numbers: [3], extents: [channels], size: channels },
      block: this.#results,
      blockColumns: this.#block,
      numExtraBuffers: 1,
      partial: undefined,
    });
  }

  #finish(total: number): Step {
    const { inputs, outputs, name } = this.#group;
    const results = outputs.map(({ node }) => nodeBuffer(node));
    const buffers = [...inputs.map(nodeBuffer), this.#factors, ...results];
    const kernel = this.#k.finish({
      name: `${name} (winograd)`,
      numBuffers: buffers.length,
      numChunks: Math.ceil(total / this.#numTiles),
      flops: 2 * sizeOf(this.#convolution.outputShape) * 9 * this.#numInputs,
      bytes: bytesOf(buffers),
    });
    return { kernel, buffers, numInputs: inputs.length + 1 };
  }
}

/** An element of a patch, `lanes` channels of it. */
type PatchReader = (row: number, column: number) => Value;

interface ImageReader {
  readonly emitter: Emitter;
  readonly root: Expression;
}

interface ImageReaders {
  readonly whole: ImageReader;
  readonly edge: ImageReader;
}

/** Whether a patch that begins here lies inside. */
function fits(start: Value, extent: number): Value {
  return ir.binaryValue(
    "and",
    ir.binaryValue("lessEqual", ir.int(0), start),
    ir.binaryValue("lessEqual", start, ir.int(extent - patch)),
  );
}
