// Scores as people read them: a line of numbers, a table of classes, the confusion matrix.

import { fill } from "#app/tasks/report/texts.ts";
import type { Scores } from "#app/tasks/scores.ts";
import { table } from "./output.ts";
import { describeMetrics } from "./progress.ts";
import type { CliTexts } from "./texts.ts";

/** A matrix with more columns does not fit a terminal. */
const maxConfusionClasses = 12;

/** Scores in words and tables. */
export function describeScores(texts: CliTexts, scores: Scores): string {
  const { loss, accuracy, precision, recall, f1, auc, perClass, numSamples } = scores;
  const numbers = describeMetrics(texts, { loss, accuracy, precision, recall, f1, auc });
  const classes = table([
    [texts.class, texts.precision, texts.recall, texts.f1, texts.auc, texts.pictures],
    ...perClass.map((one) => [
      one.name,
      one.precision.toFixed(4),
      one.recall.toFixed(4),
      one.f1.toFixed(4),
      one.auc === null ? "-" : one.auc.toFixed(4),
      String(one.support),
    ]),
  ]);
  return [
    `${numbers}  ${fill(texts.numPictures, { count: numSamples })}`,
    classes,
    ...confusionTable(texts, scores),
  ].join("\n\n");
}

function confusionTable(texts: CliTexts, { confusion, perClass }: Scores): string[] {
  if (perClass.length > maxConfusionClasses) return [];
  const names = perClass.map(({ name }) => name);
  const rows = confusion.map((row, label) => [names[label] ?? "", ...row.map(String)]);
  return [table([[texts.confusion, ...names], ...rows])];
}
