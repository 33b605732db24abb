// Contractions as matrix products. A chunk owns one block of the result. Where all of the depth fits into packed columns,
// it computes one strip of rows after the other and evaluates the epilogue over each; else it packs both sides piece by
// piece, lets the micro-kernel add to the block in private memory, and evaluates the epilogue at the end.

import { BugError } from "#engine/base/error.ts";
import { sizeOf } from "#engine/base/shape.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ir from "#engine/graph/kernel.ts";
import { KernelBuilder, type Local, type TargetTraits, type Value } from "#engine/graph/kernel.ts";
import { type Blocking, type DirectRows, type Product } from "#engine/compile/contraction.ts";
import { bareResultOf, type BareResult } from "#engine/compile/bare-result.ts";
import type { TransposedConvolution } from "#engine/compile/convolutions.ts";
import { convolutionBlocks, isProduct } from "#engine/compile/convolution-blocks.ts";
import { ComputedColumns } from "#engine/compile/computed-columns.ts";
import { convolutionSteps } from "#engine/compile/emit-convolution.ts";
import { emitterBuffers, type EmitterBuffer } from "#engine/compile/emitter.ts";
import { DottedColumns } from "#engine/compile/dotted-columns.ts";
import { emitFilterGradient, fitsVectors } from "#engine/compile/emit-filter-gradient.ts";
import { emitLoops } from "#engine/compile/emit-loops.ts";
import { emitPanels, panelPlace } from "#engine/compile/emit-panels.ts";
import { emitWinograd, fitsTiles } from "#engine/compile/emit-winograd.ts";
import { Epilogue } from "#engine/compile/epilogue.ts";
import type { Group } from "#engine/compile/group.ts";
import { joinSplits } from "#engine/compile/join-splits.ts";
import { multiplyTile, type TileOptions } from "#engine/compile/micro-kernel.ts";
import { Packer, roomyDepth } from "#engine/compile/pack.ts";
import { decode, lesser, padded, placeOf, quotient, remainder } from "#engine/compile/places.ts";
import { isPacked, leftSideOf, planOf, rightOf, type ProductPlan } from "#engine/compile/product-plan.ts";
import { bytesOf, nodeBuffer, temporary, type Step, type StepBuffer } from "#engine/compile/step.ts";

/** The kernels of a group with a contraction. @param constants nodes that seldom change: what they are packed to is kept */
export function emitContraction(group: Group, traits: TargetTraits, constants: ReadonlySet<Node>): Step[] {
  const { contraction } = group;
  if (contraction === undefined) return emitLoops(group, traits);
  const { convolution } = contraction;
  if (convolution?.kind === "window") {
    if (traits.usesWinograd && fitsTiles(group, convolution, traits)) return emitWinograd(group, convolution, traits);
    const blocks = isProduct(convolution) ? undefined : convolutionBlocks(group, convolution, traits);
    if (blocks !== undefined) return convolutionSteps({ group, convolution, traits, blocks, constants });
  }
  if (convolution?.kind === "transposed") {
    const steps = emitPhases(group, convolution, traits, constants);
    if (steps !== undefined) return steps;
  }
  if (convolution?.kind === "filterGradient" && traits.usesWinograd && fitsVectors(group, convolution, traits)) {
    return emitFilterGradient(group, convolution, traits);
  }
  const plan = planOf(group, contraction, traits);
  const { numSplits } = plan.blocking;
  if (numSplits === 1) {
    const panels = isPacked(plan, constants) ? emitPanels(rightOf(plan, traits)) : undefined;
    const product = new ProductKernel(plan, traits, { panels: panels?.buffer }).emit();
    return panels === undefined ? [product] : [panels.step, product];
  }
  const partial = temporary(sizeOf(group.space) * numSplits, "f32");
  return [new ProductKernel(plan, traits, { partial }).emit(), ...joinSplits(group, numSplits, partial, traits)];
}

