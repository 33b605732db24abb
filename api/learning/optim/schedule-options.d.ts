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
export interface CosineDecayRestartsOptions {
  readonly initialLearningRate: number;
  readonly firstDecaySteps: number;
  readonly tMul?: number;
  readonly mMul?: number;
  readonly alpha?: number;
}
export interface PolynomialDecayOptions {
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  readonly endLearningRate?: number;
  readonly power?: number;
  readonly cycle?: boolean;
}
export interface PiecewiseConstantDecayOptions {
  readonly boundaries: readonly number[];
  readonly values: readonly number[];
}
export interface LinearWarmupOptions {
  readonly learningRate: number | Schedule;
  readonly warmupSteps: number;
  readonly initialLearningRate?: number;
}
export interface OneCycleOptions {
  readonly maxLearningRate: number;
  readonly totalSteps: number;
  readonly pctStart?: number;
  readonly annealStrategy?: "cos" | "linear";
  readonly divFactor?: number;
  readonly finalDivFactor?: number;
  readonly threePhase?: boolean;
}
export interface ScheduleOptions {
  readonly constant: {
    readonly learningRate: number;
  };
  readonly exponentialDecay: ExponentialDecayOptions;
  readonly inverseTimeDecay: ExponentialDecayOptions;
  readonly cosineDecay: CosineDecayOptions;
  readonly cosineDecayRestarts: CosineDecayRestartsOptions;
  readonly polynomialDecay: PolynomialDecayOptions;
  readonly piecewiseConstantDecay: PiecewiseConstantDecayOptions;
  readonly linearWarmup: LinearWarmupOptions;
  readonly oneCycle: OneCycleOptions;
}
export type Schedule = {
  readonly [Kind in keyof ScheduleOptions]: {
    readonly kind: Kind;
  } & Readonly<Required<ScheduleOptions[Kind]>>;
}[keyof ScheduleOptions];
export declare function constant(options: { readonly learningRate: number }): Schedule;
export declare function exponentialDecay(options: ExponentialDecayOptions): Schedule;
export declare function inverseTimeDecay(options: ExponentialDecayOptions): Schedule;
export declare function cosineDecay(options: CosineDecayOptions): Schedule;
export declare function cosineDecayRestarts(options: CosineDecayRestartsOptions): Schedule;
export declare function polynomialDecay(options: PolynomialDecayOptions): Schedule;
export declare function piecewiseConstantDecay(options: PiecewiseConstantDecayOptions): Schedule;
export declare function oneCycle(options: OneCycleOptions): Schedule;
export declare function rateOf(kind: string, option: string, value: number): number;
