// Penalties on weights that are added to the loss, as Keras's regularizers. Plain data, so that a model file holds them.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, numberWithin } from "#engine/base/options.ts";
import { shapeText } from "#engine/base/shape.ts";
import { eye } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/** l1 · Σ|w| + l2 · Σw² */
type L1L2 = {
  readonly kind: "l1l2";
  readonly l1: number;
  readonly l2: number;
};

/** factor · the mean |cosine| of two different rows, or columns, of a matrix. */
type OrthogonalRegularizer = {
  readonly kind: "orthogonalRegularizer";
  readonly factor: number;
  readonly mode: "rows" | "columns";
  readonly l1?: undefined;
  readonly l2?: undefined;
};

export type Regularizer = L1L2 | OrthogonalRegularizer;

/** Every regularizer's name. */
export const regularizerNames = ["l1", "l2", "l1l2", "orthogonalRegularizer"] as const;

export type RegularizerName = (typeof regularizerNames)[number];

const defaults: Readonly<Record<"l1" | "l2" | "l1l2", L1L2>> & {
  readonly orthogonalRegularizer: OrthogonalRegularizer;
} = {
  l1: { kind: "l1l2", l1: 0.01, l2: 0 },
  l2: { kind: "l1l2", l1: 0, l2: 0.01 },
  l1l2: { kind: "l1l2", l1: 0, l2: 0 },
  orthogonalRegularizer: { kind: "orthogonalRegularizer", factor: 0.01, mode: "rows" },
};

/** A regularizer from its name (with Keras's default strength) or itself; undefined and null give none. */
export function regularizer(
  label: string,
  option: string,
  value: RegularizerName | Regularizer | null | undefined,
): Regularizer | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return defaults[choice(label, option, value, regularizerNames)];
  return checked(`${label}: ${option}`, value);
}

function checked(label: string, value: Regularizer): Regularizer {
  choice(label, "kind", value.kind, ["l1l2", "orthogonalRegularizer"]);
  if (value.kind === "orthogonalRegularizer") {
    checkOptions(label, value, ["kind", "factor", "mode"]);
    choice(label, "mode", value.mode, ["rows", "columns"]);
    numberWithin(label, "factor", value.factor, 0);
    return value;
  }
  checkOptions(label, value, ["kind", "l1", "l2"]);
  return {
    kind: "l1l2",
    l1: numberWithin(label, "l1", value.l1, 0),
    l2: numberWithin(label, "l2", value.l2, 0),
  };
}

/** The penalty of one weight, a scalar. @throws shape for an orthogonalRegularizer of what is no matrix */
export function penalty(rule: Regularizer, weight: Tensor): Tensor {
  if (rule.kind === "orthogonalRegularizer") return overlap(rule, weight);
  const { l1, l2 } = rule;
  const absolute = l1 === 0 ? undefined : weight.abs().sum().mul(l1);
  const squared = l2 === 0 ? undefined : weight.square().sum().mul(l2);
  if (absolute === undefined) return squared ?? weight.sum().mul(0);
  return squared === undefined ? absolute : absolute.add(squared);
}

/** Keras's epsilon. */
const epsilon = 1e-7;

function overlap({ factor, mode }: OrthogonalRegularizer, weight: Tensor): Tensor {
  if (weight.rank !== 2) {
    throw new SinterError(
      "shape",
      `orthogonalRegularizer: weight ${shapeText(weight.shape)} is no matrix. Use it for the kernels of dense layers.`,
      { shape: weight.shape },
    );
  }
  const rows = mode === "rows" ? weight : weight.transpose();
  const squares = rows.square().sum(-1, { keepDims: true });
  const isShort = squares.lessEqual(epsilon * epsilon);
  const unit = where(isShort, rows.mul(1 / epsilon), rows.div(where(isShort, 1, squares).sqrt()));
  const [numRows = 1] = rows.shape;
  const others = unit.matMul(unit.transpose()).mul(eye(numRows).neg().add(1));
  return others
    .abs()
    .sum()
    .mul(factor / Math.max(1, numRows * (numRows - 1)));
}

/**
 * Keras's regularizers by name.
 * @source Keras 3, keras.regularizers
 */
export const regularizers: {
  l1(options?: { readonly l1?: number }): Regularizer;
  l2(options?: { readonly l2?: number }): Regularizer;
  l1l2(options?: { readonly l1?: number; readonly l2?: number }): Regularizer;
  orthogonalRegularizer(options?: { readonly factor?: number; readonly mode?: "rows" | "columns" }): Regularizer;
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
  orthogonalRegularizer: (options = {}) => {
    checkOptions("orthogonalRegularizer", options, ["factor", "mode"]);
    return checked("orthogonalRegularizer", { ...defaults.orthogonalRegularizer, ...options });
  },
};
