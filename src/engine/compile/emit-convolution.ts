// Convolutions of pictures without Winograd's algorithm. A chunk owns some rows of the result and a block of its channels:
// it stages the rows of the image that it needs, padded, in private memory, where every window is a few runs of
// neighbouring elements; the micro-kernel reads them as they lie. The epilogue follows row by row.

import { sizeOf } from "#engine/base/shape.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ir from "#engine/graph/kernel.ts";
import { KernelBuilder, type Local, type TargetTraits, type Value } from "#engine/graph/kernel.ts";
import { axesFrom } from "#engine/compile/contraction.ts";
import { spaceOf, stagedStrides, type ConvolutionBlocks } from "#engine/compile/convolution-blocks.ts";
import type { WindowConvolution } from "#engine/compile/convolutions.ts";
import { emitPanels, panelPlace, readsOnly, type PanelSource } from "#engine/compile/emit-panels.ts";
import { emitterBuffers } from "#engine/compile/emitter.ts";
import { Epilogue } from "#engine/compile/epilogue.ts";
import type { Group } from "#engine/compile/group.ts";
import { multiplyTile, type DepthRun } from "#engine/compile/micro-kernel.ts";
import { flattenReads, mapExpressions, mergeInto } from "#engine/compile/normalize.ts";
import { Packer } from "#engine/compile/pack.ts";
import { lesser, quotient, remainder } from "#engine/compile/places.ts";
import { Stage } from "#engine/compile/stage.ts";
import { bytesOf, nodeBuffer, type Step, type StepBuffer } from "#engine/compile/step.ts";

/** What a chunk computes: pictures, rows of the group's space and channels. */
interface Chunk {
  readonly firstPicture: Value;
  readonly lastPicture: Value;
  readonly rowStart: Value;
  readonly rowCount: Value;
  readonly columnStart: Value;
  readonly columnCount: Value;
}

/** The channels of a row of results: how many, rounded up to whole tiles, and the first of them. */
interface RowChannels {
  readonly channels: Value;
  readonly columnStart: Value;
}

/** Which places of the group's space the results are, where they are not all. */
export interface Places {
  readonly offset: readonly [number, number];
  readonly strides: readonly [number, number];
}

const allPlaces: Places = { offset: [0, 0], strides: [1, 1] };

interface ConvolutionOptions {
  readonly group: Group;
  readonly convolution: WindowConvolution;
  readonly traits: TargetTraits;
  readonly blocks: ConvolutionBlocks;
  readonly places?: Places;
}

/** The kernel of a convolution; before it, where the filter follows from constants, the one that packs the filter. */
export function convolutionSteps(options: ConvolutionOptions & { readonly constants: ReadonlySet<Node> }): Step[] {
  const { group, convolution, constants, blocks } = options;
  const isPacked = constants.size > 0 && blocks.depth > 0 && readsOnly(convolution.filter, group.inputs, constants);
  if (!isPacked) return [new ConvolutionKernel(options).emit()];
  const panels = emitPanels(filterOf(options));
  return [panels.step, new ConvolutionKernel(options, panels.buffer).emit()];
}

/** What the panels of the filter hold. */
function filterOf({ group, convolution, traits, blocks }: ConvolutionOptions): PanelSource {
  const { filter, window, imageShape, outputShape } = convolution;
  const inputs = imageShape[3] ?? 1;
  const flat = flattenReads(filter, group.inputs);
  // Rows, columns and channels as one axis where the filter lies in memory so.
  const joined = mergeInto(flat, 1, 2, inputs);
  const all = joined === undefined ? undefined : mergeInto(joined, 0, 2, window[1] * inputs);
  const extents = [...window, all === undefined ? inputs : blocks.depth, outputShape[3] ?? 1];
  return {
    name: group.name,
    inputs: group.inputs,
    lanes: traits.lanes,
    numAxes: 4,
    side: all ?? flat,
    batch: axesFrom([], extents),
    across: axesFrom([3], extents),
    depth: axesFrom(all === undefined ? [0, 1, 2] : [2], extents),
    width: blocks.tileChannels,
    panelDepth: blocks.depth,
  };
}

class ConvolutionKernel {
  readonly #group: Group;
  readonly #convolution: WindowConvolution;
  readonly #traits: TargetTraits;
  readonly #blocks: ConvolutionBlocks;
  readonly #places: Places;
  readonly #space: readonly number[];
  readonly #k = new KernelBuilder();
  readonly #panels: Value;
  /** The filter's panels, where a step before has packed them. */
  readonly #packed: StepBuffer | undefined;
  readonly #filter: PanelSource;
  /** The sums of one row of the space: [place][place in the pooling window][channel]. */
  readonly #block: Value;

