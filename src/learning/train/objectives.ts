// What is learnt and measured of each output of a network: the losses, weights and metrics of `compile`, by output.

import { SinterError } from "#engine/base/error.ts";
import { choice, numberWithin } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import type { SampleType } from "#learning/nn/layer.ts";
import { checkLoss, type Loss, type LossName } from "./losses.ts";
import type { LoggedNumber } from "./metric-states.ts";
import { checkMetric, checkMetricNames, type BoundMetric, type Metric, type MetricName } from "./metrics.ts";
import { logName, renamedMetric, weightedMetrics } from "./weighted-metrics.ts";

/** Something for each output of a model: in order, or by the names of the layers that give them. */
export type ByOutput<Item> = readonly Item[] | Readonly<Record<string, Item>>;

/** What is measured of one output. */
export type OutputMetrics = MetricName | Metric | readonly (MetricName | Metric)[] | null;

/** What a model is to learn. */
export interface Goals {
  /** One for every output, or one for each; null for an output that is not learnt, and has no labels. */
  readonly loss: LossName | Loss | ByOutput<LossName | Loss | null>;
  /** What the losses of several outputs count in their sum; 1 by default. */
  readonly lossWeights?: ByOutput<number> | undefined;
  /** Of one output a list; of several a list, or a record, with those of each. */
  readonly metrics?: ByOutput<OutputMetrics> | undefined;
  /** Metrics for which samples count as their weights say, `sampleWeight` and `classWeight`; given as `metrics` are. */
  readonly weightedMetrics?: ByOutput<OutputMetrics> | undefined;
}

/** A loss of one output. */
export interface LossGoal {
  /** The output's place among those of the network. */
  readonly output: number;
  readonly loss: Loss;
  /** What the loss counts in the sum of all. */
  readonly weight: number;
}

/** An output that is learnt. A batch has one target for each, in their order. */
export interface Objective extends LossGoal {
  /** The output's. */
  readonly name: string;
  /** Under which its loss is logged; undefined where it is the only one. */
  readonly lossName: string | undefined;
  /** As they are logged. */
  readonly metrics: readonly Metric[];
  /** As they are logged; samples count as their weights say. */
  readonly weightedMetrics: readonly Metric[];
}

/** An objective whose metrics know the shapes that they will see. */
export interface BoundObjective extends Omit<Objective, "metrics" | "weightedMetrics"> {
  readonly metrics: readonly BoundMetric[];
  readonly weightedMetrics: readonly BoundMetric[];
}

/**
 * The objectives of a network with these outputs.
 * @param outputs their names; undefined while they are not known
 * @throws option naming what to write
 * @source Keras 3, trainers/compile_utils.py, CompileLoss and CompileMetrics
 */
export function objectivesFrom(goals: Goals, outputs: readonly (string | undefined)[]): Objective[] {
  const losses = lossesFrom(goals.loss, outputs);
  const weights = goals.lossWeights === undefined ? [] : eachOf("lossWeights", goals.lossWeights, outputs);
  const metrics = metricsFrom("metrics", goals.metrics, outputs);
  const weighted = metricsFrom("weightedMetrics", goals.weightedMetrics, outputs);
  const numLosses = losses.filter((loss) => loss !== null).length;
  const objectives = losses.flatMap((loss, output) => {
    const name = outputs[output] ?? "output";
    const measured = metrics[output] ?? [];
    const weighed = weightedMetrics(weighted[output] ?? [], measured);
    if (loss === null) {
      if (measured.length + weighed.length > 0) throw withoutLoss(name);
      return [];
    }
    checkMetricNames([...measured, ...weighed]);
    const weight = numberWithin("compile", "lossWeights", weights[output] ?? 1);
    const lossName = numLosses > 1 ? logName(name, "loss") : undefined;
    const named = (list: readonly Metric[]): readonly Metric[] =>
      outputs.length > 1 ? list.map((metric) => renamedMetric(metric, (own) => logName(name, own))) : list;
    return [{ output, name, loss, weight, lossName, metrics: named(measured), weightedMetrics: named(weighed) }];
  });
  if (objectives.length === 0)
    throw new SinterError("option", "compile: no output has a loss. Give one to one of them.");
  checkLogNames(objectives);
  return objectives;
}

function lossesFrom(loss: Goals["loss"], outputs: readonly (string | undefined)[]): (Loss | null)[] {
  if (isLoss(loss)) return outputs.map(() => checkLoss(loss));
  return eachOf("loss", loss, outputs).map((one, output) => {
    if (one === undefined) {
      throw new SinterError(
        "option",
        `compile: loss says nothing of output "${outputs[output] ?? ""}". Give it a loss, or null when it is not learnt.`,
        { output: outputs[output] },
      );
    }
    return one === null ? null : checkLoss(one);
  });
}

function isLoss(value: Goals["loss"]): value is LossName | Loss {
  return typeof value === "string" || ("kind" in value && "fromLogits" in value);
}

