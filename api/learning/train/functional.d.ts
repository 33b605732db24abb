import type { SymbolicTensor } from "../nn/layer.js";
import { Model, type SequentialOptions } from "./model.js";
export interface FunctionalOptions extends SequentialOptions {
  readonly inputs: SymbolicTensor | readonly SymbolicTensor[];
  readonly outputs: SymbolicTensor | readonly SymbolicTensor[];
}
export declare function model(options: FunctionalOptions): Model;
