// Bounds on gradients, as the options clipnorm, globalClipnorm and clipvalue of Keras's optimizers.

import { SinterError } from "#engine/base/error.ts";
import { numberWithin } from "#engine/base/options.ts";
import { zeros } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

export interface ClipOptions {
  /** Largest Euclidean norm of each weight's gradient. */
  readonly clipnorm?: number | null | undefined;
  /** Largest absolute value of each element. */
  readonly clipvalue?: number | null | undefined;
  /** Largest Euclidean norm of all gradients together. */
  readonly globalClipnorm?: number | null | undefined;
}

/** At most one of the three, positive. @throws option */
export function checkClip(where: string, options: ClipOptions): ClipOptions {
  const given = [options.clipnorm, options.clipvalue, options.globalClipnorm].filter(
    (value) => value !== undefined && value !== null,
  );
  if (given.length > 1) {
    throw new SinterError("option", `${where}: clipnorm, clipvalue and globalClipnorm exclude each other. Give one.`);
  }
  given.forEach((value) => numberWithin(where, "clipnorm, clipvalue or globalClipnorm", value, 0));
  return options;
}

/** The gradients, bounded. Elementwise but for the norms. */
export function clipGradients(
  gradients: Readonly<Record<string, Tensor>>,
  { clipnorm, clipvalue, globalClipnorm }: ClipOptions,
): Readonly<Record<string, Tensor>> {
  const each = (bound: (gradient: Tensor) => Tensor): Record<string, Tensor> =>
    Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, bound(gradient)]));
  if (clipnorm !== undefined && clipnorm !== null) {
    return each((gradient) => gradient.mul(clipnorm).div(norm([gradient]).maximum(clipnorm)));
  }
  if (globalClipnorm !== undefined && globalClipnorm !== null) {
    const scale = norm(Object.values(gradients))
      .pow(-1)
      .minimum(1 / globalClipnorm)
      .mul(globalClipnorm);
    return each((gradient) => gradient.mul(scale));
  }
  return clipvalue === undefined || clipvalue === null
    ? gradients
    : each((gradient) => gradient.clip(-clipvalue, clipvalue));
}

function norm(tensors: readonly Tensor[]): Tensor {
  return tensors.reduce((total, tensor) => total.add(tensor.square().sum()), zeros([])).sqrt();
}
