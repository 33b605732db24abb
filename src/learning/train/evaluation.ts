// Exact measures over all scores at once, on the host in float64, for reports and the command line. metrics.ts has the
// streamed ones.

import { SinterError } from "#engine/base/error.ts";

/** Precision, recall and F1 of one class, and how many samples it has. */
export interface ClassReport {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
}

export interface ClassificationReport {
  readonly accuracy: number;
  /** Means over the classes. */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly perClass: readonly ClassReport[];
  /** Rows: the true class; columns: the class given. */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * Counts of true class (row) against class given (column).
 * @param truth class numbers
 * @param given class numbers, as many
 * @throws value for a number outside the classes
 */
export function countConfusion(truth: ArrayLike<number>, given: ArrayLike<number>, numClasses: number): number[][] {
  if (truth.length !== given.length) {
    throw new SinterError(
      "shape",
      `confusion: ${truth.length} labels and ${given.length} answers. Give as many of each.`,
    );
  }
  const counts = Array.from({ length: numClasses }, () => Array.from({ length: numClasses }, () => 0));
  for (let index = 0; index < truth.length; index += 1) {
    const row = counts[truth[index] ?? -1];
    const column = given[index] ?? -1;
    if (row?.[column] === undefined) {
      throw new SinterError(
        "value",
        `confusion: sample ${index} has class ${truth[index]} and answer ${given[index]}. Use numbers below ${numClasses}.`,
        { index },
      );
    }
    row[column] = (row[column] ?? 0) + 1;
  }
  return counts;
}

/**
 * Accuracy, confusion, and for each class precision, recall and F1 (0 for 0 / 0).
 * @source scikit-learn, metrics.precision_recall_fscore_support with zero_division 0
 */
export function classificationReport(
  truth: ArrayLike<number>,
  given: ArrayLike<number>,
  numClasses: number,
): ClassificationReport {
  const confusion = countConfusion(truth, given, numClasses);
  const perClass = confusion.map((row, index): ClassReport => {
    const right = row[index] ?? 0;
    const support = sum(row);
    const predicted = sum(confusion.map((other) => other[index] ?? 0));
    const precision = ratio(right, predicted);
    const recall = ratio(right, support);
    return { precision, recall, f1: ratio(2 * right, predicted + support), support };
  });
  const mean = (pick: (report: ClassReport) => number): number => ratio(sum(perClass.map(pick)), numClasses);
  return {
    accuracy: ratio(sum(confusion.map((row, index) => row[index] ?? 0)), truth.length),
    precision: mean((report) => report.precision),
    recall: mean((report) => report.recall),
    f1: mean((report) => report.f1),
    perClass,
    confusion,
  };
}

/**
 * The exact area under the ROC curve: the chance that a positive scores above a negative, ties counted half.
 * @param isPositive truthy for positive samples
 * @returns NaN unless there are samples of both kinds
 * @source Mann and Whitney 1947; scikit-learn, metrics.roc_auc_score
 */
export function rocAuc(scores: ArrayLike<number>, isPositive: ArrayLike<number | boolean>): number {
  const order = Array.from({ length: scores.length }, (_, index) => index).sort(
    (left, right) => (scores[left] ?? 0) - (scores[right] ?? 0),
  );
  let numPositives = 0;
  let positiveRanks = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && scores[order[end] ?? 0] === scores[order[start] ?? 0]) end += 1;
    end = Math.max(end, start + 1); // a NaN equals nothing
    const rank = (start + 1 + end) / 2; // the mean of the places that tie, from 1
    for (let place = start; place < end; place += 1) {
      if (!isPositive[order[place] ?? 0]) continue;
      numPositives += 1;
      positiveRanks += rank;
    }
    start = end;
  }
  const numNegatives = order.length - numPositives;
  if (numPositives === 0 || numNegatives === 0) return Number.NaN;
  return (positiveRanks - (numPositives * (numPositives + 1)) / 2) / (numPositives * numNegatives);
}

/**
 * The mean over classes of the exact area, each class against the rest; for two columns that of the second.
 * @param scores row-major [samples, numClasses]; one column: that of the positive class
 * @returns NaN where a class has no sample, or all of them
 */
export function macroRocAuc(scores: ArrayLike<number>, truth: ArrayLike<number>, numClasses: number): number {
  const column = (index: number): number[] =>
    Array.from({ length: truth.length }, (_, sample) => scores[sample * numClasses + index] ?? 0);
  const against = (index: number): boolean[] =>
    Array.from({ length: truth.length }, (_, sample) => truth[sample] === index);
  if (numClasses === 1) return rocAuc(scores, against(1));
  if (numClasses === 2) return rocAuc(column(1), against(1));
  return sum(Array.from({ length: numClasses }, (_, index) => rocAuc(column(index), against(index)))) / numClasses;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
