// How a contraction is computed as a matrix product: what is packed into panels, and how blocks are cut.

import { sizeOf } from "#engine/base/shape.ts";
import type { Node } from "#engine/graph/graph.ts";
import type { TargetTraits } from "#engine/graph/kernel.ts";
import {
  blockingOf,
  directColumnsOf,
  directRowsOf,
  productOf,
  type Blocking,
  type DirectColumns,
  type DirectRows,
  type Product,
} from "#engine/compile/contraction.ts";
import { readsOnly, type PanelSource } from "#engine/compile/emit-panels.ts";
import type { Contraction, Group } from "#engine/compile/group.ts";
import { normalizeProduct } from "#engine/compile/normalize.ts";

export interface ProductPlan {
  /** With flat reads and merged axes. */
  readonly group: Group;
  readonly product: Product;
  readonly blocking: Blocking;
  /** Where the left side is not packed, and where the right side is not. */
  readonly direct: DirectRows | undefined;
  readonly columns: DirectColumns | undefined;
}

export function planOf(given: Group, contraction: Contraction, traits: TargetTraits): ProductPlan {
  const { group, contraction: merged } = normalizeProduct(given, contraction);
  const product = productOf(group, merged);
  const windowSize = sizeOf(group.window);
  const direct = windowSize === 1 ? directRowsOf(product, group.inputs) : undefined;
  const blockingWith = (isDirect: boolean, hasPanels: boolean): Blocking =>
    blockingOf(product, { windowSize, traits, isDirect, hasPanels });
  if (direct !== undefined) {
    const columns = directColumnsOf(product, group.inputs);
    const bare = blockingWith(true, false);
    // Without panels every strip of rows reads all of the columns from where they lie.
    if (columns !== undefined && product.rows.size <= bare.tile.rows && product.columns.size >= bare.tileColumns) {
      return { group, product, blocking: bare, direct, columns };
    }
    return { group, product, blocking: blockingWith(true, true), direct, columns: undefined };
  }
  return { group, product, blocking: blockingWith(false, true), direct: undefined, columns: undefined };
}

/** Whether the right side follows from constants alone and is packed: by a step of its own then. */
export function isPacked({ group, product, columns }: ProductPlan, constants: ReadonlySet<Node>): boolean {
  if (columns !== undefined || product.batch.size !== 1 || constants.size === 0) return false;
  if (product.depth.size === 0 || product.columns.size === 0) return false;
  return readsOnly(product.right, group.inputs, constants);
}

/** What the panels of the right side hold. */
export function rightOf({ group, product, blocking }: ProductPlan, { lanes }: TargetTraits): PanelSource {
  const { batch, columns, depth, right } = product;
  return {
    name: group.name,
    inputs: group.inputs,
    lanes,
    numAxes: group.space.length + group.window.length + depth.numbers.length,
    side: right,
    batch,
    across: columns,
    depth,
    width: blocking.tileColumns,
    panelDepth: blocking.depth,
  };
}
