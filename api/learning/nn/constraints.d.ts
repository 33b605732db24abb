import type { Tensor } from "../../engine/tensor/tensor.js";
type NormAxis = number | readonly number[];
export type Constraint =
  | {
      readonly kind: "maxNorm";
      readonly maxValue: number;
      readonly axis: NormAxis;
    }
  | {
      readonly kind: "minMaxNorm";
      readonly minValue: number;
      readonly maxValue: number;
      readonly rate: number;
      readonly axis: NormAxis;
    }
  | {
      readonly kind: "nonNeg";
    }
  | {
      readonly kind: "unitNorm";
      readonly axis: NormAxis;
    };
export declare const constraintNames: readonly ["maxNorm", "minMaxNorm", "nonNeg", "unitNorm"];
export type ConstraintName = (typeof constraintNames)[number];
export declare function constraint(
  where: string,
  option: string,
  value: ConstraintName | Constraint | null | undefined,
): Constraint | undefined;
interface ConstraintOptions {
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly rate?: number;
  readonly axis?: NormAxis;
}
export declare const constraints: {
  maxNorm(options?: Pick<ConstraintOptions, "maxValue" | "axis">): Constraint;
  minMaxNorm(options?: ConstraintOptions): Constraint;
  nonNeg(): Constraint;
  unitNorm(options?: Pick<ConstraintOptions, "axis">): Constraint;
};
export declare function constrain(rule: Constraint, weight: Tensor): Tensor;
export {};
