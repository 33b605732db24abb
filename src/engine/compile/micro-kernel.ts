// The micro-kernel of every product: a register tile of sums, one outer product a step of the depth.

import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Local, TargetTraits, Value } from "#engine/graph/kernel.ts";

export interface TileOptions {
  readonly left: Value;
  /** Bytes from one row of the left side to the next, and from one step of the depth to the next. */
  readonly leftRowBytes: number;
  readonly leftStepBytes: number;
  /** A panel: the tile's columns for every step. */
  readonly right: Value;
  readonly depth: Value;
  /** What a sum begins with. */
  readonly start: (row: number, part: number) => Value;
}

/** Sums by row and vector. One step a turn: V8 unrolls by itself, and spills when steps are written out (28, not 44 GFLOP/s). */
export function multiplyTile(
  k: KernelBuilder,
  { tile, lanes }: Pick<TargetTraits, "tile" | "lanes">,
  options: TileOptions,
): Local[][] {
  const parts = Array.from({ length: tile.vectors }, (_, part) => part);
  const sums = Array.from({ length: tile.rows }, (_, row) => parts.map((part) => k.variable(options.start(row, part))));
  const a = k.variable(options.left);
  const b = k.variable(options.right);
  k.loop(ir.int(0), options.depth, 1, () => {
    const left = (row: number): Value => k.let(ir.loadSplat(a, row * options.leftRowBytes));
    const right = (part: number): Value => k.let(ir.load("vf32", "f32", b, part * lanes * 4));
    // The side with fewer values stays in registers, the other passes by.
    if (tile.vectors <= tile.rows) {
      const held = parts.map(right);
      sums.forEach((line, row) => {
        const one = left(row);
        line.forEach((sum, part) => k.set(sum, ir.fma(one, held[part] ?? one, sum)));
      });
    } else {
      const held = sums.map((_, row) => left(row));
      for (const part of parts) {
        const one = right(part);
        sums.forEach((line, row) => {
          const sum = line[part];
          if (sum !== undefined) k.set(sum, ir.fma(held[row] ?? one, one, sum));
        });
      }
    }
    k.set(a, ir.offsetBy(a, ir.int(options.leftStepBytes)));
    k.set(b, ir.offsetBy(b, ir.int(tile.vectors * lanes * 4)));
  });
  return sums;
}
