// How a contraction is computed as a matrix product: what is packed into panels, and how blocks are cut.

import { sizeOf } from "#engine/base/shape.ts";
import type { Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import type { TargetTraits } from "#engine/graph/kernel.ts";
import {
  blockingOf,
  directColumnsOf,
  directRowsOf,
  productOf,
  type Axes,
  type Blocking,
  type DirectColumns,
  type DirectRows,
  type Product,
} from "#engine/compile/contraction.ts";
import { canComputeColumns } from "#engine/compile/computed-columns.ts";
import { canDotColumns } from "#engine/compile/dotted-columns.ts";
import { readsOnly, type PanelSource } from "#engine/compile/emit-panels.ts";
import type { Contraction, Group } from "#engine/compile/group.ts";
import { normalizeProduct } from "#engine/compile/normalize.ts";
import { divisorOf, splitAxis } from "#engine/compile/split-axes.ts";

export interface ProductPlan {
  /** With flat reads and merged axes. */
  readonly group: Group;
  readonly product: Product;
  readonly blocking: Blocking;
  /** Where the left side is not packed, and where the right side is not: read as it lies, or computed there. */
  readonly direct: DirectRows | undefined;
  readonly columns: DirectColumns | { readonly kind: "computed" | "dotted" } | undefined;
}

/** Elements of a few rows that a chunk may pack. */
const mostPacked = 2 ** 18;

export function planOf(given: Group, contraction: Contraction, traits: TargetTraits): ProductPlan {
  const { group, contraction: merged } = normalizeProduct(given, contraction);
  const product = productOf(group, merged);
  const windowSize = sizeOf(group.window);
  const direct = windowSize === 1 ? directRowsOf(product, group.inputs) : undefined;
  const common = { windowSize, traits, isDirect: direct !== undefined };
  return (
    planOfFewRows(group, product, { direct, windowSize, traits }) ?? {
      group,
      product,
      blocking: blockingOf(product, { ...common, hasPanels: true }),
      direct,
      columns: undefined,
    }
  );
}

/** One strip of rows reads each element of the right side once: where it lies, or is computed, it needs no panels. */
function planOfFewRows(
  group: Group,
  product: Product,
  { direct, windowSize, traits }: Pick<ProductPlan, "direct"> & { windowSize: number; traits: TargetTraits },
): ProductPlan | undefined {
  const { rows, columns, depth } = product;
  if (windowSize !== 1 || (direct === undefined && rows.size * depth.size > mostPacked)) return undefined;
  const found = directColumnsOf(product, group.inputs) ?? computedColumnsOf(group, product, traits);
  if (found === undefined) return undefined;
  const tile = found.kind === "dotted" ? { tile: { rows: 1, vectors: 1 } } : {};
  const blocking = blockingOf(product, { windowSize, traits, isDirect: true, hasPanels: false, ...tile });
  if (rows.size > blocking.tile.rows || columns.size < blocking.tileColumns) return undefined;
  // A block of the depth is not cut.
  const block = found.kind === "stored" ? 1 : blockOf(product);
  if (blocking.numSplits > 1 && blocking.splitDepth % block !== 0) return undefined;
  return { group, product, blocking, direct, columns: found };
}

/** How vectors may evaluate the right side where it is multiplied: along columns, or for one row along the depth. */
function computedColumnsOf(
  group: Group,
  product: Product,
  { lanes }: TargetTraits,
): { readonly kind: "computed" | "dotted" } | undefined {
  if (canComputeColumns(product, group.inputs)) return { kind: "computed" };
  const { axes, written } = walkedDepth({ group, product });
  return canDotColumns(product, { depth: axes, side: written(product.right), lanes }, group.inputs)
    ? { kind: "dotted" }
    : undefined;
}

/** Steps of the depth that share something on the right side, such as a scale. */
function blockOf({ depth, right }: Product): number {
  const [along = 0, more] = depth.numbers;
  return more === undefined ? divisorOf(right, along, depth.size) : 1;
}

/** Whether the right side follows from constants alone and is packed: by a step of its own then. */
export function isPacked({ group, product, columns }: ProductPlan, constants: ReadonlySet<Node>): boolean {
  if (columns !== undefined || product.batch.size !== 1 || constants.size === 0) return false;
  if (product.depth.size === 0 || product.columns.size === 0) return false;
  return readsOnly(product.right, group.inputs, constants);
}

/** The depth as the right side walks it, and how an expression is written over its axes. */
interface WalkedDepth {
  readonly axes: Axes;
  readonly numAxes: number;
  readonly written: (side: Expression) => Expression;
}

/** Where blocks of the depth share something, such as a scale, blocks and places in them are two axes. */
function walkedDepth({ group, product }: Pick<ProductPlan, "group" | "product">): WalkedDepth {
  const { depth } = product;
  const numAxes = group.space.length + group.window.length + depth.numbers.length;
  const [along = 0] = depth.numbers;
  const block = blockOf(product);
  if (block === 1) return { axes: depth, numAxes, written: (side) => side };
  return {
    axes: { numbers: [numAxes, along], extents: [depth.size / block, block], size: depth.size },
    numAxes: numAxes + 1,
    written: (side) => splitAxis(side, along, block, numAxes),
  };
}

/** What the panels of the right side hold. */
export function rightOf(plan: ProductPlan, { lanes }: TargetTraits): PanelSource {
  const { group, product, blocking } = plan;
  const { axes, numAxes, written } = walkedDepth(plan);
  return {
    name: group.name,
    inputs: group.inputs,
    lanes,
    numAxes,
    side: written(product.right),
    batch: product.batch,
    across: product.columns,
    depth: axes,
    width: blocking.tileColumns,
    panelDepth: blocking.depth,
  };
}

/** The left side, over the axes that the right side's panels are written over. */
export function leftSideOf(plan: ProductPlan): Expression {
  return walkedDepth(plan).written(plan.product.left);
}
