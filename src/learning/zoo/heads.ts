// How features share out among heads.

import { SinterError } from "#engine/base/error.ts";

/** @throws option where the heads do not divide the features */
export function checkHeads(
  where: string,
  { hiddenSize, numHeads }: { readonly hiddenSize: number; readonly numHeads: number },
): void {
  if (hiddenSize % numHeads === 0) return;
  throw new SinterError(
    "option",
    `${where}: ${numHeads} heads for ${hiddenSize} features. Make numHeads a divisor of hiddenSize.`,
    { hiddenSize, numHeads },
  );
}
