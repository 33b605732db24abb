// scan: a function that runs once for each row, with what it carries on, compiled as one loop.

import { SinterError } from "#engine/base/error.ts";
import { treeKey, treeLeaves, treeMap } from "#engine/base/tree.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";
import { zeros } from "#engine/tensor/create.ts";
import { isTensor, Tensor } from "#engine/tensor/tensor.ts";

export interface ScanOptions {
  /** Whether the last row comes first; rows of the results lie where their row of `xs` lies. Default false. */
  readonly reverse?: boolean;
  /** How often the function runs; needed where `xs` has no tensors. */
  readonly length?: number;
}

/**
 * Runs a function for each row of `xs`, one after the other: `carry, output[t] = body(carry, xs[t])`. Compiled, it is one loop
 * inside the program, whose kernels exist once. Gradients flow to `initial`, `xs` and whatever tensors the function takes
 * from outside.
 * @param body from the carry and one row (trees of tensors) to the next carry, a tree like the first, and an output
 * @param initial the first carry
 * @param xs tensors with as many rows along their first axis as there are iterations
 * @returns the last carry, and the outputs of all iterations as rows along a new first axis
 * @throws shape, dtype where the carry changes its type or rows differ in number; option for a length that does not fit
 * @example
 * const sums = scan((sum, x) => ({ carry: sum.add(x), output: sum.add(x) }), zeros([2]), tensor([[1, 2], [3, 4]]));
 * await sums.outputs.data(); // 1, 2, 4, 6
 */
export function scan<Carry, Row, Output>(
  body: (carry: Carry, x: Row) => { readonly carry: Carry; readonly output: Output },
  initial: Carry,
  xs: Row,
  options: ScanOptions = {},
): { carry: Carry; outputs: Output } {
  const length = lengthOf(xs, options.length);
  const carried = parametersOf(initial, (leaf) => leaf.node.type);
  const rows = parametersOf(xs, ({ dtype, shape }) => ({ dtype, shape: shape.slice(1) }));
  const { carry, output } = body(carried.tree, rows.tree);
  requireSameTree(initial, carry);
  const [next, stacked] = [treeLeaves(carry, isTensor), treeLeaves(output, isTensor)];
  if (length === 0) {
    const empty = (leaf: Tensor): Tensor => zeros([0, ...leaf.shape], { dtype: leaf.dtype });
    return { carry: initial, outputs: treeMap(output, isTensor, empty) };
  }
  const made = ops.repeat({
    length,
    isReversed: options.reverse === true,
    carries: carried.bound.map(({ parameter, source }, index) => ({
      parameter,
      initial: source,
      next: next[index]?.node ?? source,
    })),
    rows: rows.bound,
    stacked: stacked.map((leaf) => leaf.node),
  });
  return { carry: withNodes(carry, made.carries), outputs: withNodes(output, made.stacks) };
}

interface Parameters<Branches> {
  readonly tree: Branches;
  readonly bound: readonly { readonly parameter: Node; readonly source: Node }[];
}

/** A tree of new parameters. */
function parametersOf<Branches>(tree: Branches, typeOf: (leaf: Tensor) => Node["type"]): Parameters<Branches> {
  const bound: { parameter: Node; source: Node }[] = [];
  const inner = treeMap(tree, isTensor, (leaf) => {
    const parameter = ops.parameter(typeOf(leaf));
    bound.push({ parameter, source: leaf.node });
    return new Tensor(parameter);
  });
  return { tree: inner, bound };
}

function withNodes<Branches>(tree: Branches, nodes: readonly Node[]): Branches {
  let next = 0;
  return treeMap(tree, isTensor, (leaf) => {
    const node = nodes[next] ?? leaf.node;
    next += 1;
    return new Tensor(node);
  });
}

function lengthOf(xs: unknown, given: number | undefined): number {
  const leaves = treeLeaves(xs, isTensor);
  const length = given ?? leaves[0]?.shape[0];
  if (length === undefined || !Number.isInteger(length) || length < 0) {
    throw new SinterError(
      "option",
      `scan: length ${length ?? "unknown"}, expected an integer of at least 0. Give xs tensors with rows, or a length.`,
      { length },
    );
  }
  for (const { shape } of leaves) {
    if (shape[0] === length) continue;
    throw new SinterError(
      "shape",
      `scan: xs has a tensor of shape [${shape.join(", ")}], expected ${length} rows. Give all tensors of xs as many rows.`,
      { shape, length },
    );
  }
  return length;
}

function requireSameTree(initial: unknown, carry: unknown): void {
  const describe = (leaf: Tensor): string => `${leaf.dtype}[${leaf.shape.join(", ")}]`;
  const [before, after] = [initial, carry].map((tree) => treeKey(tree, isTensor, describe));
  if (before === after) return;
  throw new SinterError(
    "shape",
    `scan: the carry came as ${before} and went on as ${after}. Return a carry of the same structure, shapes and dtypes.`,
    { before, after },
  );
}
