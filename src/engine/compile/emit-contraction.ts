// Contractions as packed matrix products. A chunk owns one block of the result: it packs both sides piece by piece, lets
// the micro-kernel add to the block in private memory, and at the end evaluates the epilogue over it.

import { sizeOf } from "#engine/base/shape.ts";
import * as ir from "#engine/graph/kernel.ts";
import { KernelBuilder, type Local, type TargetTraits, type Value } from "#engine/graph/kernel.ts";
import { blockingOf, productOf, roundUp, type Blocking, type Product } from "#engine/compile/contraction.ts";
import { emitterBuffers, type EmitterBuffer } from "#engine/compile/emitter.ts";
import { emitFilterGradient, fitsVectors } from "#engine/compile/emit-filter-gradient.ts";
import { emitLoops } from "#engine/compile/emit-loops.ts";
import { emitWinograd, fitsTiles } from "#engine/compile/emit-winograd.ts";
import { Epilogue } from "#engine/compile/epilogue.ts";
import type { Contraction, Group } from "#engine/compile/group.ts";
import { joinSplits } from "#engine/compile/join-splits.ts";
import { multiplyTile } from "#engine/compile/micro-kernel.ts";
import { mergeDepth } from "#engine/compile/normalize.ts";
import { Packer } from "#engine/compile/pack.ts";
import { decode, lesser, quotient, remainder } from "#engine/compile/places.ts";
import { bytesOf, nodeBuffer, temporary, type Step, type StepBuffer } from "#engine/compile/step.ts";

/** The kernels of a group with a contraction. */
export function emitContraction(group: Group, traits: TargetTraits): Step[] {
  const { contraction } = group;
  if (contraction === undefined) return emitLoops(group, traits);
  const { convolution } = contraction;
  if (convolution?.kind === "window" && traits.usesWinograd && fitsTiles(group, convolution, traits)) {
    return emitWinograd(group, convolution, traits);
  }
  if (convolution?.kind === "filterGradient" && traits.usesWinograd && fitsVectors(group, convolution, traits)) {
    return emitFilterGradient(group, convolution, traits);
  }
  const windowSize = sizeOf(group.window);
  const product = productOf(group, contraction);
  const blocking = blockingOf(product, windowSize, traits);
  if (blocking.numSplits === 1) return [new ProductKernel(group, contraction, traits, blocking).emit()];
  const size = sizeOf(group.space);
  const partial = temporary(size * blocking.numSplits, "f32");
  const first = new ProductKernel(group, contraction, traits, blocking, partial).emit();
  return [first, ...joinSplits(group, blocking.numSplits, partial, traits)];
}

class ProductKernel {
  readonly #group: Group;
  readonly #traits: TargetTraits;
  readonly #product: Product;
  readonly #blocking: Blocking;
  readonly #partial: StepBuffer | undefined;
  readonly #k = new KernelBuilder();
  readonly #block: Value;
  readonly #leftPanels: Value;
  readonly #rightPanels: Value;

  constructor(group: Group, contraction: Contraction, traits: TargetTraits, blocking: Blocking, partial?: StepBuffer) {
    const merged = mergeDepth(group, contraction);
    this.#group = merged.group;
    this.#product = productOf(merged.group, merged.contraction);
    this.#traits = traits;
    this.#blocking = blocking;
    this.#partial = partial;
    this.#block = this.#k.scratch(blocking.rows * blocking.columns * 4);
    // Whole vectors are stored to panels that are no multiple of them, too: the last one may write beyond the end.
    const excess = blocking.tileRows % traits.lanes === 0 ? 0 : traits.lanes;
    this.#leftPanels = this.#k.scratch((blocking.rows * blocking.depth + excess) * 4);
    this.#rightPanels = this.#k.scratch(blocking.columns * blocking.depth * 4);
  }

  emit(): Step {
    const k = this.#k;
    const { batch, rows, columns } = this.#product;
    const b = this.#blocking;
    const buffers = emitterBuffers(k, this.#group.inputs);
    const left = this.#packer("rows", buffers);
    const right = this.#packer("columns", buffers);
    const epilogue = this.#epilogue(buffers);
    left.prepare();
    right.prepare();
    epilogue.prepare();
    const [split, afterSplit] = this.#cut(k.chunk, batch.size * b.numRowBlocks * b.numColumnBlocks);
    const [image, afterImage] = this.#cut(afterSplit, b.numRowBlocks * b.numColumnBlocks);
    const [rowBlock, columnBlock] = this.#cut(afterImage, b.numColumnBlocks);
    const batchPlace = decode(k, image, batch);
    const rowStart = k.let(ir.multiply(rowBlock, ir.int(b.rows)));
    const columnStart = k.let(ir.multiply(columnBlock, ir.int(b.columns)));
    const rowCount = k.let(lesser(ir.subtract(ir.int(rows.size), rowStart), ir.int(b.rows)));
    const columnCount = k.let(lesser(ir.subtract(ir.int(columns.size), columnStart), ir.int(b.columns)));
    const paddedRows = k.let(padded(rowCount, b.tileRows));
    const paddedColumns = k.let(padded(columnCount, b.tileColumns));
    this.#multiply({ split, left, right, batchPlace, rowStart, columnStart, paddedRows, paddedColumns });
    epilogue.emit({ split, batchPlace, rowStart, rowCount, columnStart, columnCount });
    return this.#finish();
  }

  #cut(value: Value, size: number): [Value, Value] {
    return [this.#k.let(quotient(value, size)), this.#k.let(size === 1 ? ir.int(0) : remainder(value, size))];
  }

  #packer(across: "rows" | "columns", buffers: readonly EmitterBuffer[]): Packer {
    const { batch, depth, left, right } = this.#product;
    const b = this.#blocking;
    return new Packer({
      builder: this.#k,
      lanes: this.#traits.lanes,
      buffers,
      numAxes: this.#group.space.length + this.#group.window.length + depth.numbers.length,
      side: across === "rows" ? left : right,
      batch,
      across: this.#product[across],
      depth,
      width: across === "rows" ? b.tileRows : b.tileColumns,
      panels: across === "rows" ? this.#leftPanels : this.#rightPanels,
      panelDepth: b.depth,
    });
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
      block: this.#block,
      blockColumns: this.#blocking.columns,
      partial:
        this.#partial === undefined
          ? undefined
          : { size: sizeOf(this.#group.space), buffer: this.#group.inputs.length },
    });
  }