/** A kernel for each phase; undefined where one does not fit. */
function emitPhases(
  group: Group,
  { phases, strides }: TransposedConvolution,
  traits: TargetTraits,
  constants: ReadonlySet<Node>,
): Step[] | undefined {
  if (group.window.length > 0) return undefined;
  const steps: Step[] = [];
  for (const { convolution, offset } of phases) {
    if (sizeOf(convolution.outputShape) === 0) continue;
    const blocks = convolutionBlocks(group, convolution, traits);
    if (blocks === undefined) return undefined;
    steps.push(...convolutionSteps({ group, convolution, traits, blocks, constants, places: { offset, strides } }));
  }
  return steps;
}

/** Memory of a product beyond its operands and results. */
interface FurtherBuffers {
  /** Sums of each part of a split depth, in place of results. */
  readonly partial?: StepBuffer;
  /** The right side's panels, where a step before has packed them. */
  readonly panels?: StepBuffer | undefined;
}

const zeroVector: Value = { kind: "constant", type: "vf32", value: 0 };

/** What a chunk computes. */
interface Chunk {
  readonly split: Value;
  readonly batchPlace: readonly (readonly [number, Value])[];
  readonly rowStart: Value;
  readonly rowCount: Value;
  readonly columnStart: Value;
  readonly columnCount: Value;
  /** Rounded up to whole tiles. */
  readonly paddedRows: Value;
  readonly paddedColumns: Value;
}

interface DepthRange {
  readonly depthStart: Value;
  readonly depthCount: Value;
}

class ProductKernel {
  readonly #group: Group;
  readonly #traits: TargetTraits;
  readonly #product: Product;
  readonly #blocking: Blocking;
  readonly #direct: DirectRows | undefined;
  readonly #columns: ProductPlan["columns"];
  readonly #plan: ProductPlan;
  readonly #partial: StepBuffer | undefined;
  readonly #panels: StepBuffer | undefined;
  readonly #k = new KernelBuilder();
  /** Whether a strip of rows is finished before the next begins. */
  readonly #isStrip: boolean;
  /** Where sums go that are the result as they are: no block holds them before. */
  readonly #bare: BareResult | undefined;
  /** Sums: of a strip, or of all rows. */
  readonly #block: Value;
  readonly #leftPanels: Value;
  /** Depth that a panel of the left side has room for. */
  readonly #leftDepth: number;
  readonly #rightPanels: Value;
  #computed: ComputedColumns | DottedColumns | undefined;

