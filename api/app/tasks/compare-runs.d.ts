import type { BrokenSample } from "../../learning/data/dataset.js";
import { type McNemar } from "./mcnemar.js";
import { type JsonValue } from "./run-folder.js";
export interface Difference {
  readonly name: string;
  readonly values: readonly (JsonValue | undefined)[];
}
export interface ScoreRow {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
  readonly differences: readonly (number | undefined)[];
}
export interface PairTest extends McNemar {
  readonly first: string;
  readonly second: string;
}
export interface SamePictures {
  readonly folder: string;
  readonly numSamples: number;
  readonly broken: readonly BrokenSample[];
  readonly accuracies: readonly number[];
  readonly tests: readonly PairTest[];
}
export interface RunComparison {
  readonly runs: readonly string[];
  readonly differences: readonly Difference[];
  readonly parts: readonly (string | undefined)[];
  readonly scores: readonly ScoreRow[];
  readonly on: SamePictures | undefined;
}
export interface CompareOptions {
  readonly on?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}
export declare function compareRuns(runs: readonly string[], options?: CompareOptions): Promise<RunComparison>;
