// The micro-kernel of every product: a register tile of sums, one outer product a step of the depth.

import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Local, TargetTraits, Value } from "#engine/graph/kernel.ts";

export interface TileOptions {
  readonly left: Value;
  /** Bytes from one row of the left side to the next, and from one step of the depth to the next. */
  readonly leftRowBytes: number;
  readonly leftStepBytes: number;
  /** The tile's columns for every step: a panel, unless steps lie further apart. */
  readonly right: Value;
  readonly rightStepBytes?: number;
  /** Steps of the depth, of one run where there are several. */
  readonly depth: Value;
  /** How runs of the depth follow one another on the left side, outermost first; without a gap where left out. */
  readonly runs?: readonly DepthRun[];
  /** What a sum begins with. */
  readonly start: (row: number, part: number) => Value;
}

export interface DepthRun {
  readonly count: number;
  readonly bytes: number;
}

/** Sums by row and vector. One step a turn: V8 unrolls by itself, and spills when steps are written out (28, not 44 GFLOP/s). */
export function multiplyTile(k: KernelBuilder, shape: TileShape, options: TileOptions): Local[][] {
  const { tile, lanes } = shape;
  const parts = Array.from({ length: tile.vectors }, (_, part) => part);
  const sums = Array.from({ length: tile.rows }, (_, row) => parts.map((part) => k.variable(options.start(row, part))));
  const b = k.variable(options.right);
  const walk = (from: Value, [run, ...inner]: readonly DepthRun[]): void => {
    const a = k.variable(from);
    if (run === undefined) {
      k.loop(ir.int(0), options.depth, 1, () => {
        addProducts(k, shape, sums, {
          left: (row) => k.let(ir.loadSplat(a, row * options.leftRowBytes)),
          right: (part) => k.let(ir.load("vf32", "f32", b, part * lanes * 4)),
        });
        k.set(a, ir.offsetBy(a, ir.int(options.leftStepBytes)));
        k.set(b, ir.offsetBy(b, ir.int(options.rightStepBytes ?? tile.vectors * lanes * 4)));
      });
      return;
    }
    k.loop(ir.int(0), ir.int(run.count), 1, () => {
      walk(a, inner);
      k.set(a, ir.offsetBy(a, ir.int(run.bytes)));
    });
  };
  walk(options.left, options.runs ?? []);
  return sums;
}

export type TileShape = Pick<TargetTraits, "tile" | "lanes">;

interface Factors {
  readonly left: (row: number) => Value;
  readonly right: (part: number) => Value;
}

/** One step: the side with fewer values stays in registers, the other passes by. */
export function addProducts(
  k: KernelBuilder,
  { tile }: TileShape,
  sums: readonly Local[][],
  { left, right }: Factors,
): void {
  if (tile.vectors <= tile.rows) {
    const held = Array.from({ length: tile.vectors }, (_, part) => right(part));
    sums.forEach((line, row) => {
      const one = left(row);
      line.forEach((sum, part) => k.set(sum, ir.fma(one, held[part] ?? one, sum)));
    });
    return;
  }
  const held = sums.map((_, row) => left(row));
  for (let part = 0; part < tile.vectors; part += 1) {
    const one = right(part);
    sums.forEach((line, row) => {
      const sum = line[part];
      if (sum !== undefined) k.set(sum, ir.fma(held[row] ?? one, one, sum));
    });
  }
}
