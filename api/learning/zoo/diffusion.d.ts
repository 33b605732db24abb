import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Model } from "../train/model.js";
export type NoiseScheduleName = "linear" | "cosine";
export interface NoiseSchedule {
  readonly betas: Float64Array;
  readonly alphaBars: Float64Array;
}
export declare function noiseSchedule(name?: NoiseScheduleName, steps?: number): NoiseSchedule;
export interface DiffusionOptions {
  readonly network: Model;
  readonly schedule?: NoiseScheduleName;
  readonly steps?: number;
  readonly optimizer?: Optimizer;
  readonly seed?: number;
}
export interface SampleOptions {
  readonly count: number;
  readonly method?: "ancestral" | "ddim";
  readonly steps?: number;
  readonly largest?: number;
  readonly seed?: number;
}
export declare function diffusion(options: DiffusionOptions): Diffusion;
export declare class Diffusion {
  #private;
  readonly schedule: NoiseSchedule;
  constructor(options: DiffusionOptions);
  step(x: Tensor): Tensor;
  finish(): void;
  sample(options: SampleOptions): Promise<Tensor>;
}
interface Denoising {
  readonly x: Tensor;
  readonly predicted: Tensor;
  readonly from: Tensor;
  readonly to: Tensor;
  readonly noise: Tensor | undefined;
  readonly largest: number;
}
export declare function denoised({ x, predicted, from, to, noise, largest }: Denoising): Tensor;
export {};
