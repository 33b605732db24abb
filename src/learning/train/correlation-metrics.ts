// How labels and predictions vary together along an axis of each sample; the mean over samples.

import { integer } from "#engine/base/options.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { MetricOptions } from "./counting-metrics.ts";
import { meanMetric } from "./error-metrics.ts";
import { alignLabels } from "./labels.ts";
import type { Metric } from "./metrics.ts";

export interface CorrelationOptions extends MetricOptions {
  /** The axis of the vectors, not that of the batch; the last by default. */
  readonly axis?: number;
}

/** mean (y - ȳ)(p - p̄) / (σ_y σ_p) along the axis. @source Keras 3, metrics.PearsonCorrelation */
export function pearsonCorrelation(options: CorrelationOptions = {}): Metric {
  return correlation("pearsonCorrelation", options, (truth, guess, mean) => {
    const standard = (x: Tensor): Tensor => {
      const centred = x.sub(mean(x));
      return centred.div(mean(centred.square()).sqrt());
    };
    return mean(standard(truth).mul(standard(guess)));
  });
}

/**
 * mean 2 (y - p̄)(p - p̄) / (σ_y² + σ_p² + (ȳ - p̄)² + 1e-7) along the axis.
 * @source Lin 1989; Keras 3, metrics.ConcordanceCorrelation
 */
export function concordanceCorrelation(options: CorrelationOptions = {}): Metric {
  return correlation("concordanceCorrelation", options, (truth, guess, mean) => {
    const [truthMean, guessMean] = [mean(truth), mean(guess)];
    const variances = mean(truth.sub(truthMean).square()).add(mean(guess.sub(guessMean).square()));
    const norm = variances.add(truthMean.sub(guessMean).square()).add(1e-7);
    return mean(truth.sub(guessMean).mul(guess.sub(guessMean)).mul(2).div(norm));
  });
}

function correlation(
  kind: string,
  options: CorrelationOptions,
  value: (truth: Tensor, guess: Tensor, mean: (x: Tensor) => Tensor) => Tensor,
): Metric {
  const axis = integer(kind, "axis", options.axis ?? -1, -(2 ** 31));
  const mean = (x: Tensor): Tensor => x.mean(axis, { keepDims: true });
  return meanMetric(kind, options, { known: ["axis"], direction: "max" }, ({ labels, predictions }) =>
    value(alignLabels(kind, labels, predictions), predictions, mean),
  );
}
