import type { Shape } from "../../engine/base/shape.js";
import type { Model } from "../train/model.js";
export interface DdpmUnetOptions {
  readonly inputShape?: Shape;
  readonly filters?: number;
  readonly multipliers?: readonly number[];
  readonly numBlocks?: number;
  readonly attention?: readonly number[];
  readonly groups?: number;
  readonly dropout?: number;
  readonly name?: string;
  readonly seed?: number;
}
export declare function ddpmUnet(options?: DdpmUnetOptions): Model;
