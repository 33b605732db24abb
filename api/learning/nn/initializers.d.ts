import { type Shape } from "../../engine/base/shape.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
export type FanMode = "fanIn" | "fanOut" | "fanAvg";
export type Distribution = "uniform" | "truncatedNormal" | "untruncatedNormal";
type Seeded = {
  readonly seed?: number | undefined;
};
export type Initializer =
  | {
      readonly kind: "constant";
      readonly value: number | readonly number[];
    }
  | ({
      readonly kind: "randomUniform";
      readonly minval: number;
      readonly maxval: number;
    } & Seeded)
  | ({
      readonly kind: "randomNormal" | "truncatedNormal";
      readonly mean: number;
      readonly stddev: number;
    } & Seeded)
  | ({
      readonly kind: "varianceScaling";
      readonly scale: number;
      readonly mode: FanMode;
      readonly distribution: Distribution;
      readonly inputAxes?: readonly number[] | undefined;
      readonly outputAxes?: readonly number[] | undefined;
    } & Seeded)
  | {
      readonly kind: "identity";
      readonly gain: number;
    }
  | ({
      readonly kind: "orthogonal";
      readonly gain: number;
    } & Seeded)
  | {
      readonly kind: "unitForgetBias";
      readonly initializer: Initializer;
    };
export declare const initializerNames: readonly [
  "zeros",
  "ones",
  "constant",
  "randomUniform",
  "randomNormal",
  "truncatedNormal",
  "varianceScaling",
  "glorotUniform",
  "glorotNormal",
  "heUniform",
  "heNormal",
  "lecunUniform",
  "lecunNormal",
  "orthogonal",
  "identity",
];
export type InitializerName = (typeof initializerNames)[number];
export declare function initializer(
  where: string,
  option: string,
  value: InitializerName | Initializer | undefined,
  standard: InitializerName,
): Initializer;
interface InitializerOptions {
  readonly value?: number;
  readonly minval?: number;
  readonly maxval?: number;
  readonly mean?: number;
  readonly stddev?: number;
  readonly scale?: number;
  readonly mode?: FanMode;
  readonly distribution?: Distribution;
  readonly inputAxes?: readonly number[];
  readonly outputAxes?: readonly number[];
  readonly gain?: number;
  readonly seed?: number;
}
export declare const initializers: Readonly<Record<InitializerName, (options?: InitializerOptions) => Initializer>>;
export declare function initialValue(init: Initializer, shape: Shape, from: Tensor): Tensor;
export {};
