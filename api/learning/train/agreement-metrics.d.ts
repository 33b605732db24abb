import { type MetricOptions } from "./counting-metrics.js";
import type { Metric } from "./metrics.js";
export interface AgreementOptions extends MetricOptions {
  readonly threshold?: number;
}
export declare function matthewsCorrelation(options?: AgreementOptions): Metric;
export interface CohenKappaOptions extends AgreementOptions {
  readonly weights?: "linear" | "quadratic" | null;
}
export declare function cohenKappa(options?: CohenKappaOptions): Metric;
