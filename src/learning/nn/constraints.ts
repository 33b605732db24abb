// What weights must be after every update, as Keras's constraints. Plain data, so that a model file holds them.

import { checkOptions, choice, integer, numberWithin } from "#engine/base/options.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/** The norm of a weight's vectors along these axes: 0, those of a dense kernel's units; [0, 1, 2] the filters of a conv2d. */
type NormAxis = number | readonly number[];

export type Constraint =
  | { readonly kind: "maxNorm"; readonly maxValue: number; readonly axis: NormAxis }
  | {
      readonly kind: "minMaxNorm";
      readonly minValue: number;
      readonly maxValue: number;
      /** How far a norm is moved at once: 1 all the way. */
      readonly rate: number;
      readonly axis: NormAxis;
    }
  | { readonly kind: "nonNeg" }
  | { readonly kind: "unitNorm"; readonly axis: NormAxis };

/** Every constraint's name. */
export const constraintNames = ["maxNorm", "minMaxNorm", "nonNeg", "unitNorm"] as const;

export type ConstraintName = (typeof constraintNames)[number];

const defaults: Readonly<Record<ConstraintName, Constraint>> = {
  maxNorm: { kind: "maxNorm", maxValue: 2, axis: 0 },
  minMaxNorm: { kind: "minMaxNorm", minValue: 0, maxValue: 1, rate: 1, axis: 0 },
  nonNeg: { kind: "nonNeg" },
  unitNorm: { kind: "unitNorm", axis: 0 },
};

/** A constraint from its name (with Keras's defaults) or itself; undefined and null give none. @throws option */
export function constraint(
  where: string,
  option: string,
  value: ConstraintName | Constraint | null | undefined,
): Constraint | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return defaults[choice(where, option, value, constraintNames)];
  return checked(`${where}: ${option}`, value);
}

function checked(label: string, value: Constraint): Constraint {
  const standard = defaults[choice(label, "kind", value.kind, constraintNames)];
  checkOptions(label, value, Object.keys(standard));
  if (value.kind === "nonNeg") return value;
  for (const axis of [value.axis].flat()) integer(label, "axis", axis, -(2 ** 31));
  if (value.kind === "unitNorm") return value;
  const least = value.kind === "minMaxNorm" ? numberWithin(label, "minValue", value.minValue, 0) : 0;
  numberWithin(label, "maxValue", value.maxValue, least);
  if (value.kind === "minMaxNorm") numberWithin(label, "rate", value.rate, 0, 1);
  return value;
}

interface ConstraintOptions {
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly rate?: number;
  readonly axis?: NormAxis;
}

/**
 * Keras's constraints by name: `constraints.maxNorm({ maxValue: 3 })`.
 * @source Keras 3, keras.constraints
 */
export const constraints: {
  maxNorm(options?: Pick<ConstraintOptions, "maxValue" | "axis">): Constraint;
  minMaxNorm(options?: ConstraintOptions): Constraint;
  nonNeg(): Constraint;
  unitNorm(options?: Pick<ConstraintOptions, "axis">): Constraint;
} = {
  maxNorm: (options) => make("maxNorm", options),
  minMaxNorm: (options) => make("minMaxNorm", options),
  nonNeg: () => defaults.nonNeg,
  unitNorm: (options) => make("unitNorm", options),
};

function make(name: ConstraintName, options: ConstraintOptions = {}): Constraint {
  const known = Object.keys(defaults[name]).filter((option) => option !== "kind");
  checkOptions(name, options, known);
  return checked(name, { ...defaults[name], ...options });
}

/** Keras's epsilon: a vector of length 0 stays. */
const epsilon = 1e-7;

/**
 * The nearest weight that obeys: maxNorm and minMaxNorm w · d / (|w| + 1e-7), where d is |w| within the bounds, for minMaxNorm rate
 * of the way there; unitNorm w / (|w| + 1e-7); nonNeg max(w, 0). Norms are along the axes.
 */
export function constrain(rule: Constraint, weight: Tensor): Tensor {
  switch (rule.kind) {
    case "nonNeg":
      return weight.maximum(0);
    case "unitNorm":
      return weight.div(norm(weight, rule.axis).add(epsilon));
    case "maxNorm":
    case "minMaxNorm": {
      const length = norm(weight, rule.axis);
      const bounded = length.clip(rule.kind === "maxNorm" ? 0 : rule.minValue, rule.maxValue);
      const isSoft = rule.kind === "minMaxNorm" && rule.rate !== 1;
      const desired = isSoft ? bounded.mul(rule.rate).add(length.mul(1 - rule.rate)) : bounded;
      return weight.mul(desired.div(length.add(epsilon)));
    }
    default:
      return rule satisfies never;
  }
}

function norm(weight: Tensor, axis: NormAxis): Tensor {
  return weight.square().sum(axis, { keepDims: true }).sqrt();
}
