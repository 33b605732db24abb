import type { MetricOptions } from "./counting-metrics.js";
import type { Metric } from "./metrics.js";
export interface CorrelationOptions extends MetricOptions {
  readonly axis?: number;
}
export declare function pearsonCorrelation(options?: CorrelationOptions): Metric;
export declare function concordanceCorrelation(options?: CorrelationOptions): Metric;
