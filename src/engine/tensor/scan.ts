// A loop over steps: interim, unrolled.

import { treeLeaves, treeMap } from "#engine/base/tree.ts";
import { stack } from "#engine/tensor/math.ts";
import { isTensor, type Tensor } from "#engine/tensor/tensor.ts";

export interface ScanOptions {
  /** From the last step to the first; outputs stay at their places. */
  readonly reverse?: boolean;
  /** Number of steps, where `xs` holds no tensor. */
  readonly length?: number;
}

export function scan<Carry, X, Output>(
  body: (carry: Carry, x: X) => { readonly carry: Carry; readonly output: Output },
  initial: Carry,
  xs: X,
  { reverse = false, length }: ScanOptions = {},
): { readonly carry: Carry; readonly outputs: Output } {
  const steps = length ?? treeLeaves(xs, isTensor)[0]?.shape[0] ?? 0;
  const outputs: Output[] = [];
  let carry = initial;
  for (let step = 0; step < steps; step += 1) {
    const at = reverse ? steps - 1 - step : step;
    const x = treeMap(xs, isTensor, (leaf: Tensor) =>
      leaf.slice([at, ...leaf.shape.slice(1).map(() => 0)], [1, ...leaf.shape.slice(1)]).squeeze(0),
    );
    const result = body(carry, x);
    ({ carry } = result);
    outputs[at] = result.output;
  }
  const lists = outputs.map((output) => treeLeaves(output, isTensor));
  let next = 0;
  const stacked = treeMap(outputs[0] as Output, isTensor, () => {
    const leaves = lists.flatMap((list) => list[next] ?? []);
    next += 1;
    return stack(leaves);
  });
  return { carry, outputs: stacked };
}
