// The gradient of a convolution's filter by Winograd's F(3x3, 4x4). A chunk owns a part of the tiles and a block of the
// channels: it transforms tiles of the image and of the output's gradient, multiplies 36 small matrices with the tiles
// as depth, and transforms the sums back at its end. Parts are joined like those of any split contraction.

import { sizeOf } from "#engine/base/shape.ts";
import * as ir from "#engine/graph/kernel.ts";
import { KernelBuilder, type TargetTraits, type Value } from "#engine/graph/kernel.ts";
import { roundUp } from "#engine/compile/contraction.ts";
import { blocksOf, type GradientBlocks } from "#engine/compile/filter-gradient-blocks.ts";
import type { Group } from "#engine/compile/group.ts";
import { joinSplits } from "#engine/compile/join-splits.ts";
import { multiplyTile } from "#engine/compile/micro-kernel.ts";
import { decode, lesser, quotient, remainder } from "#engine/compile/places.ts";
import { bytesOf, nodeBuffer, temporary, type Step, type StepBuffer } from "#engine/compile/step.ts";
import { gap, numProducts, patch, SquareReader, tile, type ChannelRange } from "#engine/compile/winograd-tiles.ts";
import { productSquare, toProducts, Transforms } from "#engine/compile/winograd-transforms.ts";
import type { FilterGradient } from "#engine/compile/convolutions.ts";

/** The kernels of a group whose contraction is the gradient of a 3 x 3 filter. */
export function emitFilterGradient(group: Group, gradient: FilterGradient, traits: TargetTraits): Step[] {
  const blocks = blocksOf(gradient, traits);
  const partial = temporary(sizeOf(group.space) * blocks.numSplits, "f32");
  const first = new FilterGradientKernel(group, gradient, traits, blocks, partial).emit();
  return [first, ...joinSplits(group, blocks.numSplits, partial, traits)];
}

/** Tiles whose products outweigh clearing the sums and transforming them back (8 tiles: as fast as the direct form). */
const leastTiles = 16;

/** Whether channels fill whole vectors and panels, and there are tiles enough. */
export function fitsVectors(group: Group, gradient: FilterGradient, traits: TargetTraits): boolean {
  const { numTiles, numInputs, numOutputs, tileColumns } = blocksOf(gradient, traits);
  const isWhole = numInputs % traits.lanes === 0 && numOutputs % tileColumns === 0;
  return isWhole && numTiles >= leastTiles && group.window.length === 0;
}

class FilterGradientKernel {
  readonly #group: Group;
  readonly #gradient: FilterGradient;
  readonly #traits: TargetTraits;
  readonly #blocks: GradientBlocks;
  readonly #partial: StepBuffer;
  readonly #k = new KernelBuilder();
  readonly #transforms: Transforms;
  /** Elements of one product in each of the following. */
  readonly #patchSize: number;
  readonly #factorSize: number;
  readonly #sumSize: number;
  /** Transformed patches: [product][tile][input channel]. */
  readonly #patches: Value;
  /** Transformed gradients: [product][panel of output channels][tile][channel in the panel]. */
  readonly #factors: Value;
  /** [product][panel of output channels][input channel][channel in the panel]. */
  readonly #sums: Value;

  constructor(
    group: Group,
    gradient: FilterGradient,
    traits: TargetTraits,
    blocks: GradientBlocks,
    partial: StepBuffer,
  ) {
    this.#group = group;
    this.#gradient = gradient;
    this.#traits = traits;
    this.#blocks = blocks;
    this.#partial = partial;
    this.#transforms = new Transforms(this.#k, traits.lanes);
    // The last register tile may read input channels beyond the end, of the next tile or of the gap.
    this.#patchSize = blocks.blockTiles * blocks.inputBlock + gap;
    this.#factorSize = blocks.blockTiles * blocks.outputBlock + gap;
    this.#sumSize = this.#rows * blocks.outputBlock + gap;
    this.#patches = this.#k.scratch(numProducts * this.#patchSize * 4);
    this.#factors = this.#k.scratch(numProducts * this.#factorSize * 4);
    this.#sums = this.#k.scratch(numProducts * this.#sumSize * 4);
  }

  /** Input channels of a panel of sums. */
  get #rows(): number {
    return roundUp(this.#blocks.inputBlock, this.#blocks.tileRows);
  }

