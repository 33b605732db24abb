export interface Word2VecConfig {
  readonly vectorSize: number;
  readonly window: number;
  readonly minCount: number;
  readonly negative: number;
  readonly nsExponent: number;
  readonly epochs: number;
  readonly sample: number;
  readonly mode: "cbow" | "skipGram";
  readonly alpha: number;
  readonly minAlpha: number;
  readonly seed: number;
}
export declare function checkConfig(given: Partial<Word2VecConfig>): Word2VecConfig;
