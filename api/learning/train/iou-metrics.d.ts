import { type MetricOptions } from "./counting-metrics.js";
import type { Metric } from "./metrics.js";
export interface MeanIoUOptions extends MetricOptions {
  readonly numClasses: number;
  readonly ignoreClass?: number | null;
  readonly sparseYTrue?: boolean;
  readonly sparseYPred?: boolean;
  readonly axis?: number;
}
export interface IoUOptions extends MeanIoUOptions {
  readonly targetClassIds: readonly number[];
}
export interface BinaryIoUOptions extends MetricOptions {
  readonly targetClassIds?: readonly number[];
  readonly threshold?: number;
}
export declare function iou(options: IoUOptions): Metric;
export declare function meanIoU(options: MeanIoUOptions): Metric;
export declare function oneHotIoU(options: Omit<IoUOptions, "sparseYTrue">): Metric;
export declare function oneHotMeanIoU(options: Omit<MeanIoUOptions, "sparseYTrue">): Metric;
export declare function binaryIoU(options?: BinaryIoUOptions): Metric;
