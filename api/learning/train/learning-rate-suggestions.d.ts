interface CurvePoint {
  readonly learningRate: number;
  readonly smoothedLoss: number;
}
export interface RateSuggestions {
  readonly valley: number | undefined;
  readonly steep: number | undefined;
  readonly minimum: number | undefined;
}
export declare function suggestRates(points: readonly CurvePoint[], steps: number): RateSuggestions;
export {};
