import type { DeviceQueue } from "../runtime/queue.js";
import { Tensor } from "./tensor.js";
export interface JitOptions {
  readonly donate?: readonly number[];
  readonly constant?: readonly number[];
  readonly device?: DeviceQueue;
}
type TreeFunction<Args extends readonly unknown[], Result> = (...args: Args) => Result;
export declare function jit<Args extends readonly unknown[] = Tensor[], Result = unknown>(
  body: TreeFunction<Args, Result>,
  options?: JitOptions,
): TreeFunction<Args, Result> & {
  explain(...args: Args): Promise<string>;
};
export interface GradOptions<Argument extends number = number> {
  readonly argument?: Argument;
  readonly hasAux?: boolean;
}
interface Differentiated<Gradient, Aux> {
  value: Tensor;
  gradient: Gradient;
  aux: Aux;
}
export declare function valueAndGrad<Args extends readonly unknown[] = Tensor[], Argument extends number = 0>(
  body: TreeFunction<Args, Tensor>,
  options?: GradOptions<Argument>,
): (...args: Args) => Differentiated<Args[Argument], undefined>;
export declare function valueAndGrad<
  Args extends readonly unknown[] = Tensor[],
  Aux = undefined,
  Argument extends number = 0,
>(
  body: TreeFunction<
    Args,
    {
      value: Tensor;
      aux: Aux;
    }
  >,
  options?: GradOptions<Argument>,
): (...args: Args) => Differentiated<Args[Argument], Aux>;
export declare function grad<Args extends readonly unknown[] = Tensor[], Argument extends number = 0>(
  body: TreeFunction<Args, Tensor>,
  options?: GradOptions<Argument>,
): (...args: Args) => Args[Argument];
export declare function customGradient(
  body: (...inputs: Tensor[]) => Tensor,
  vjp: (inputs: readonly Tensor[], cotangent: Tensor, output: Tensor) => readonly Tensor[],
): (...inputs: Tensor[]) => Tensor;
export {};
