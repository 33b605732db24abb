import type { Dataset } from "../data/dataset.js";
import { type ThresholdGoal } from "./calibration.js";
import type { Model } from "./model.js";
export interface CalibrateOptions {
  readonly temperature?: boolean;
  readonly threshold?: ThresholdGoal;
  readonly signal?: AbortSignal | undefined;
}
export interface CalibrationMeasures {
  readonly logLoss: number;
  readonly expectedCalibrationError: number;
}
export interface Calibration {
  readonly temperature: number;
  readonly threshold: number | undefined;
  readonly before: CalibrationMeasures;
  readonly after: CalibrationMeasures;
}
export declare function calibrate(model: Model, dataset: Dataset, options?: CalibrateOptions): Promise<Calibration>;
