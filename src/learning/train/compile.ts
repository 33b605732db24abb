// compile: what a user names becomes an optimizer, a loss and metrics, checked.

import { SinterError } from "#engine/base/error.ts";
import type { Optimizer } from "#learning/optim/optimizer.ts";
import { optimizerByName, type OptimizerName } from "#learning/optim/optimizers.ts";
import type { Schedule } from "#learning/optim/schedule-options.ts";
import { checkLoss, type Loss, type LossName } from "./losses.ts";
import { checkMetric, checkMetricNames, type Metric, type MetricName } from "./metrics.ts";
import type { Compiled } from "./model-core.ts";

/** How a model learns and what is measured; names as in Keras's `compile`. */
export interface CompileOptions {
  /** A name, or `optimizers.adam({ … })`. "rmsprop" by default, as Keras. */
  readonly optimizer?: OptimizerName | Optimizer;
  /** Of an optimizer given by name. */
  readonly learningRate?: number | Schedule;
  readonly loss: LossName | Loss;
  readonly metrics?: readonly (MetricName | Metric)[];
}

/**
 * Options with every name looked up.
 * @throws option naming the right one
 */
export function compiledFrom({ optimizer = "rmsprop", learningRate, loss, metrics = [] }: CompileOptions): Compiled {
  if (typeof optimizer !== "string" && learningRate !== undefined) {
    throw new SinterError(
      "option",
      "compile: learningRate stands beside an optimizer object. Give it to the optimizer.",
    );
  }
  const list = metrics.map(checkMetric);
  checkMetricNames(list);
  return {
    optimizer:
      typeof optimizer === "string"
        ? optimizerByName(optimizer, learningRate === undefined ? {} : { learningRate })
        : optimizer,
    loss: checkLoss(loss),
    metrics: list,
  };
}
