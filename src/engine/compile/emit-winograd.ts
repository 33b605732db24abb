// Kernels of F(4x4, 3x3): one transforms the filter, one does the rest. A chunk owns a row of tiles: it transforms their
// patches into private memory, multiplies 36 small matrices, transforms back and evaluates the epilogue.

import { sizeOf } from "#engine/base/shape.ts";
import * as ir from "#engine/graph/kernel.ts";
import { KernelBuilder, type TargetTraits, type Value } from "#engine/graph/kernel.ts";
import { emitterBuffers } from "#engine/compile/emitter.ts";
import { emitFilter, factorElements } from "#engine/compile/emit-winograd-filter.ts";
import { Epilogue } from "#engine/compile/epilogue.ts";
import type { Group } from "#engine/compile/group.ts";
import { flattenReads, mapExpressions } from "#engine/compile/normalize.ts";
import { multiplyTile } from "#engine/compile/micro-kernel.ts";
import { decode, lesser, quotient, remainder } from "#engine/compile/places.ts";
import { bytesOf, nodeBuffer, temporary, type Step, type StepBuffer } from "#engine/compile/step.ts";
import { gap, numProducts, patch, SquareReader, tile } from "#engine/compile/winograd-tiles.ts";
import { productSquare, toProducts, Transforms } from "#engine/compile/winograd-transforms.ts";
import { pays, type WindowConvolution } from "#engine/compile/convolutions.ts";

/** Bytes of transformed patches that a chunk keeps: with the products they stay in a second-level cache. */
const patchBytes = 320 * 1024;
const maxTiles = 32;
/** Register tiles that a chunk has at least: each reads all of the filter. */
const leastRowTiles = 4;
/** Chunks that occupy several threads: where tiles are few, channels are shared out, and patches transformed by each. */
const wantedChunks = 16;
/** Output channels that are multiplied before they are transformed back. */
const channelBlock = 64;

/** The kernels of a group whose contraction is a convolution with a 3 x 3 window. */
export function emitWinograd(group: Group, convolution: WindowConvolution, traits: TargetTraits): Step[] {
  const factors = temporary(numProducts * factorElements(convolution), "f32");
  return [
    emitFilter(group, convolution, traits, factors),
    new WinogradKernel(group, convolution, traits, factors).emit(),
  ];
}

/** Whether whole vectors and tiles of channels fit, and the group's pooling window, if any, tiles a tile. */
export function fitsTiles(group: Group, convolution: WindowConvolution, traits: TargetTraits): boolean {
  const { window } = group;
  const { imageShape, outputShape } = convolution;
  if (!isSmallWindow(convolution) || !hasWork(convolution)) return false;
  const hasWholeVectors = (imageShape[3] ?? 1) % traits.lanes === 0;
  const hasWholeTiles = (outputShape[3] ?? 1) % (traits.tile.vectors * traits.lanes) === 0;
  if (!hasWholeVectors || !hasWholeTiles) return false;
  return (
    window.length === 0 ||
    (window.length === 2 && window.every((extent) => extent === 2 || extent === 4 || extent === 1))
  );
}

function isSmallWindow({ window, strides, dilation }: WindowConvolution): boolean {
  return window.every((extent) => extent === 3) && [...strides, ...dilation].every((step) => step === 1);
}

/** Tiles that outweigh transforming the filter. */
const leastTiles = 32;

function hasWork({ imageShape, outputShape }: WindowConvolution): boolean {
  const [batch = 1, rows = 1, columns = 1, outputs = 1] = outputShape;
  const inputs = imageShape[3] ?? 1;
  const numTiles = batch * Math.ceil(rows / tile) * Math.ceil(columns / tile);
  return numTiles >= leastTiles && pays(sizeOf(outputShape) * 9 * inputs, inputs, outputs);
}

class WinogradKernel {
  readonly #group: Group;
  readonly #convolution: WindowConvolution;
  readonly #traits: TargetTraits;
  readonly #factors: StepBuffer;
  readonly #k = new KernelBuilder();
  readonly #transforms: Transforms;
  readonly #numInputs: number;
  readonly #numOutputs: number;
  readonly #numTiles: number;
  readonly #block: number;
  /** Output channels of a chunk, whole blocks. */
  readonly #share: number;
  /** Elements of one product in each of the following. */
  readonly #patchSize: number;
  readonly #productSize: number;
  readonly #patches: Value;
  readonly #products: Value;
  readonly #results: Value;

