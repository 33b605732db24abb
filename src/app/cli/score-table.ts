// Scores as people read them: a line of numbers, a table of classes, the confusion matrix.

import type { Scores } from "#app/tasks/scores.ts";
import { table } from "./output.ts";
import { describeMetrics } from "./progress.ts";

/** A matrix with more columns does not fit a terminal. */
const maxConfusionClasses = 12;

/** Scores in words and tables. */
export function describeScores(scores: Scores): string {
  const { loss, accuracy, precision, recall, f1, auc, perClass, numSamples } = scores;
  const numbers = describeMetrics({ loss, accuracy, precision, recall, f1, auc });
  const classes = table([
    ["class", "precision", "recall", "f1", "auc", "pictures"],
    ...perClass.map((one) => [
      one.name,
      one.precision.toFixed(4),
      one.recall.toFixed(4),
      one.f1.toFixed(4),
      one.auc === null ? "-" : one.auc.toFixed(4),
      String(one.support),
    ]),
  ]);
  return [`${numbers}  (${numSamples} pictures)`, classes, ...confusionTable(scores)].join("\n\n");
}

function confusionTable({ confusion, perClass }: Scores): string[] {
  if (perClass.length > maxConfusionClasses) return [];
  const names = perClass.map(({ name }) => name);
  const rows = confusion.map((row, label) => [names[label] ?? "", ...row.map(String)]);
  return [table([["true \\ taken for", ...names], ...rows])];
}
