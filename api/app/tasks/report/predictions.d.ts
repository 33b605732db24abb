import type { SampleDataset } from "../../../learning/data/sample-dataset.js";
import type { Dataset } from "../../../learning/data/dataset.js";
import type { Model } from "../../../learning/train/model.js";
export interface Answer {
  readonly index: number;
  readonly file: string;
  readonly label: number;
  readonly given: number;
  readonly probabilities: readonly number[];
}
export interface ConfusedPair {
  readonly label: number;
  readonly given: number;
  readonly count: number;
  readonly answers: readonly Answer[];
}
export declare function answersOf(model: Model, dataset: SampleDataset, signal?: AbortSignal): Promise<Answer[]>;
export declare function probabilitiesOf(model: Model, dataset: Dataset, signal?: AbortSignal): Promise<number[][]>;
export declare function confidenceOf({ probabilities, given }: Answer): number;
export declare function worstMistakes(answers: readonly Answer[], count: number): Answer[];
export declare function bestHits(answers: readonly Answer[], count: number): Answer[];
export declare function confusedPairs(answers: readonly Answer[], count: number, numAnswers: number): ConfusedPair[];