  /** Packs and multiplies, one piece of the depth after the other. */
  #multiply(options: {
    readonly split: Value;
    readonly left: Packer;
    readonly right: Packer;
    readonly batchPlace: readonly (readonly [number, Value])[];
    readonly rowStart: Value;
    readonly columnStart: Value;
    readonly paddedRows: Value;
    readonly paddedColumns: Value;
  }): void {
    const k = this.#k;
    const { depth } = this.#product;
    const b = this.#blocking;
    const { left, right, batchPlace, rowStart, columnStart, paddedRows, paddedColumns } = options;
    const isOnePiece = b.splitDepth <= b.depth;
    const from = k.let(ir.multiply(options.split, ir.int(b.splitDepth)));
    const to = k.let(
      b.numSplits === 1 ? ir.int(depth.size) : lesser(ir.add(from, ir.int(b.splitDepth)), ir.int(depth.size)),
    );
    if (!isOnePiece) this.#clear(paddedRows);
    k.loop(from, to, b.depth, (depthStart) => {
      const depthCount = k.let(lesser(ir.subtract(to, depthStart), ir.int(b.depth)));
      const range = { depthStart, depthCount };
      right.pack({ ...range, start: columnStart, count: paddedColumns }, batchPlace);
      left.pack({ ...range, start: rowStart, count: paddedRows }, batchPlace);
      this.#tiles(paddedRows, paddedColumns, depthCount, isOnePiece);
    });
  }

  #clear(paddedRows: Value): void {
    const k = this.#k;
    const { lanes } = this.#traits;
    const count = k.let(ir.multiply(paddedRows, ir.int(this.#blocking.columns)));
    k.loop(ir.int(0), count, lanes, (index) => {
      k.store("f32", ir.elementAt(this.#block, "f32", index), { kind: "constant", type: "vf32", value: 0 });
    });
  }

  #tiles(paddedRows: Value, paddedColumns: Value, depthCount: Value, isOnePiece: boolean): void {
    const k = this.#k;
    const b = this.#blocking;
    const rightPanel = k.variable(this.#rightPanels);
    k.loop(ir.int(0), paddedColumns, b.tileColumns, (column) => {
      const leftPanel = k.variable(this.#leftPanels);
      const target = k.variable(ir.elementAt(this.#block, "f32", column));
      k.loop(ir.int(0), paddedRows, b.tileRows, () => {
        this.#tile(leftPanel, rightPanel, target, depthCount, isOnePiece);
        k.set(leftPanel, ir.offsetBy(leftPanel, ir.int(b.depth * b.tileRows * 4)));
        k.set(target, ir.offsetBy(target, ir.int(b.tileRows * b.columns * 4)));
      });
      k.set(rightPanel, ir.offsetBy(rightPanel, ir.int(b.depth * b.tileColumns * 4)));
    });
  }

  /** Adds one tile's products to the block. */
  #tile(left: Local, right: Local, target: Local, depth: Value, isOnePiece: boolean): void {
    const k = this.#k;
    const { lanes } = this.#traits;
    const { tileRows, columns } = this.#blocking;
    const place = (row: number, part: number): number => (row * columns + part * lanes) * 4;
    const start = (row: number, part: number): Value =>
      isOnePiece ? { kind: "constant", type: "vf32", value: 0 } : ir.load("vf32", "f32", target, place(row, part));
    const panel = { left, leftRowBytes: 4, leftStepBytes: tileRows * 4, right };
    const sums = multiplyTile(k, this.#traits, { ...panel, depth, start });
    sums.forEach((line, row) => line.forEach((sum, part) => k.store("f32", target, sum, place(row, part))));
  }

  #finish(): Step {
    const { inputs, outputs, name } = this.#group;
    const { batch, rows, columns, depth } = this.#product;
    const b = this.#blocking;
    const reads = inputs.map(nodeBuffer);
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

/** A count rounded up. */
function padded(count: Value, unit: number): Value {
  if (count.kind === "constant") return ir.int(roundUp(count.value, unit));
  if (!Number.isInteger(Math.log2(unit))) {
    return ir.multiply(quotient(ir.add(count, ir.int(unit - 1)), unit), ir.int(unit));
  }
  return ir.binaryValue("and", ir.add(count, ir.int(unit - 1)), ir.int(-unit));
}
