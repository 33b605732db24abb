// Metrics that are a loss's mean over samples, and the mean and the sum of the predictions themselves.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions } from "#engine/base/options.ts";
import { added, type MetricOptions } from "./counting-metrics.ts";
import { meanMetric } from "./error-metrics.ts";
import { sampleLosses } from "./loss-value.ts";
import { checkLoss, lossFromConfig, type Loss, type LossName } from "./losses.ts";
import type { Metric } from "./metrics.ts";
import { sumWhere } from "./weighted-mean.ts";

/** Metrics named after the loss that they are the mean of. */
export type LossMetricKind =
  | "binaryCrossentropy"
  | "categoricalCrossentropy"
  | "sparseCategoricalCrossentropy"
  | "klDivergence"
  | "poisson"
  | "hinge"
  | "squaredHinge"
  | "categoricalHinge"
  | "logCoshError"
  | "meanAbsolutePercentageError"
  | "meanSquaredLogarithmicError";

/** The loss that a metric measures, and its options beside the name. */
const measured: Readonly<Record<LossMetricKind, { readonly loss: LossName; readonly known: readonly string[] }>> = {
  binaryCrossentropy: { loss: "binaryCrossentropy", known: ["fromLogits", "labelSmoothing"] },
  categoricalCrossentropy: { loss: "categoricalCrossentropy", known: ["fromLogits", "labelSmoothing"] },
  sparseCategoricalCrossentropy: { loss: "sparseCategoricalCrossentropy", known: ["fromLogits", "ignoreClass"] },
  klDivergence: { loss: "klDivergence", known: [] },
  poisson: { loss: "poisson", known: [] },
  hinge: { loss: "hinge", known: [] },
  squaredHinge: { loss: "squaredHinge", known: [] },
  categoricalHinge: { loss: "categoricalHinge", known: [] },
  logCoshError: { loss: "logCosh", known: [] },
  meanAbsolutePercentageError: { loss: "meanAbsolutePercentageError", known: [] },
  meanSquaredLogarithmicError: { loss: "meanSquaredLogarithmicError", known: [] },
};

export interface CrossentropyMetricOptions extends MetricOptions {
  readonly fromLogits?: boolean;
  readonly labelSmoothing?: number;
}

export interface SparseCrossentropyMetricOptions extends MetricOptions {
  readonly fromLogits?: boolean;
  /** A class whose places count as 0. */
  readonly ignoreClass?: number | null;
}

/** The mean of a loss over samples (and places). @source Keras 3, metrics.MeanMetricWrapper */
export function lossMetric(kind: LossMetricKind, options: MetricOptions & object = {}): Metric {
  const { loss: name, known } = measured[kind];
  const { name: _, ...own } = options;
  const loss = lossFromConfig({ kind: name, options: own });
  return meanMetric(kind, options, { known, direction: "min" }, ({ labels, predictions }) =>
    sampleLosses(loss, labels, { output: predictions }),
  );
}

export interface MeanMetricWrapperOptions extends MetricOptions {
  /** What is averaged: a loss or its name. */
  readonly fn: Loss | LossName;
}

/**
 * The mean of any loss over samples: `metrics.meanMetricWrapper({ fn: losses.huber({ delta: 2 }) })`.
 * @source Keras 3, metrics.MeanMetricWrapper
 */
export function meanMetricWrapper(options: MeanMetricWrapperOptions): Metric {
  const kind = "meanMetricWrapper";
  checkOptions(kind, options, ["name", "fn"]);
  if (options.fn === undefined) throw new SinterError("option", `${kind}: no fn came. Give a loss, or its name.`);
  const loss = checkLoss(options.fn);
  const stored = { ...options, fn: { ...loss } };
  return meanMetric(kind, stored, { known: ["fn"], direction: "min" }, ({ labels, predictions }) =>
    sampleLosses(loss, labels, { output: predictions }),
  );
}

/** The mean of the predictions, whatever the labels are. @source Keras 3, metrics.Mean */
export function mean(options: MetricOptions = {}): Metric {
  return meanMetric("mean", options, { known: [], direction: "max" }, ({ predictions }) => predictions.cast("f32"));
}

/** The sum of the predictions, whatever the labels are. @source Keras 3, metrics.Sum */
export function sum(options: MetricOptions = {}): Metric {
  const kind = "sum";
  checkOptions(kind, options, ["name"]);
  const { name = kind } = options;
  return {
    name,
    config: { kind, options: { ...options } },
    bind: () => ({
      name,
      direction: "max",
      state: { total: { shape: [], dtype: "f32" } },
      update: (state, { predictions, weights }) =>
        added(state, { total: sumWhere(predictions.cast("f32"), undefined, weights).sum }),
      result: ({ total }) => ({ [name]: total?.[0] ?? 0 }),
    }),
  };
}