  constructor(plan: ProductPlan, traits: TargetTraits, { partial, panels }: FurtherBuffers) {
    const { group, product, blocking, direct, columns } = plan;
    this.#plan = plan;
    this.#panels = panels;
    this.#group = group;
    this.#product = product;
    this.#traits = traits;
    this.#blocking = blocking;
    this.#direct = direct;
    this.#columns = columns;
    this.#partial = partial;
    this.#isStrip = blocking.splitDepth <= blocking.depth && sizeOf(group.window) === 1;
    this.#bare =
      this.#isStrip && direct !== undefined && partial === undefined
        ? bareResultOf(group, product, blocking)
        : undefined;
    const { tile, rows, depth } = blocking;
    // Columns that are not packed begin earlier in the last tile: it may write before the first row.
    const before = columns === undefined ? 0 : blocking.tileColumns * 4;
    const block = this.#k.scratch(before + (this.#isStrip ? tile.rows : rows) * blocking.columns * 4);
    this.#block = ir.offsetBy(block, ir.int(before));
    // Whole vectors are stored to panels that are no multiple of them, too: the last one may write beyond the end.
    const excess = tile.rows % traits.lanes === 0 ? 0 : traits.lanes;
    this.#leftDepth = roomyDepth(depth, tile.rows, traits.lanes);
    this.#leftPanels = this.#k.scratch(direct === undefined ? (rows * this.#leftDepth + excess) * 4 : 0);
    this.#rightPanels = this.#k.scratch(
      columns === undefined && panels === undefined ? blocking.columns * depth * 4 : 0,
    );
  }

  /** Buffers between the group's inputs and what is written. */
  get #numExtraBuffers(): number {
    return this.#panels === undefined ? 0 : 1;
  }

  emit(): Step {
    const k = this.#k;
    const buffers = emitterBuffers(k, this.#group.inputs);
    const left = this.#direct === undefined ? this.#packer("rows", buffers) : undefined;
    const isRightPacked = this.#columns === undefined && this.#panels === undefined;
    const right = isRightPacked ? this.#packer("columns", buffers) : undefined;
    const epilogue = this.#epilogue(buffers);
    left?.prepare();
    right?.prepare();
    this.#computed = this.#computedColumns(buffers);
    this.#computed?.prepare();
    epilogue.prepare();
    const chunk = this.#chunk();
    if (this.#bare !== undefined) this.#bareStrips(chunk, { left, right }, this.#bare);
    else if (this.#isStrip) this.#strips(chunk, { left, right }, epilogue);
    else {
      this.#pieces(chunk, { left, right });
      if (this.#direct === undefined) epilogue.emit({ ...chunk, block: this.#block });
      else this.#stripsOfBlock(chunk, epilogue);
    }
    return this.#finish();
  }

  #chunk(): Chunk {
    const k = this.#k;
    const { batch, rows, columns } = this.#product;
    const b = this.#blocking;
    const [split, afterSplit] = this.#cut(k.chunk, batch.size * b.numRowBlocks * b.numColumnBlocks);
    const [image, afterImage] = this.#cut(afterSplit, b.numRowBlocks * b.numColumnBlocks);
    const [rowBlock, columnBlock] = this.#cut(afterImage, b.numColumnBlocks);
    const rowStart = k.let(ir.multiply(rowBlock, ir.int(b.rows)));
    const columnStart = k.let(ir.multiply(columnBlock, ir.int(b.columns)));
    const rowCount = k.let(lesser(ir.subtract(ir.int(rows.size), rowStart), ir.int(b.rows)));
    const columnCount = k.let(lesser(ir.subtract(ir.int(columns.size), columnStart), ir.int(b.columns)));
    return {
      split,
      batchPlace: decode(k, image, batch),
      rowStart,
      rowCount,
      columnStart,
      columnCount,
      paddedRows: k.let(padded(rowCount, b.tile.rows)),
      paddedColumns: k.let(padded(columnCount, b.tileColumns)),
    };
  }

  #cut(value: Value, size: number): [Value, Value] {
    return [this.#k.let(quotient(value, size)), this.#k.let(size === 1 ? ir.int(0) : remainder(value, size))];
  }

  #packer(across: "rows" | "columns", buffers: readonly EmitterBuffer[]): Packer {
    const right = { ...rightOf(this.#plan, this.#traits), builder: this.#k, buffers };
    if (across === "columns") return new Packer({ ...right, panels: this.#rightPanels });
    const panels = { panels: this.#leftPanels, panelDepth: this.#leftDepth, width: this.#blocking.tile.rows };
    return new Packer({ ...right, ...panels, side: leftSideOf(this.#plan), across: this.#product.rows });
  }

  #computedColumns(buffers: readonly EmitterBuffer[]): ComputedColumns | DottedColumns | undefined {
    const source = rightOf(this.#plan, this.#traits);
    if (this.#columns?.kind === "dotted") return new DottedColumns(this.#k, buffers, source);
    if (this.#columns?.kind !== "computed") return undefined;
    const shape = { tile: this.#blocking.tile, lanes: this.#traits.lanes };
    return new ComputedColumns(this.#k, buffers, shape, source);
  }

  #epilogue(buffers: readonly EmitterBuffer[]): Epilogue {
    return new Epilogue({
      builder: this.#k,
      lanes: this.#traits.lanes,
      buffers,
      group: this.#group,
      batch: this.#product.batch,
      rows: this.#product.rows,
      columns: this.#product.columns,
      blockColumns: this.#blocking.columns,
      numExtraBuffers: this.#numExtraBuffers,
      partial:
        this.#partial === undefined
          ? undefined
          : { size: sizeOf(this.#group.space), buffer: this.#group.inputs.length },
    });
  }

  /** The part of the depth that a chunk sums over. */
  #depthOf({ split }: Chunk): readonly [from: Value, to: Value] {
    const k = this.#k;
    const { depth } = this.#product;
    const { splitDepth, numSplits } = this.#blocking;
    const from = k.let(ir.multiply(split, ir.int(splitDepth)));
    if (numSplits === 1) return [from, ir.int(depth.size)];
    return [from, k.let(lesser(ir.add(from, ir.int(splitDepth)), ir.int(depth.size)))];
  }

  /** All of the depth at once, one strip of rows after the other. */
  #strips(chunk: Chunk, packers: Packers, epilogue: Epilogue): void {
    const k = this.#k;
    const { tile } = this.#blocking;
    const [from, to] = this.#depthOf(chunk);
    const range = { depthStart: from, depthCount: k.let(ir.subtract(to, from)) };
    this.#pack(chunk, range, packers);
    k.loop(ir.int(0), chunk.rowCount, tile.rows, (row) => {
      const first = this.#firstRow(chunk, row);
      const start = this.#rowsAt(chunk, range, row, first);
      if (this.#columns === undefined) this.#panelTiles(chunk, start, range);
      else this.#columnTiles(chunk, start, range);
      this.#finishStrip(chunk, { row, first, block: this.#block }, epilogue);
    });
  }

  /** All strips of a block, whose last ones may hold earlier rows, too. */
  #stripsOfBlock(chunk: Chunk, epilogue: Epilogue): void {
    const k = this.#k;
    const { tile, columns } = this.#blocking;
    k.loop(ir.int(0), chunk.rowCount, tile.rows, (row) => {
      const block = k.let(ir.elementAt(this.#block, "f32", ir.multiply(row, ir.int(columns))));
      this.#finishStrip(chunk, { row, first: this.#firstRow(chunk, row), block }, epilogue);
    });
  }

  /** The epilogue of a strip at `row` of the chunk, whose sums begin with the row `first` of all. */
  #finishStrip(chunk: Chunk, { row, first, block }: Strip, epilogue: Epilogue): void {
    const k = this.#k;
    const { tile, columns } = this.#blocking;
    const wanted = k.let(ir.add(chunk.rowStart, row));
    const repeated = ir.multiply(ir.subtract(wanted, first), ir.int(columns));
    epilogue.emit({
      ...chunk,
      rowStart: wanted,
      rowCount: k.let(lesser(ir.int(tile.rows), ir.subtract(chunk.rowCount, row))),
      block: k.let(ir.elementAt(block, "f32", repeated)),
    });
  }

  /** As strips, each stored where it belongs: the last of a chunk begins earlier, not to end beyond the chunk. */
  #bareStrips(chunk: Chunk, packers: Packers, { rowStride, batchStrides }: BareResult): void {
    const k = this.#k;
    const { tile } = this.#blocking;
    const range = { depthStart: ir.int(0), depthCount: ir.int(this.#product.depth.size) };
    this.#pack(chunk, range, packers);
    const place = placeOf(chunk.batchPlace, this.#product.batch.numbers, batchStrides, chunk.columnStart);
    const result = k.let(ir.elementAt(k.buffer(this.#group.inputs.length + this.#numExtraBuffers), "f32", place));
    k.loop(ir.int(0), chunk.rowCount, tile.rows, (row) => {
      const inside = lesser(row, ir.subtract(chunk.rowCount, ir.int(tile.rows)));
      const first = k.let(ir.add(chunk.rowStart, inside));
      const rows = this.#rowsAt(chunk, range, row, first);
      const target = k.let(ir.elementAt(result, "f32", ir.multiply(first, ir.int(rowStride))));
      if (this.#columns === undefined) this.#panelTiles(chunk, rows, range, { target, rowStride });
      else this.#columnTiles(chunk, rows, range, { target, rowStride });
    });
  }

  /** The tiles of a strip of rows, by the panels of the right side. */
  #panelTiles(chunk: Chunk, rows: LeftRows, range: DepthRange, sums = this.#sums()): void {
    const k = this.#k;
    const panel = this.#firstPanel(chunk, range);
    k.loop(ir.int(0), chunk.paddedColumns, this.#blocking.tileColumns, (column) => {
      const target = k.let(ir.elementAt(sums.target, "f32", column));
      this.#tile(rows, { right: panel }, { ...sums, target }, range.depthCount);
      this.#nextPanel(panel);
    });
  }

  /** The tiles of a strip of rows, with columns as they lie; the last begins earlier, not to read beyond the end. */
  #columnTiles(chunk: Chunk, rows: LeftRows, range: DepthRange, sums = this.#sums()): void {
    const k = this.#k;
    const { tileColumns } = this.#blocking;
    const { columns } = this.#product;
    const multiply = this.#columnTile(chunk, rows, range);
    k.loop(ir.int(0), chunk.columnCount, tileColumns, (column) => {
      const wanted = ir.add(chunk.columnStart, column);
      const isEven = columns.size % tileColumns === 0;
      const first = k.let(isEven ? wanted : lesser(wanted, ir.int(columns.size - tileColumns)));
      const target = k.let(ir.elementAt(sums.target, "f32", ir.subtract(first, chunk.columnStart)));
      multiply(first, { ...sums, target });
    });
  }

  /** How a tile of columns that lie in memory, or are computed, is multiplied. */
  #columnTile(chunk: Chunk, rows: LeftRows, range: DepthRange): (first: Value, sums: Sums) => void {
    const k = this.#k;
    const computed = this.#computed;
    const direct = this.#columns;
    if (computed !== undefined) {
      const common = { ...rows, ...range, batchPlace: chunk.batchPlace, start: () => zeroVector };
      return (column, sums) => this.#store(computed.multiply({ ...common, column }), sums);
    }
    if (direct?.kind !== "stored") throw new BugError("Columns of a product that neither lie nor are computed.");
    const steps = ir.multiply(range.depthStart, ir.int(direct.stride));
    const from = ir.add(steps, ir.int(direct.offset));
    const start = placeOf(chunk.batchPlace, this.#product.batch.numbers, direct.batchStrides, from);
    const base = k.let(ir.elementAt(k.buffer(direct.operand), "f32", start));
    return (first, sums) => {
      const right = k.let(ir.elementAt(base, "f32", first));
      this.#tile(rows, { right, rightStepBytes: direct.stride * 4 }, sums, range.depthCount);
    };
  }

  /** The first row of a tile: the last tile of unpacked rows begins earlier, since it must not read beyond the end. */
  #firstRow({ rowStart }: Chunk, row: Value): Value {
    const k = this.#k;
    const { rows } = this.#product;
    const wanted = k.let(ir.add(rowStart, row));
    if (this.#direct === undefined || rows.size % this.#blocking.tile.rows === 0) return wanted;
    return k.let(lesser(wanted, ir.int(rows.size - this.#blocking.tile.rows)));
  }

  /** Where the micro-kernel finds the rows of a tile: `row` counts in the block, `first` from the first of all. */
  #rowsAt({ batchPlace }: Chunk, { depthStart }: DepthRange, row: Value, first: Value): LeftRows {
    const k = this.#k;
    const direct = this.#direct;
    const b = this.#blocking;
    if (direct === undefined) {
      const pointer = k.let(ir.elementAt(this.#leftPanels, "f32", ir.multiply(row, ir.int(this.#leftDepth))));
      return { left: pointer, leftRowBytes: 4, leftStepBytes: b.tile.rows * 4 };
    }
    const from = ir.add(depthStart, ir.int(direct.offset));
    const place = placeOf(batchPlace, this.#product.batch.numbers, direct.batchStrides, from);
    const element = ir.add(place, ir.multiply(first, ir.int(direct.stride)));
    const pointer = k.let(ir.elementAt(k.buffer(direct.operand), "f32", element));
    return { left: pointer, leftRowBytes: direct.stride * 4, leftStepBytes: 4 };
  }

  /** Packs and multiplies, one piece of the depth after the other. */
  #pieces(chunk: Chunk, packers: Packers): void {
    const k = this.#k;
    const b = this.#blocking;
    const isOnePiece = b.splitDepth <= b.depth;
    const [from, to] = this.#depthOf(chunk);
    if (!isOnePiece) this.#clear(chunk);
    k.loop(from, to, b.depth, (depthStart) => {
      const range = { depthStart, depthCount: k.let(lesser(ir.subtract(to, depthStart), ir.int(b.depth))) };
      this.#pack(chunk, range, packers);
      const panel = this.#firstPanel(chunk, range);
      k.loop(ir.int(0), chunk.paddedColumns, b.tileColumns, (column) => {
        const target = k.variable(ir.elementAt(this.#block, "f32", column));
        k.loop(ir.int(0), chunk.paddedRows, b.tile.rows, (row) => {
          const start = this.#rowsAt(chunk, range, row, this.#firstRow(chunk, row));
          this.#tile(start, { right: panel }, this.#sums(target), range.depthCount, isOnePiece);
          k.set(target, ir.offsetBy(target, ir.int(b.tile.rows * b.columns * 4)));
        });
        this.#nextPanel(panel);
      });
    });
  }

  #pack(chunk: Chunk, range: DepthRange, { left, right }: Packers): void {
    right?.pack({ ...range, start: chunk.columnStart, count: chunk.paddedColumns }, chunk.batchPlace);
    left?.pack({ ...range, start: chunk.rowStart, count: chunk.paddedRows }, chunk.batchPlace);
  }

  #firstPanel({ columnStart }: Chunk, { depthStart }: DepthRange): Local {
    const k = this.#k;
    if (this.#panels === undefined) return k.variable(this.#rightPanels);
    const place = panelPlace(rightOf(this.#plan, this.#traits), depthStart, columnStart);
    return k.variable(ir.elementAt(k.buffer(this.#group.inputs.length), "f32", place));
  }

  #nextPanel(panel: Local): void {
    const { depth, tileColumns } = this.#blocking;
    this.#k.set(panel, ir.offsetBy(panel, ir.int(depth * tileColumns * 4)));
  }

  #clear({ paddedRows }: Chunk): void {
    const k = this.#k;
    const { lanes } = this.#traits;
    const count = k.let(ir.multiply(paddedRows, ir.int(this.#blocking.columns)));
    k.loop(ir.int(0), count, lanes, (index) => {
      k.store("f32", ir.elementAt(this.#block, "f32", index), zeroVector);
    });
  }

  /** The sums in the block. */
  #sums(target = this.#block): Sums {
    return { target, rowStride: this.#blocking.columns };
  }

  /** Sets a tile of sums to its products, or adds them. */
  #tile(rows: LeftRows, columns: RightColumns, { target, rowStride }: Sums, depth: Value, isFirst = true): void {
    const { lanes } = this.#traits;
    const { tile } = this.#blocking;
    const start = (row: number, part: number): Value =>
      isFirst ? zeroVector : ir.load("vf32", "f32", target, (row * rowStride + part * lanes) * 4);
    this.#store(multiplyTile(this.#k, { tile, lanes }, { ...rows, ...columns, depth, start }), { target, rowStride });
  }

  #store(sums: readonly (readonly Value[])[], { target, rowStride }: Sums): void {
    const { lanes } = this.#traits;
    sums.forEach((line, row) =>
      line.forEach((sum, part) => this.#k.store("f32", target, sum, (row * rowStride + part * lanes) * 4)),
    );
  }

  #finish(): Step {
    const { inputs, outputs, name } = this.#group;
    const { batch, rows, columns, depth } = this.#product;
    const b = this.#blocking;
    const reads = [...inputs.map(nodeBuffer), ...(this.#panels === undefined ? [] : [this.#panels])];
    const results = outputs.map(({ node }) => nodeBuffer(node));
    const written = this.#partial === undefined ? results : [this.#partial];
    const buffers = [...reads, ...written];
    const kernel = this.#k.finish({
      name,
      numBuffers: buffers.length,
      numChunks: batch.size * b.numRowBlocks * b.numColumnBlocks * b.numSplits,
      flops: 2 * batch.size * rows.size * columns.size * depth.size,
      bytes: bytesOf(buffers),
    });
    return { kernel, buffers, numInputs: reads.length };
  }
}

type LeftRows = Pick<TileOptions, "left" | "leftRowBytes" | "leftStepBytes">;
type RightColumns = Pick<TileOptions, "right" | "rightStepBytes">;

/** A tile's rows in the block, or in a place that is used again. */
interface Strip {
  readonly row: Value;
  readonly first: Value;
  readonly block: Value;
}

/** Where a tile's sums lie: elements from one row to the next. */
interface Sums {
  readonly target: Value;
  readonly rowStride: number;
}

/** Of the sides that are packed. */
interface Packers {
  readonly left: Packer | undefined;
  readonly right: Packer | undefined;
}