  constructor(options: ConvolutionOptions, packed?: StepBuffer) {
    const { group, convolution, traits, blocks, places = allPlaces } = options;
    this.#packed = packed;
    this.#filter = filterOf(options);
    this.#group = mapExpressions(group, (expression) => flattenReads(expression, group.inputs));
    this.#convolution = convolution;
    this.#traits = traits;
    this.#blocks = blocks;
    this.#places = places;
    this.#space = spaceOf(group, convolution);
    this.#panels = this.#k.scratch(packed === undefined ? blocks.channels * blocks.depth * 4 : 0);
    this.#block = this.#k.scratch(blocks.width * this.#pool[0] * blocks.channels * 4);
  }

  /** Rows and columns of the pooling window. */
  get #pool(): readonly [number, number] {
    const [rows = 1, columns = 1] = this.#group.window;
    return [rows, columns];
  }

  emit(): Step {
    const k = this.#k;
    const stage = new Stage({
      builder: k,
      lanes: this.#traits.lanes,
      inputs: this.#group.inputs,
      convolution: this.#convolution,
      rows: this.#blocks.stagedRows,
      columns: this.#blocks.stagedColumns,
    });
    const filter = this.#packed === undefined ? this.#packer() : undefined;
    const epilogue = this.#epilogue();
    stage.prepare();
    filter?.prepare();
    epilogue.prepare();
    const chunk = this.#chunk();
    const depth = { depthStart: ir.int(0), depthCount: ir.int(this.#blocks.depth) };
    const padded = this.#paddedChannels(chunk);
    filter?.pack({ ...depth, start: chunk.columnStart, count: padded }, []);
    k.loop(chunk.firstPicture, chunk.lastPicture, 1, (picture) => {
      this.#picture({ stage, epilogue, chunk, picture, channels: padded });
    });
    return this.#finish();
  }

  #picture(options: {
    readonly stage: Stage;
    readonly epilogue: Epilogue;
    readonly chunk: Chunk;
    readonly picture: Value;
    readonly channels: Value;
  }): void {
    const k = this.#k;
    const { stage, epilogue, chunk, picture, channels } = options;
    const [poolRows] = this.#pool;
    const [strideRows] = stagedStrides(this.#convolution);
    if (this.#blocks.depth > 0) stage.fill(picture, k.let(ir.multiply(chunk.rowStart, ir.int(poolRows * strideRows))));
    k.loop(ir.int(0), chunk.rowCount, 1, (row) => {
      k.loop(ir.int(0), ir.int(poolRows), 1, (part) => {
        const line = ir.add(ir.multiply(row, ir.int(poolRows)), part);
        const from = k.let(ir.multiply(line, ir.int(strideRows * stage.rowElements)));
        this.#row(stage, from, part, { channels, columnStart: chunk.columnStart });
      });
      this.#finishRow(epilogue, chunk, picture, k.let(ir.add(chunk.rowStart, row)));
    });
  }

  #chunk(): Chunk {
    const k = this.#k;
    const b = this.#blocks;
    const [batch = 1, rows = 1, , channels = 1] = this.#space;
    const perPicture = b.numRowBlocks * b.numChannelBlocks;
    const within = k.let(remainder(k.chunk, perPicture));
    const rowStart = k.let(ir.multiply(quotient(within, b.numChannelBlocks), ir.int(b.rows)));
    const columnStart = k.let(ir.multiply(remainder(within, b.numChannelBlocks), ir.int(b.channels)));
    const firstPicture = k.let(ir.multiply(quotient(k.chunk, perPicture), ir.int(b.pictures)));
    return {
      firstPicture,
      lastPicture: k.let(lesser(ir.add(firstPicture, ir.int(b.pictures)), ir.int(batch))),
      rowStart,
      rowCount: k.let(lesser(ir.subtract(ir.int(rows), rowStart), ir.int(b.rows))),
      columnStart,
      columnCount: k.let(lesser(ir.subtract(ir.int(channels), columnStart), ir.int(b.channels))),
    };
  }

  /** The chunk's channels, rounded up to whole tiles. */
  #paddedChannels({ columnCount }: Chunk): Value {
    const { tileChannels } = this.#blocks;
    const tiles = quotient(ir.add(columnCount, ir.int(tileChannels - 1)), tileChannels);
    return this.#k.let(ir.multiply(tiles, ir.int(tileChannels)));
  }

  /** The sums of one row before pooling, whose windows begin `from` elements into the stage. */
  #row(stage: Stage, from: Value, part: Value, { channels, columnStart }: RowChannels): void {
    const k = this.#k;
    const { tile, tileChannels, width, depth, channels: rowChannels } = this.#blocks;
    const [poolRows, poolColumns] = this.#pool;
    const step = stagedStrides(this.#convolution)[1] * (this.#convolution.imageShape[3] ?? 1);
    const line = k.let(ir.elementAt(stage.memory, "f32", from));
    const sums = k.let(ir.elementAt(this.#block, "f32", ir.multiply(part, ir.int(poolColumns * rowChannels))));
    k.loop(ir.int(0), ir.int(width), tile.rows, (wanted) => {
      // The last tile begins earlier: it repeats results of the one before.
      const column = width % tile.rows === 0 ? wanted : k.let(lesser(wanted, ir.int(width - tile.rows)));
      const left = k.let(ir.elementAt(line, "f32", ir.multiply(column, ir.int(step))));
      const target = k.let(ir.elementAt(sums, "f32", ir.multiply(column, ir.int(poolRows * rowChannels))));
      const panel = this.#firstPanel(columnStart);
      k.loop(ir.int(0), channels, tileChannels, (channel) => {
        this.#tile(left, step, panel, k.let(ir.elementAt(target, "f32", channel)));
        k.set(panel, ir.offsetBy(panel, ir.int(depth * tileChannels * 4)));
      });
    });
  }

  #firstPanel(columnStart: Value): Local {
    const k = this.#k;
    if (this.#packed === undefined) return k.variable(this.#panels);
    const place = panelPlace(this.#filter, ir.int(0), columnStart);
    return k.variable(ir.elementAt(k.buffer(this.#group.inputs.length), "f32", place));
  }

  #tile(left: Value, step: number, right: Value, target: Value): void {
    const k = this.#k;
    const { lanes } = this.#traits;
    const { tile, channels } = this.#blocks;
    const [poolRows, poolColumns] = this.#pool;
    const { runs, length } = this.#runs();
    const sums = multiplyTile(
      k,
      { tile, lanes },
      {
        left,
        leftRowBytes: step * 4,
        leftStepBytes: 4,
        right,
        runs,
        depth: ir.int(length),
        start: () => ({ kind: "constant", type: "vf32", value: 0 }),
      },
    );
    sums.forEach((line, row) => {
      const place = Math.floor(row / poolColumns) * poolRows * poolColumns + (row % poolColumns);
      line.forEach((sum, part) => k.store("f32", target, sum, (place * channels + part * lanes) * 4));
    });
  }

  /** A window as runs of neighbouring elements of the stage. */
  #runs(): { readonly runs: readonly DepthRun[]; readonly length: number } {
    const { window, dilation, imageShape } = this.#convolution;
    const inputs = imageShape[3] ?? 1;
    const rows = { count: window[0], bytes: dilation[0] * this.#blocks.stagedColumns * inputs * 4 };
    if (dilation[1] === 1) return { runs: [rows], length: window[1] * inputs };
    return { runs: [rows, { count: window[1], bytes: dilation[1] * inputs * 4 }], length: inputs };
  }

  /** The epilogue of one row of the space. */
  #finishRow(epilogue: Epilogue, { columnStart, columnCount }: Chunk, picture: Value, row: Value): void {
    const k = this.#k;
    const [, , columns = 1] = this.#space;
    const { offset, strides } = this.#places;
    const placeOf = (number: Value, dimension: 0 | 1): Value =>
      k.let(ir.add(ir.multiply(number, ir.int(strides[dimension])), ir.int(offset[dimension])));
    const rowPlace = placeOf(row, 0);
    const bytes = sizeOf(this.#group.window) * this.#blocks.channels * 4;
    k.loop(ir.int(0), ir.int(columns), 1, (column) => {
      const sums = k.let(ir.offsetBy(this.#block, ir.multiply(column, ir.int(bytes))));
      const places: [number, Value][] = [
        [0, picture],
        [1, rowPlace],
        [2, placeOf(column, 1)],
      ];
      epilogue.row(places, sums, { columnStart, columnCount });
    });
  }

  #packer(): Packer {
    const buffers = emitterBuffers(this.#k, this.#group.inputs);
    return new Packer({ ...this.#filter, builder: this.#k, buffers, panels: this.#panels });
  }

  #epilogue(): Epilogue {
    const { space } = this.#group;
    return new Epilogue({
      builder: this.#k,
      lanes: this.#traits.lanes,
      buffers: emitterBuffers(this.#k, this.#group.inputs),
      group: this.#group,
      batch: axesFrom([], space),
      rows: axesFrom([0, 1, 2], space),
      columns: axesFrom([3], space),
      blockColumns: this.#blocks.channels,
      numExtraBuffers: this.#packed === undefined ? 0 : 1,
      partial: undefined,
    });
  }

  #finish(): Step {
    const { inputs, outputs, name } = this.#group;
    const [batch = 1] = this.#space;
    const reads = [...inputs.map(nodeBuffer), ...(this.#packed === undefined ? [] : [this.#packed])];
    const buffers = [...reads, ...outputs.map(({ node }) => nodeBuffer(node))];
    const kernel = this.#k.finish({
      name,
      numBuffers: buffers.length,
      numChunks: Math.ceil(batch / this.#blocks.pictures) * this.#blocks.numRowBlocks * this.#blocks.numChannelBlocks,
      flops: 2 * sizeOf(this.#convolution.outputShape) * this.#blocks.depth,
      bytes: bytesOf(buffers),
    });
    return { kernel, buffers, numInputs: reads.length };
  }
}
