import type { Shape } from "../../../engine/base/shape.js";
import type { SymbolicTensor } from "../../nn/layer.js";
import { Detector } from "../../train/detection/detector.js";
import { type SsdLossOptions } from "./ssd-loss.js";
export type FeatureMaps = (picture: SymbolicTensor) => readonly SymbolicTensor[];
export interface SsdOptions extends SsdLossOptions {
  readonly classes: number;
  readonly inputShape?: Shape;
  readonly features?: FeatureMaps;
  readonly aspectRatios?: readonly (readonly number[])[];
  readonly scales?: readonly number[];
  readonly steps?: readonly number[];
  readonly name?: string;
  readonly seed?: number;
}
export declare function ssd(options: SsdOptions): Detector;
