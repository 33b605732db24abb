import type { Model } from "../train/model.js";
declare const widths: {
  readonly tiny: 4;
  readonly small: 8;
  readonly medium: 16;
  readonly large: 24;
  readonly full: 32;
};
export interface CrepeOptions {
  readonly capacity?: keyof typeof widths;
  readonly name?: string;
  readonly seed?: number;
}
export declare function crepe(options?: CrepeOptions): Model;
export interface PitchOptions {
  readonly sampleRate?: number;
  readonly hop?: number;
  readonly batchSize?: number;
}
export interface Pitch {
  readonly time: Float64Array;
  readonly frequency: Float64Array;
  readonly confidence: Float64Array;
}
export declare function pitch(net: Model, audio: ArrayLike<number>, options?: PitchOptions): Promise<Pitch>;
export {};
