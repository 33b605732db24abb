import { type Logits, type SampleOptions } from "./sampling.js";
export type NextLogits = (sequences: readonly Int32Array[]) => readonly Logits[] | Promise<readonly Logits[]>;
export interface GenerateOptions extends SampleOptions {
  readonly maxNewTokens: number;
  readonly endId?: number | readonly number[];
  readonly signal?: AbortSignal;
}
export declare function generateTokens(
  step: NextLogits,
  start: ArrayLike<number>,
  options: GenerateOptions,
): AsyncGenerator<number, void, undefined>;
export interface BeamSearchOptions {
  readonly numBeams: number;
  readonly maxNewTokens: number;
  readonly endId?: number;
  readonly lengthPenalty?: number;
  readonly earlyStopping?: boolean;
  readonly signal?: AbortSignal;
}
export interface BeamResult {
  readonly ids: Int32Array;
  readonly score: number;
}
export declare function beamSearch(
  step: NextLogits,
  start: ArrayLike<number>,
  options: BeamSearchOptions,
): Promise<BeamResult[]>;
