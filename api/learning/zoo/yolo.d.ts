import type { Shape } from "../../engine/base/shape.js";
import { Detector } from "../train/detection/detector.js";
import type { FeatureMaps } from "./ssd/ssd.js";
export interface YoloDetectorOptions {
  readonly classes: number;
  readonly inputShape?: Shape;
  readonly features?: FeatureMaps;
  readonly name?: string;
  readonly seed?: number;
}
export declare function yolo(options: YoloDetectorOptions): Detector;
