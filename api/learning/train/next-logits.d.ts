import type { NextLogits } from "../data/text/generate.js";
import type { Model } from "./model.js";
export interface NextLogitsOptions {
  readonly contextLength?: number;
}
export declare function nextLogits(model: Model, options?: NextLogitsOptions): NextLogits;
export declare function contextLengthOf({ network }: Model): number;