  constructor(group: Group, convolution: WindowConvolution, traits: TargetTraits, factors: StepBuffer) {
    // The transformed filter is read like one more input, so results lie behind it.
    this.#group = mapExpressions(group, (expression) => flattenReads(expression, group.inputs));
    this.#convolution = convolution;
    this.#traits = traits;
    this.#factors = factors;
    this.#transforms = new Transforms(this.#k, traits.lanes);
    this.#numInputs = convolution.imageShape[3] ?? 1;
    this.#numOutputs = convolution.outputShape[3] ?? 1;
    const rows = traits.tile.rows;
    const fitting = Math.floor(patchBytes / (numProducts * 4 * this.#numInputs) / rows) * rows;
    this.#numTiles = Math.max(leastRowTiles * rows, Math.min(Math.floor(maxTiles / rows) * rows, fitting));
    this.#block = Math.min(channelBlock, this.#numOutputs);
    const numBlocks = Math.ceil(this.#numOutputs / this.#block);
    const wanted = Math.min(numBlocks, Math.ceil(wantedChunks / this.#numTileChunks));
    this.#share = Math.ceil(numBlocks / wanted) * this.#block;
    this.#patchSize = this.#numTiles * this.#numInputs + gap;
    this.#productSize = this.#numTiles * this.#block + gap;
    this.#patches = this.#k.scratch(numProducts * this.#patchSize * 4);
    this.#products = this.#k.scratch(numProducts * this.#productSize * 4);
    this.#results = this.#k.scratch(tile * tile * this.#block * 4);
  }

  get #tileCounts(): readonly [number, number, number] {
    const [batch = 1, rows = 1, columns = 1] = this.#convolution.outputShape;
    return [batch, Math.ceil(rows / tile), Math.ceil(columns / tile)];
  }

  get #numTileChunks(): number {
    return Math.ceil(sizeOf(this.#tileCounts) / this.#numTiles);
  }

  emit(): Step {
    const k = this.#k;
    const total = sizeOf(this.#tileCounts);
    const numShares = Math.ceil(this.#numOutputs / this.#share);
    const epilogue = this.#epilogue();
    const image = new SquareReader({
      builder: k,
      lanes: this.#traits.lanes,
      inputs: this.#group.inputs,
      image: this.#convolution.image,
      imageShape: this.#convolution.imageShape,
      size: patch,
    });
    epilogue.prepare();
    image.prepare();
    const first = k.let(ir.multiply(quotient(k.chunk, numShares), ir.int(this.#numTiles)));
    const from = k.let(ir.multiply(remainder(k.chunk, numShares), ir.int(this.#share)));
    const to = lesser(ir.add(from, ir.int(this.#share)), ir.int(this.#numOutputs));
    const count = k.let(lesser(ir.subtract(ir.int(total), first), ir.int(this.#numTiles)));
    k.loop(ir.int(0), count, 1, (number) => this.#readPatch(image, first, number));
    k.loop(from, k.let(to), this.#block, (channel) => {
      const channels = k.let(lesser(ir.subtract(ir.int(this.#numOutputs), channel), ir.int(this.#block)));
      this.#multiply(count, channel, channels);
      k.loop(ir.int(0), count, 1, (number) => {
        this.#transformBack(number, channels);
        this.#writeTile(epilogue, k.let(ir.add(first, number)), channel, channels);
      });
    });
    return this.#finish(this.#numTileChunks * numShares);
  }

  /** Transforms the patch of one tile, all input channels. */
  #readPatch(image: SquareReader, first: Value, number: Value): void {
    const k = this.#k;
    const [batch, tileRow, tileColumn] = this.#tilePlace(ir.add(first, number));
    const [top, left] = this.#convolution.start;
    const row = ir.add(ir.multiply(tileRow, ir.int(tile)), ir.int(top));
    const column = ir.add(ir.multiply(tileColumn, ir.int(tile)), ir.int(left));
    const channels = { start: ir.int(0), count: ir.int(this.#numInputs) };
    image.read({ batch, row, column }, channels, (channel, square) => {
      const place = ir.add(ir.multiply(number, ir.int(this.#numInputs)), channel);
      const target = k.let(ir.elementAt(this.#patches, "f32", place));
      this.#transforms.image(square, toProducts(k, target, this.#patchSize * 4));
    });
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
      const patches = k.let(ir.elementAt(this.#patches, "f32", ir.multiply(product, ir.int(this.#patchSize))));
      const products = k.let(ir.elementAt(this.#products, "f32", ir.multiply(product, ir.int(this.#productSize))));
      const panel = ir.multiply(channel, ir.int(this.#numInputs));
      const first = ir.add(ir.multiply(product, ir.int(factorElements(this.#convolution))), panel);
      const factors = k.variable(ir.elementAt(k.buffer(this.#group.inputs.length), "f32", first));
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
      this.#transforms.result(productSquare(from, this.#productSize * 4), (row) => {
        const line = k.let(ir.elementAt(to, "f32", ir.multiply(this.#rowPlace(row), ir.int(this.#block))));
        return (column, value) => k.store("f32", line, value, this.#columnPlace(column) * this.#block * 4);
      });
    });
  }

  get #window(): readonly [number, number] {
    const [rows = 1, columns = 1] = this.#group.window;
    return [rows, columns];
  }

  /** Which of the 16 results a row's first is, where windows lie one after the other. */
  #rowPlace(row: Value): Value {
    const [height, width] = this.#window;
    const outer = ir.multiply(quotient(row, height), ir.int(height * tile));
    return ir.add(outer, ir.multiply(remainder(row, height), ir.int(width)));
  }

  /** How many results behind its row's first a column lies. */
  #columnPlace(column: number): number {
    const [height, width] = this.#window;
    return Math.floor(column / width) * height * width + (column % width);
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
      blockColumns: this.#block,
      numExtraBuffers: 1,
      partial: undefined,
    });
  }

  #finish(numChunks: number): Step {
    const { inputs, outputs, name } = this.#group;
    const results = outputs.map(({ node }) => nodeBuffer(node));
    const buffers = [...inputs.map(nodeBuffer), this.#factors, ...results];
    const kernel = this.#k.finish({
      name: `${name} (winograd)`,
      numBuffers: buffers.length,
      numChunks,
      flops: 2 * sizeOf(this.#convolution.outputShape) * 9 * this.#numInputs,
      bytes: bytesOf(buffers),
    });
    return { kernel, buffers, numInputs: inputs.length + 1 };
  }
}
