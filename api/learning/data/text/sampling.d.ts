export type Logits = ArrayLike<number>;
export declare function greedy(logits: Logits): number;
export declare function temperature(logits: Logits, value: number): Float32Array<ArrayBuffer>;
export declare function topK(logits: Logits, k: number): Float32Array<ArrayBuffer>;
export declare function topP(logits: Logits, p: number): Float32Array<ArrayBuffer>;
export declare function minP(logits: Logits, p: number): Float32Array<ArrayBuffer>;
export declare function repetitionPenalty(
  logits: Logits,
  ids: ArrayLike<number>,
  penalty: number,
): Float32Array<ArrayBuffer>;
export declare function draw(logits: Logits, uniform: number): number;
export interface SampleOptions {
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly repetitionPenalty?: number;
  readonly seed?: number;
}
export declare const sampleOptionNames: readonly (keyof SampleOptions)[];
export declare function checkSampleOptions(options: SampleOptions): void;
export declare function choose(logits: Logits, ids: ArrayLike<number>, options?: SampleOptions): number;
export declare function softmax(logits: Logits): Float64Array<ArrayBuffer>;
