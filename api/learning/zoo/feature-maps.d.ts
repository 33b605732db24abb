import type { Model } from "../train/model.js";
import type { FeatureMaps } from "./ssd/ssd.js";
export declare function featureMaps(
  net: Model,
  names: readonly string[],
  options?: {
    readonly trainable?: boolean;
  },
): FeatureMaps;