  emit(): Step {
    const k = this.#k;
    const b = this.#blocks;
    const { image, imageShape, gradient, gradientShape } = this.#gradient;
    const options = { builder: k, lanes: this.#traits.lanes, inputs: this.#group.inputs };
    const patches = new SquareReader({ ...options, image, imageShape, size: patch });
    const tiles = new SquareReader({ ...options, image: gradient, imageShape: gradientShape, size: tile });
    patches.prepare();
    tiles.prepare();
    const split = k.let(quotient(k.chunk, b.numInputBlocks * b.numOutputBlocks));
    const block = remainder(k.chunk, b.numInputBlocks * b.numOutputBlocks);
    const inputs = this.#channels(quotient(block, b.numOutputBlocks), b.inputBlock, b.numInputs);
    const outputs = this.#channels(remainder(block, b.numOutputBlocks), b.outputBlock, b.numOutputs);
    const from = k.let(ir.multiply(split, ir.int(b.splitTiles)));
    const to = k.let(lesser(ir.add(from, ir.int(b.splitTiles)), ir.int(b.numTiles)));
    this.#clear();
    k.loop(from, to, b.blockTiles, (first) => {
      const count = k.let(lesser(ir.subtract(to, first), ir.int(b.blockTiles)));
      k.loop(ir.int(0), count, 1, (number) => {
        const place = decode(k, ir.add(first, number), { numbers: [0, 1, 2], extents: b.tileCounts });
        const at = new Map(place);
        this.#transformPatch(patches, at, inputs, number);
        this.#transformTile(tiles, at, outputs, number);
      });
      this.#multiply(count, inputs.count, outputs.count);
    });
    this.#transformBack(split, inputs, outputs);
    return this.#finish();
  }

  /** The channels of one block, fewer in the last. */
  #channels(number: Value, block: number, total: number): ChannelRange {
    const k = this.#k;
    const start = k.let(ir.multiply(number, ir.int(block)));
    const isWhole = total % block === 0;
    return { start, count: isWhole ? ir.int(block) : k.let(lesser(ir.subtract(ir.int(total), start), ir.int(block))) };
  }

