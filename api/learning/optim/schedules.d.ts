export interface ExponentialDecayOptions {
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  readonly decayRate: number;
  readonly staircase?: boolean;
}
export interface CosineDecayOptions {
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  readonly alpha?: number;
  readonly warmupTarget?: number | null;
  readonly warmupSteps?: number;
}
export type Schedule =
  | {
      readonly kind: "constant";
      readonly learningRate: number;
    }
  | ({
      readonly kind: "exponentialDecay";
    } & Readonly<Required<ExponentialDecayOptions>>)
  | ({
      readonly kind: "cosineDecay";
    } & Readonly<Required<CosineDecayOptions>>);
export declare const schedules: {
  constant(options: { readonly learningRate: number }): Schedule;
  exponentialDecay(options: ExponentialDecayOptions): Schedule;
  cosineDecay(options: CosineDecayOptions): Schedule;
};
export declare function checkSchedule(value: Schedule): Schedule;
export declare function learningRateAt(rate: number | Schedule, step: number): number;
