import { type Layer, type LayerOptions } from "./layer.js";
export interface ActivityRegularizationOptions extends LayerOptions {
  readonly l1?: number;
  readonly l2?: number;
}
export declare function activityRegularization(options?: ActivityRegularizationOptions): Layer;