  #clear(): void {
    const k = this.#k;
    k.loop(ir.int(0), ir.int(numProducts * this.#sumSize), this.#traits.lanes, (index) => {
      k.store("f32", ir.elementAt(this.#sums, "f32", index), { kind: "constant", type: "vf32", value: 0 });
    });
  }

  #transformPatch(reader: SquareReader, at: ReadonlyMap<number, Value>, inputs: ChannelRange, number: Value): void {
    const k = this.#k;
    const [top, left] = this.#gradient.start;
    reader.read(squareAt(at, top, left), inputs, (offset, square) => {
      const place = ir.add(ir.multiply(number, ir.int(this.#blocks.inputBlock)), offset);
      const target = k.let(ir.elementAt(this.#patches, "f32", place));
      this.#transforms.image(square, toProducts(k, target, this.#patchSize * 4));
    });
  }

  #transformTile(reader: SquareReader, at: ReadonlyMap<number, Value>, outputs: ChannelRange, number: Value): void {
    const k = this.#k;
    const { blockTiles, tileColumns } = this.#blocks;
    reader.read(squareAt(at, 0, 0), outputs, (offset, square) => {
      const line = ir.add(ir.multiply(quotient(offset, tileColumns), ir.int(blockTiles)), number);
      const place = ir.add(ir.multiply(line, ir.int(tileColumns)), remainder(offset, tileColumns));
      const target = k.let(ir.elementAt(this.#factors, "f32", place));
      this.#transforms.gradient(square, toProducts(k, target, this.#factorSize * 4));
    });
  }

  /** sums[p] += patches[p], transposed, times factors[p]. */
  #multiply(count: Value, inputs: Value, outputs: Value): void {
    const k = this.#k;
    const { blockTiles, tileRows, tileColumns } = this.#blocks;
    const patches = k.variable(this.#patches);
    const firstPanel = k.variable(this.#factors);
    const firstSum = k.variable(this.#sums);
    k.loop(ir.int(0), ir.int(numProducts), 1, () => {
      const panel = k.variable(firstPanel);
      const column = k.variable(firstSum);
      k.loop(ir.int(0), outputs, tileColumns, () => {
        const left = k.variable(patches);
        const target = k.variable(column);
        k.loop(ir.int(0), inputs, tileRows, () => {
          this.#tile(left, panel, target, count);
          k.set(left, ir.offsetBy(left, ir.int(tileRows * 4)));
          k.set(target, ir.offsetBy(target, ir.int(tileRows * tileColumns * 4)));
        });
        k.set(panel, ir.offsetBy(panel, ir.int(blockTiles * tileColumns * 4)));
        k.set(column, ir.offsetBy(column, ir.int(this.#rows * tileColumns * 4)));
      });
      k.set(patches, ir.offsetBy(patches, ir.int(this.#patchSize * 4)));
      k.set(firstPanel, ir.offsetBy(firstPanel, ir.int(this.#factorSize * 4)));
      k.set(firstSum, ir.offsetBy(firstSum, ir.int(this.#sumSize * 4)));
    });
  }

  #tile(left: Value, right: Value, target: Value, depth: Value): void {
    const k = this.#k;
    const { lanes, tile: shape } = this.#traits;
    const { inputBlock, tileRows, tileColumns } = this.#blocks;
    const place = (row: number, part: number): number => (row * tileColumns + part * lanes) * 4;
    const traits = { ...this.#traits, tile: { ...shape, rows: tileRows } };
    const sums = multiplyTile(k, traits, {
      left,
      leftRowBytes: 4,
      leftStepBytes: inputBlock * 4,
      right,
      depth,
      start: (row, part) => ir.load("vf32", "f32", target, place(row, part)),
    });
    sums.forEach((line, row) => line.forEach((sum, part) => k.store("f32", target, sum, place(row, part))));
  }

  /** The chunk's part of the result, to the memory that is joined. */
  #transformBack(split: Value, inputs: ChannelRange, outputs: ChannelRange): void {
    const k = this.#k;
    const { numInputs, numOutputs, tileColumns } = this.#blocks;
    const partial = k.buffer(this.#group.inputs.length);
    const first = k.let(ir.add(ir.multiply(split, ir.int(sizeOf(this.#group.space))), outputs.start));
    k.loop(ir.int(0), inputs.count, 1, (input) => {
      const line = k.let(ir.add(first, ir.multiply(ir.add(inputs.start, input), ir.int(numOutputs))));
      k.loop(ir.int(0), outputs.count, this.#traits.lanes, (output) => {
        const row = ir.add(ir.multiply(quotient(output, tileColumns), ir.int(this.#rows)), input);
        const place = ir.add(ir.multiply(row, ir.int(tileColumns)), remainder(output, tileColumns));
        const source = k.let(ir.elementAt(this.#sums, "f32", place));
        const target = k.let(ir.elementAt(partial, "f32", ir.add(line, output)));
        const rowBytes = 3 * numInputs * numOutputs * 4;
        this.#transforms.filterGradient(productSquare(source, this.#sumSize * 4), (y) => {
          const row = k.let(ir.offsetBy(target, ir.multiply(y, ir.int(rowBytes))));
          return (x, value) => k.store("f32", row, value, x * numInputs * numOutputs * 4);
        });
      });
    });
  }

  #finish(): Step {
    const { inputs, name, space } = this.#group;
    const { numSplits, numInputBlocks, numOutputBlocks } = this.#blocks;
    const [batch = 1, rows = 1, columns = 1] = this.#gradient.gradientShape;
    const buffers = [...inputs.map(nodeBuffer), this.#partial];
    const kernel = this.#k.finish({
      name: `${name} (winograd)`,
      numBuffers: buffers.length,
      numChunks: numSplits * numInputBlocks * numOutputBlocks,
      flops: 2 * sizeOf(space) * batch * rows * columns,
      bytes: bytesOf(buffers),
    });
    return { kernel, buffers, numInputs: inputs.length };
  }
}

/** Where the square of a tile begins. */
function squareAt(
  at: ReadonlyMap<number, Value>,
  top: number,
  left: number,
): { batch: Value; row: Value; column: Value } {
  const place = (number: number): Value => at.get(number) ?? ir.int(0);
  const start = (number: number, offset: number): Value =>
    ir.add(ir.multiply(place(number), ir.int(tile)), ir.int(offset));
  return { batch: place(0), row: start(1, top), column: start(2, left) };
}
