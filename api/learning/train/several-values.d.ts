import { type Tensor } from "../../engine/tensor/tensor.js";
import type { ArrayInput } from "../data/array-values.js";
export type Values = Tensor | ArrayInput;
export type SeveralValues = readonly Values[] | Readonly<Record<string, Values>>;
export interface EndNames {
  readonly inputs: readonly (string | undefined)[];
  readonly targets: readonly (string | undefined)[];
}
export declare function inOrder(
  given: Values | SeveralValues,
  names: readonly (string | undefined)[],
  what: "x" | "y" | "sampleWeight",
): readonly Values[];
export declare function isForAll(given: Values | SeveralValues): given is Values;
