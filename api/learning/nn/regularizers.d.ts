import type { Tensor } from "../../engine/tensor/tensor.js";
export type Regularizer = {
  readonly kind: "l1l2";
  readonly l1: number;
  readonly l2: number;
};
export type RegularizerName = "l1" | "l2" | "l1l2";
export declare function regularizer(
  where: string,
  option: string,
  value: RegularizerName | Regularizer | null | undefined,
): Regularizer | undefined;
export declare function penalty({ l1, l2 }: Regularizer, weight: Tensor): Tensor;
export declare const regularizers: {
  l1(options?: { readonly l1?: number }): Regularizer;
  l2(options?: { readonly l2?: number }): Regularizer;
  l1l2(options?: { readonly l1?: number; readonly l2?: number }): Regularizer;
};
