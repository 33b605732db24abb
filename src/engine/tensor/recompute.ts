// recompute: a function whose inner values are computed again for its gradient, instead of being kept until then.

import { isFloating } from "#engine/base/dtype.ts";
import { BugError } from "#engine/base/error.ts";
import { treeLeaves, treeMap } from "#engine/base/tree.ts";
import { customGradient } from "#engine/grad/custom.ts";
import { reverse } from "#engine/grad/reverse.ts";
import { simplifyGraph } from "#engine/grad/simplify.ts";
import type { Node } from "#engine/graph/graph.ts";
import { noGradient } from "#engine/graph/primitive.ts";
import * as ops from "#engine/ops/index.ts";
import { isTensor, Tensor } from "#engine/tensor/tensor.ts";

/**
 * The same function, of whose values only arguments and results are kept for the gradient: the rest is computed once more
 * when it is needed. Saves memory, costs one more forward pass.
 * @param body from trees of tensors to a tree of tensors. Gradients flow to its arguments alone: tensors that it captures
 * count as constants, so give weights as arguments.
 * @source Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost; Keras 3, keras.remat; PyTorch, torch.utils.checkpoint
 * @example
 * const block = recompute((x: Tensor, w: Tensor) => x.matMul(w).tanh());
 * const slope = grad((w: Tensor, x: Tensor) => block(block(x, w), w).sum());
 */
export function recompute<Args extends readonly unknown[], Result>(
  body: (...args: Args) => Result,
): (...args: Args) => Result {
  return (...args) => {
    const given = treeLeaves(args, isTensor);
    const run = (leaves: readonly Tensor[]): Result => {
      let next = -1;
      const own = treeMap(args, isTensor, (leaf) => {
        next += 1;
        return leaves[next] ?? leaf;
      });
      return body(...own);
    };
    let count = -1;
    return treeMap(run(given), isTensor, (output) => {
      count += 1;
      const place = count;
      if (!isFloating(output.dtype)) return output;
      return recomputed(output, given, (leaves) => treeLeaves(run(leaves), isTensor)[place]);
    });
  };
}

/** The output, whose gradient computes it again after its cotangent is known. */
function recomputed(
  output: Tensor,
  given: readonly Tensor[],
  repeat: (leaves: readonly Tensor[]) => Tensor | undefined,
): Tensor {
  const inputs = given.map(({ node }) => node);
  const vjp = (cotangent: Node, now: readonly Node[]): (Node | typeof noGradient)[] => {
    const again = now.map((input) => ops.after(input, [cotangent]));
    const repeated = repeat(again.map((node) => new Tensor(node)))?.node;
    if (repeated === undefined) throw new BugError("A function gave fewer values when it was run again.");
    const leaves = new Set(again);
    const simplified = simplifyGraph([repeated], (node) => leaves.has(node));
    const targets = again.filter(({ type }) => isFloating(type.dtype));
    const slopes = reverse(simplified.get(repeated) ?? repeated, targets, cotangent);
    // What is computed again before this function waits for all its slopes: else its values would live on until the last.
    const waiting = slopes.map((slope) =>
      ops.after(
        slope,
        slopes.filter((other) => other !== slope),
      ),
    );
    const byTarget = new Map(targets.map((target, index) => [target, waiting[index]]));
    return again.map((node) => byTarget.get(node) ?? noGradient);
  };
  return new Tensor(customGradient(output.node, inputs, vjp));
}
