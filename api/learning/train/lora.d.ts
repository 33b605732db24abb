import { type LowRankTransform } from "../nn/weight-transform.js";
import type { Model } from "./model.js";
import { type Targets } from "./targets.js";
import { type PlainWeight } from "./transform-weights.js";
export interface LoraOptions {
  readonly rank?: number;
  readonly alpha?: number;
  readonly targets?: Targets;
  readonly dropout?: number;
}
export declare function lora(model: Model, options?: LoraOptions): Model;
export declare function adapt(
  { core }: Model,
  chosen: ReadonlySet<string>,
  change: Omit<LowRankTransform, "weights">,
): void;
export declare function isMatrix({ placed, spec }: PlainWeight): boolean;
export declare function mergeLora(model: Model): Model;
