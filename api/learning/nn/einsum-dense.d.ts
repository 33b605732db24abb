import { type KernelOptions } from "./kernel-weights.js";
import { type Layer } from "./layer.js";
export interface EinsumDenseOptions extends Omit<KernelOptions, "useBias"> {
  readonly equation: string;
  readonly outputShape: number | readonly (number | null)[];
  readonly biasAxes?: string | null | undefined;
}
export declare function einsumDense(options: EinsumDenseOptions): Layer;
