// Metrics of the whole confusion matrix: how far answers agree with the truth beyond chance.

import { checkOptions, choice, numberWithin } from "#engine/base/options.ts";
import { confusionCounts, ratio, type MetricOptions } from "./counting-metrics.ts";
import type { Metric } from "./metrics.ts";

export interface AgreementOptions extends MetricOptions {
  /** Of one output: above it the answer is class 1; 0.5 by default. */
  readonly threshold?: number;
}

/**
 * The correlation of true and given classes, -1 to 1; 0 where one of them never changes.
 * @source Gorodkin 2004; scikit-learn, metrics.matthews_corrcoef
 */
export function matthewsCorrelation(options: AgreementOptions = {}): Metric {
  checkOptions("matthewsCorrelation", options, ["name", "threshold"]);
  return agreement("matthewsCorrelation", options, (counts) => {
    const { total, diagonal, rows, columns } = marginsOf(counts);
    const products = (left: readonly number[], right: readonly number[]): number =>
      sum(left.map((value, index) => value * (right[index] ?? 0)));
    const covariance = diagonal * total - products(rows, columns);
    const spread =
      Math.sqrt(total * total - products(rows, rows)) * Math.sqrt(total * total - products(columns, columns));
    return ratio(covariance, spread);
  });
}

export interface CohenKappaOptions extends AgreementOptions {
  /** What a mistake counts by the distance of the classes: all alike by default. */
  readonly weights?: "linear" | "quadratic" | null;
}

/**
 * 1 - mistakes / mistakes by chance; 0 where chance makes none.
 * @source Cohen 1960 and 1968; scikit-learn, metrics.cohen_kappa_score
 */
export function cohenKappa(options: CohenKappaOptions = {}): Metric {
  checkOptions("cohenKappa", options, ["name", "threshold", "weights"]);
  const { weights = null } = options;
  const weighting = weights === null ? null : choice("cohenKappa", "weights", weights, ["linear", "quadratic"]);
  const cost = (distance: number): number => {
    if (weighting === null) return Number(distance > 0);
    return weighting === "linear" ? distance : distance * distance;
  };
  return agreement("cohenKappa", options, (counts) => {
    const { total, rows, columns } = marginsOf(counts);
    const costs = (weight: (row: number, column: number) => number): number =>
      sum(counts.flatMap((line, row) => line.map((_, column) => cost(Math.abs(row - column)) * weight(row, column))));
    const byChance = costs((row, column) => ratio((rows[row] ?? 0) * (columns[column] ?? 0), total));
    return byChance === 0 ? 0 : 1 - costs((row, column) => counts[row]?.[column] ?? 0) / byChance;
  });
}

function agreement(
  kind: string,
  options: AgreementOptions,
  score: (counts: readonly (readonly number[])[]) => number,
): Metric {
  const { name = kind } = options;
  const threshold = numberWithin(kind, "threshold", options.threshold ?? 0.5);
  return {
    name,
    config: { kind, options: { ...options } },
    bind: (context) => {
      const { numClasses, ...counting } = confusionCounts(context, threshold);
      return {
        ...counting,
        name,
        result: ({ counts }) => {
          const rows = Array.from({ length: numClasses }, (_, row) =>
            Array.from({ length: numClasses }, (_unused, column) => counts?.[row * numClasses + column] ?? 0),
          );
          return { [name]: score(rows) };
        },
      };
    },
  };
}

interface Margins {
  readonly total: number;
  readonly diagonal: number;
  /** Samples of each true class. */
  readonly rows: readonly number[];
  /** Samples of each class given. */
  readonly columns: readonly number[];
}

function marginsOf(counts: readonly (readonly number[])[]): Margins {
  const rows = counts.map(sum);
  return {
    total: sum(rows),
    diagonal: sum(counts.map((line, index) => line[index] ?? 0)),
    rows,
    columns: counts.map((_, column) => sum(counts.map((line) => line[column] ?? 0))),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
