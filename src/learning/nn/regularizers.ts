// Penalties on weights that are added to the loss, as Keras's regularizers. Plain data, so that a model file holds them.

import type { Tensor } from "#engine/tensor/tensor.ts";
import { checkOptions, choice, numberWithin } from "#engine/base/options.ts";

/** l1 · Σ|w| + l2 · Σw² */
export type Regularizer = {
  readonly kind: "l1l2";
  readonly l1: number;
  readonly l2: number;
};

export type RegularizerName = "l1" | "l2" | "l1l2";

const defaults: Readonly<Record<RegularizerName, Regularizer>> = {
  l1: { kind: "l1l2", l1: 0.01, l2: 0 },
  l2: { kind: "l1l2", l1: 0, l2: 0.01 },
  l1l2: { kind: "l1l2", l1: 0, l2: 0 },
};

/** A regularizer from its name (with Keras's default strength) or itself; undefined and null give none. */
export function regularizer(
  where: string,
  option: string,
  value: RegularizerName | Regularizer | null | undefined,
): Regularizer | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return defaults[choice(where, option, value, ["l1", "l2", "l1l2"])];
  const label = `${where}: ${option}`;
  checkOptions(label, value, ["kind", "l1", "l2"]);
  return {
    kind: choice(label, "kind", value.kind, ["l1l2"]),
    l1: numberWithin(label, "l1", value.l1, 0),
    l2: numberWithin(label, "l2", value.l2, 0),
  };
}

/** The penalty of one weight, a scalar. */
export function penalty({ l1, l2 }: Regularizer, weight: Tensor): Tensor {
  const absolute = l1 === 0 ? undefined : weight.abs().sum().mul(l1);
  const squared = l2 === 0 ? undefined : weight.square().sum().mul(l2);
  if (absolute === undefined) return squared ?? weight.sum().mul(0);
  return squared === undefined ? absolute : absolute.add(squared);
}

/**
 * Keras's regularizers by name.
 * @source Keras 3, keras.regularizers
 */
export const regularizers: {
  l1(options?: { readonly l1?: number }): Regularizer;
  l2(options?: { readonly l2?: number }): Regularizer;
  l1l2(options?: { readonly l1?: number; readonly l2?: number }): Regularizer;
} = {
  l1: (options = {}) => {
    checkOptions("l1", options, ["l1"]);
    return { ...defaults.l1, ...options };
  },
  l2: (options = {}) => {
    checkOptions("l2", options, ["l2"]);
    return { ...defaults.l2, ...options };
  },
  l1l2: (options = {}) => {
    checkOptions("l1l2", options, ["l1", "l2"]);
    return { ...defaults.l1l2, ...options };
  },
};
