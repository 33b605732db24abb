import type { Tensor } from "../../engine/tensor/tensor.js";
type L1L2 = {
  readonly kind: "l1l2";
  readonly l1: number;
  readonly l2: number;
};
type OrthogonalRegularizer = {
  readonly kind: "orthogonalRegularizer";
  readonly factor: number;
  readonly mode: "rows" | "columns";
  readonly l1?: undefined;
  readonly l2?: undefined;
};
export type Regularizer = L1L2 | OrthogonalRegularizer;
export declare const regularizerNames: readonly ["l1", "l2", "l1l2", "orthogonalRegularizer"];
export type RegularizerName = (typeof regularizerNames)[number];
export declare function regularizer(
  label: string,
  option: string,
  value: RegularizerName | Regularizer | null | undefined,
): Regularizer | undefined;
export declare function penalty(rule: Regularizer, weight: Tensor): Tensor;
export declare const regularizers: {
  l1(options?: { readonly l1?: number }): Regularizer;
  l2(options?: { readonly l2?: number }): Regularizer;
  l1l2(options?: { readonly l1?: number; readonly l2?: number }): Regularizer;
  orthogonalRegularizer(options?: { readonly factor?: number; readonly mode?: "rows" | "columns" }): Regularizer;
};
export {};
