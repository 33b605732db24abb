// A classifier's answers to labelled pictures, and the choice of those worth showing. Draws nothing.

import type { SampleDataset } from "#learning/data/sample-dataset.ts";
import type { Dataset } from "#learning/data/dataset.ts";
import type { Model } from "#learning/train/model.ts";
import { mostProbable } from "../scores.ts";

/** One picture and what the classifier made of it. */
export interface Answer {
  /** Position in the data set. */
  readonly index: number;
  readonly file: string;
  /** The true class. */
  readonly label: number;
  /** The class given. */
  readonly given: number;
  /** One a class; they add up to 1. */
  readonly probabilities: readonly number[];
}

/** Two classes that are taken for each other, the first the true one. */
export interface ConfusedPair {
  readonly label: number;
  readonly given: number;
  readonly count: number;
  /** The surest mistakes of this kind first. */
  readonly answers: readonly Answer[];
}

/** Answers for every picture that could be read, in file order. */
export async function answersOf(model: Model, dataset: SampleDataset, signal?: AbortSignal): Promise<Answer[]> {
  const rows = await probabilitiesOf(model, dataset, signal);
  const broken = new Set(dataset.broken.map(({ file }) => file));
  const answers: Answer[] = [];
  (dataset.files ?? []).forEach((file, index) => {
    if (broken.has(file)) return;
    const probabilities = rows[answers.length] ?? [];
    const label = dataset.labels?.[index] ?? 0;
    answers.push({ index, file, label, given: mostProbable(probabilities), probabilities });
  });
  return answers;
}

/** One row a sample, one column a class; one sigmoid becomes two columns. */
export async function probabilitiesOf(model: Model, dataset: Dataset, signal?: AbortSignal): Promise<number[][]> {
  const output = await model.predict(dataset, { verbose: 0, ...(signal === undefined ? {} : { signal }) });
  const values = Array.from(await output.data());
  const [numRows = 0, numColumns = 1] = output.shape;
  output.dispose();
  return Array.from({ length: numRows }, (_, row) => {
    const columns = values.slice(row * numColumns, (row + 1) * numColumns);
    const [positive = 0] = columns;
    return numColumns === 1 ? [1 - positive, positive] : columns;
  });
}

/** The probability of the answer given. */
export function confidenceOf({ probabilities, given }: Answer): number {
  return probabilities[given] ?? 0;
}

/** The wrong answers that gave the true class the least probability. */
export function worstMistakes(answers: readonly Answer[], count: number): Answer[] {
  const truth = ({ probabilities, label }: Answer): number => probabilities[label] ?? 0;
  return answers
    .filter(({ label, given }) => label !== given)
    .toSorted((a, b) => truth(a) - truth(b))
    .slice(0, count);
}

/** The surest right answers, one of each class in turn. */
export function bestHits(answers: readonly Answer[], count: number): Answer[] {
  const right = answers
    .filter(({ label, given }) => label === given)
    .toSorted((a, b) => confidenceOf(b) - confidenceOf(a));
  const numBefore = new Map<number, number>();
  const ranked = right.map((answer) => {
    const rank = numBefore.get(answer.label) ?? 0;
    numBefore.set(answer.label, rank + 1);
    return { answer, rank };
  });
  return ranked
    .toSorted((a, b) => a.rank - b.rank || a.answer.label - b.answer.label)
    .slice(0, count)
    .map(({ answer }) => answer);
}

/** The pairs of classes confused most often. @param numAnswers answers kept of each */
export function confusedPairs(answers: readonly Answer[], count: number, numAnswers: number): ConfusedPair[] {
  const pairs = new Map<string, Answer[]>();
  for (const answer of answers) {
    if (answer.label === answer.given) continue;
    const name = `${answer.label} ${answer.given}`;
    pairs.set(name, [...(pairs.get(name) ?? []), answer]);
  }
  return [...pairs.values()]
    .toSorted((a, b) => b.length - a.length)
    .slice(0, count)
    .map((members) => ({
      label: members[0]?.label ?? 0,
      given: members[0]?.given ?? 0,
      count: members.length,
      answers: members.toSorted((a, b) => confidenceOf(b) - confidenceOf(a)).slice(0, numAnswers),
    }));
}
