import type { DType } from "../../engine/base/dtype.js";
import { type VisibleKeys } from "../../engine/tensor/attention-scores.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import type { CallContext, LayerOptions, Masks } from "./layer.js";
export interface AttendOptions extends LayerOptions {
  readonly dropout?: number;
  readonly seed?: number | undefined;
  readonly useCausalMask?: boolean;
  readonly returnAttentionScores?: boolean;
}
export type AttendConfig = {
  readonly dropout: number;
  readonly seed: number | undefined;
  readonly useCausalMask: boolean;
  readonly returnAttentionScores: boolean;
};
export declare function checkAttendOptions(kind: string, options: AttendOptions): AttendConfig;
export interface Roles<Item> {
  readonly query: Item;
  readonly value: Item;
  readonly key: Item;
  readonly mask: Item | undefined;
  readonly count: number;
}
export declare function rolesOf<
  Item extends {
    readonly dtype: DType;
  },
>(inputs: readonly Item[], label: string): Roles<Item>;
export declare function masksOf(
  { count }: Roles<unknown>,
  masks?: Masks,
): Record<"query" | "value" | "key", Tensor | undefined>;
export interface Attended {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  readonly visible: VisibleKeys;
  readonly queryMask: Tensor | undefined;
  readonly scale: number;
}
export interface Attention {
  readonly output: Tensor;
  readonly weights?: Tensor | undefined;
  readonly dropped?: Tensor | undefined;
}
export declare function attend(
  { query, key, value, visible, queryMask, scale }: Attended,
  config: AttendConfig,
  context: CallContext,
): Attention;
export declare function weigh(
  scores: Tensor,
  { value, visible, queryMask }: Pick<Attended, "value" | "visible" | "queryMask">,
  config: AttendConfig,
  context: CallContext,
): Attention;
export declare function bothOf(one: Tensor | undefined, other: Tensor | undefined): Tensor | undefined;
