import type { DeviceQueue } from "../runtime/queue.js";
import { Tensor } from "./tensor.js";
export interface JitOptions {
  readonly donate?: readonly number[];
  readonly device?: DeviceQueue;
}
type TreeFunction<Args extends readonly unknown[], Result> = (...args: Args) => Result;
export declare function jit<Args extends readonly unknown[] = Tensor[], Result = unknown>(
  body: TreeFunction<Args, Result>,
  options?: JitOptions,
): TreeFunction<Args, Result> & {
  explain(...args: Args): Promise<string>;
};
export interface GradOptions {
  readonly argument?: number;
  readonly hasAux?: boolean;
}
export declare function valueAndGrad<Args extends readonly unknown[] = Tensor[], Aux = undefined>(
  body: TreeFunction<
    Args,
    | Tensor
    | {
        value: Tensor;
        aux: Aux;
      }
  >,
  options?: GradOptions,
): (...args: Args) => {
  value: Tensor;
  gradient: Args[0];
  aux: Aux;
};
export declare function grad<Args extends readonly unknown[] = Tensor[]>(
  body: TreeFunction<Args, Tensor>,
  options?: GradOptions,
): (...args: Args) => Args[0];
export declare function customGradient(
  body: (...inputs: Tensor[]) => Tensor,
  vjp: (inputs: readonly Tensor[], cotangent: Tensor, output: Tensor) => readonly Tensor[],
): (...inputs: Tensor[]) => Tensor;
export {};
