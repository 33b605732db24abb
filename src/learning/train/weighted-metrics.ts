// Metrics for which samples count as their weights say, and metrics under other names than their own.

import type { BoundMetric, Metric } from "./metrics.ts";

/** A name before another: `age` and `loss` make `ageLoss`, where Keras writes age_loss. */
export function logName(first: string, name: string): string {
  return `${first}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** The metric, its numbers under other names. */
export function renamedMetric(metric: Metric, rename: (name: string) => string): Metric {
  return {
    ...metric,
    name: rename(metric.name),
    bind: (context) => {
      const bound = metric.bind(context);
      return {
        ...bound,
        name: rename(bound.name),
        result: (values) =>
          Object.fromEntries(Object.entries(bound.result(values)).map(([name, value]) => [rename(name), value])),
      };
    },
  };
}

/**
 * The metrics with sums of weights for counts, f32. One of the name of an unweighted metric is logged with "weighted" before
 * it: `weightedAccuracy`.
 * @param plain those that are measured without weights
 */
export function weightedMetrics(metrics: readonly Metric[], plain: readonly Metric[]): Metric[] {
  const taken = new Set(plain.map(({ name }) => name));
  return metrics.map((metric) => {
    const weighed = { ...metric, bind: (context: Parameters<Metric["bind"]>[0]) => inFloats(metric.bind(context)) };
    return taken.has(metric.name) ? renamedMetric(weighed, (name) => logName("weighted", name)) : weighed;
  });
}

function inFloats(bound: BoundMetric): BoundMetric {
  const state = Object.entries(bound.state).map(([name, { shape, dtype }]) => [
    name,
    { shape, dtype: name === unweighted ? dtype : ("f32" as const) },
  ]);
  return { ...bound, state: Object.fromEntries(state) };
}

/** The part of a state that counts samples whatever they weigh: of R², whose adjusted form asks how many there are. */
const unweighted = "samples";