function metricsFrom(
  what: string,
  metrics: Goals["metrics"] = [],
  outputs: readonly (string | undefined)[],
): Metric[][] {
  const isForOne = outputs.length === 1 && isList(metrics);
  if (isForOne || (isList(metrics) && metrics.length === 0)) return [metrics.flatMap(metricsOf)];
  return eachOf(what, metrics, outputs).map((one) => metricsOf(one ?? null));
}

function metricsOf(given: OutputMetrics): Metric[] {
  if (given === null) return [];
  return (isMetrics(given) ? given : [given]).map(checkMetric);
}

function isMetrics(
  given: MetricName | Metric | readonly (MetricName | Metric)[],
): given is readonly (MetricName | Metric)[] {
  return Array.isArray(given);
}

function isList<Item>(items: ByOutput<Item>): items is readonly Item[] {
  return Array.isArray(items);
}

/** The item of each output. @throws option for a list of another length, or a name that no output has */
function eachOf<Item>(
  what: string,
  given: ByOutput<Item>,
  outputs: readonly (string | undefined)[],
): (Item | undefined)[] {
  if (isList(given)) {
    if (given.length === outputs.length) return [...given];
    const names = outputs.map((name) => name ?? "output").join(", ");
    throw new SinterError(
      "option",
      `compile: ${what} has ${given.length} entries, the model has ${outputs.length} outputs (${names}). ` +
        "Give one for each output, in this order, or a record with their names.",
      { option: what, count: given.length, outputs },
    );
  }
  const known = outputs.flatMap((name) => name ?? []);
  if (known.length < outputs.length) return Object.values(given);
  for (const name of Object.keys(given)) choice("compile", `output of ${what}`, name, known);
  return known.map((name) => given[name]);
}

function withoutLoss(name: string): SinterError {
  return new SinterError(
    "option",
    `compile: output "${name}" has metrics and no loss, so it has no labels. Give it a loss, with lossWeights 0 where it ` +
      "is only to be measured.",
    { output: name },
  );
}

function checkLogNames(objectives: readonly Objective[]): void {
  const seen = new Set(["loss"]);
  const names = objectives.flatMap(({ lossName, metrics, weightedMetrics: weighed }) =>
    [lossName ?? [], [...metrics, ...weighed].map(({ name }) => name)].flat(),
  );
  for (const name of names) {
    if (seen.has(name)) {
      throw new SinterError(
        "option",
        `compile: two numbers would be logged as "${name}". Rename an output or a metric.`,
        {
          name,
        },
      );
    }
    seen.add(name);
  }
}

/**
 * The objectives for batches of these labels.
 * @param labels shapes with the batch axis, one for each objective
 * @throws shape for another number of them
 */
export function boundObjectives(
  objectives: readonly Objective[],
  labels: readonly Shape[],
  outputTypes: readonly SampleType[],
): BoundObjective[] {
  if (labels.length !== objectives.length) {
    const names = objectives.map(({ name }) => name).join(", ");
    throw new SinterError(
      "shape",
      `A batch came with ${labels.length} targets, ${objectives.length} outputs are learnt (${names}). Give one for each.`,
      { count: labels.length, expected: objectives.length },
    );
  }
  return objectives.map((objective, place) => {
    const own = labels[place] ?? [1];
    const predictions = [own[0] ?? 1, ...(outputTypes[objective.output]?.shape ?? [])];
    const bound = (list: readonly Metric[]): BoundMetric[] =>
      list.map((metric) => metric.bind({ labels: own, predictions }));
    const { metrics, weightedMetrics: weighed } = objective;
    return { ...objective, metrics: bound(metrics), weightedMetrics: bound(weighed) };
  });
}

/** What is logged of the objectives beside `loss`: their own losses, then their metrics. */
export function loggedOf(objectives: readonly BoundObjective[]): LoggedNumber[] {
  const losses = objectives.flatMap(({ lossName }) => (lossName === undefined ? [] : [meanLoss(lossName)]));
  const metrics = objectives.flatMap((objective) => objective.metrics);
  return [...losses, ...metrics, ...objectives.flatMap((objective) => objective.weightedMetrics)];
}

function meanLoss(name: string): LoggedNumber {
  return {
    name,
    state: { sum: { shape: [], dtype: "f32" }, count: { shape: [], dtype: "i32" } },
    result: ({ sum, count }) => ({ [name]: (count?.[0] ?? 0) === 0 ? 0 : (sum?.[0] ?? 0) / (count?.[0] ?? 1) }),
  };
}

/** Whether more is better, by the name in the logs. */
export function directionsOf(
  objectives: readonly Objective[],
  outputTypes: readonly SampleType[],
): Map<string, "max" | "min"> {
  const directions = new Map<string, "max" | "min">([["loss", "min"]]);
  for (const { output, lossName, metrics, weightedMetrics: weighed } of objectives) {
    const shape = [1, ...(outputTypes[output]?.shape ?? [])];
    if (lossName !== undefined) directions.set(lossName, "min");
    for (const metric of [...metrics, ...weighed])
      directions.set(metric.name, metric.bind({ labels: shape, predictions: shape }).direction);
  }
  return directions;
}
