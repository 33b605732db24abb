import { type Box, type Factor } from "./box.js";
export interface MixUpOptions {
  readonly alpha?: number;
}
export interface CutMixOptions {
  readonly factor?: Factor;
}
export interface Mixing {
  readonly partner: number;
  readonly labelShare: number;
  readonly box: Box;
  readonly pixelShare: number;
}
interface MixPlace {
  readonly seed: number;
  readonly epoch: number;
  readonly indices: readonly number[];
}
export interface MixOptions {
  readonly mixup?: MixUpOptions;
  readonly cutmix?: CutMixOptions;
}
export declare function drawMixing(options: MixOptions, place: MixPlace, height: number, width: number): Mixing[];
type Uniforms = [number, number, number, number];
export declare function drawBeta(alpha: number, draw: (block: number) => Uniforms): number;
export {};
