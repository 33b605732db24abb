// Scores of a classifier as the command line and the run folder give them: exact, over the probabilities of all samples.

import { classificationReport, macroRocAuc, rocAuc, type ClassReport } from "#learning/train/evaluation.ts";

/** Scores of one class against all others. */
export interface ClassScores extends ClassReport {
  readonly name: string;
  /** Null unless there are samples both of this class and of others. */
  readonly auc: number | null;
}

/** Scores of a classifier. With two classes the second is the positive one; with more, means over the classes (macro). */
export interface Scores {
  readonly numSamples: number;
  /** Mean cross-entropy in nats; probabilities are clipped at 1e-7, as in Keras. */
  readonly loss: number;
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Null unless every class has samples. */
  readonly auc: number | null;
  /** `confusion[i][j]`: samples of class i that were taken for class j. */
  readonly confusion: readonly (readonly number[])[];
  readonly perClass: readonly ClassScores[];
}

/** The smallest probability that enters the loss. */
const epsilon = 1e-7;

/**
 * The scores of predictions.
 * @param probabilities one row a sample, one column a class
 * @param labels the class of each sample
 * @param threshold of two classes: the least probability of the second that counts as it
 * @source scikit-learn's precision_recall_fscore_support (zero_division 0) and roc_auc_score (macro, one against the rest)
 */
export function scoresOf(
  probabilities: readonly ArrayLike<number>[],
  labels: readonly number[],
  classNames: readonly string[],
  threshold?: number,
): Scores {
  const numClasses = classNames.length;
  const report = classificationReport(
    labels,
    probabilities.map((row) => answerOf(row, threshold)),
    numClasses,
  );
  const perClass = classNames.map((name, label): ClassScores => {
    const { precision = 0, recall = 0, f1 = 0, support = 0 } = report.perClass[label] ?? {};
    const column = probabilities.map((row) => row[label] ?? 0);
    const auc = finiteOrNull(
      rocAuc(
        column,
        labels.map((truth) => truth === label),
      ),
    );
    return { name, precision, recall, f1, auc, support };
  });
  const positive = numClasses === 2 ? perClass[1] : undefined;
  const { precision, recall, f1 } = positive ?? report;
  const flat = probabilities.flatMap((row) => Array.from(row));
  return {
    numSamples: labels.length,
    loss: meanCrossEntropy(probabilities, labels),
    accuracy: report.accuracy,
    precision,
    recall,
    f1,
    auc: finiteOrNull(macroRocAuc(flat, labels, numClasses)),
    confusion: report.confusion,
    perClass,
  };
}

/** The class that a row of probabilities stands for. */
export function answerOf(probabilities: ArrayLike<number>, threshold: number | undefined): number {
  if (threshold === undefined || probabilities.length !== 2) return mostProbable(probabilities);
  return Number((probabilities[1] ?? 0) >= threshold);
}

/** The number of the largest; the first of equals. */
export function mostProbable(probabilities: ArrayLike<number>): number {
  let best = 0;
  for (let label = 1; label < probabilities.length; label += 1) {
    if ((probabilities[label] ?? 0) > (probabilities[best] ?? 0)) best = label;
  }
  return best;
}

function meanCrossEntropy(probabilities: readonly ArrayLike<number>[], labels: readonly number[]): number {
  let total = 0;
  probabilities.forEach((row, index) => {
    const right = row[labels[index] ?? 0] ?? 0;
    total -= Math.log(Math.min(1 - epsilon, Math.max(epsilon, right)));
  });
  return probabilities.length === 0 ? 0 : total / probabilities.length;
}

/** JSON has no NaN. */
function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
