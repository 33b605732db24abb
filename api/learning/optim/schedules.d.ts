import {
  constant,
  cosineDecay,
  cosineDecayRestarts,
  exponentialDecay,
  inverseTimeDecay,
  oneCycle,
  piecewiseConstantDecay,
  polynomialDecay,
  type LinearWarmupOptions,
  type Schedule,
  type ScheduleOptions,
} from "./schedule-options.js";
export declare const scheduleNames: readonly [
  "constant",
  "exponentialDecay",
  "inverseTimeDecay",
  "cosineDecay",
  "cosineDecayRestarts",
  "polynomialDecay",
  "piecewiseConstantDecay",
  "linearWarmup",
  "oneCycle",
];
export type ScheduleName = (typeof scheduleNames)[number] & keyof ScheduleOptions;
export declare function linearWarmup(options: LinearWarmupOptions): Schedule;
export declare const schedules: {
  readonly constant: typeof constant;
  readonly exponentialDecay: typeof exponentialDecay;
  readonly inverseTimeDecay: typeof inverseTimeDecay;
  readonly cosineDecay: typeof cosineDecay;
  readonly cosineDecayRestarts: typeof cosineDecayRestarts;
  readonly polynomialDecay: typeof polynomialDecay;
  readonly piecewiseConstantDecay: typeof piecewiseConstantDecay;
  readonly linearWarmup: typeof linearWarmup;
  readonly oneCycle: typeof oneCycle;
};
export declare function checkSchedule(value: Schedule): Schedule;
export declare function learningRateAt(rate: number | Schedule, step: number): number;
