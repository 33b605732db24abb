import type { Shape } from "../../engine/base/shape.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import { type Activation } from "./activations.js";
import { type Constraint, type ConstraintName } from "./constraints.js";
import { type Initializer, type InitializerName } from "./initializers.js";
import {
  type CallContext,
  type Layer,
  type LayerOptions,
  type LayerParts,
  type SampleType,
  type Weights,
  type WeightSpec,
} from "./layer.js";
import { type Regularizer, type RegularizerName } from "./regularizers.js";
export interface CellResult {
  readonly output: Tensor;
  readonly states: readonly Tensor[];
}
export interface PreparedCell {
  project(x: Tensor): Tensor;
  step(x: Tensor, states: readonly Tensor[]): CellResult;
}
export interface Cell {
  weights(input: SampleType): readonly WeightSpec[];
  states(input: SampleType, label: string): readonly Shape[];
  output?(input: SampleType, label: string): Shape;
  prepare(weights: Weights, input: SampleType, batch: number, context: CallContext): PreparedCell;
}
export interface CellLayer extends Layer {
  readonly cell: Cell;
}
export declare function outputShape(cell: Cell, input: SampleType, label: string): Shape;
export declare function cellLayer(cell: Cell, parts: Omit<LayerParts, "weights" | "outputTypes" | "call">): CellLayer;
export interface CellOptions extends LayerOptions {
  readonly activation?: Activation | null;
  readonly useBias?: boolean;
  readonly kernelInitializer?: InitializerName | Initializer;
  readonly recurrentInitializer?: InitializerName | Initializer;
  readonly biasInitializer?: InitializerName | Initializer;
  readonly kernelRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly recurrentRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly biasRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly kernelConstraint?: ConstraintName | Constraint | null | undefined;
  readonly recurrentConstraint?: ConstraintName | Constraint | null | undefined;
  readonly biasConstraint?: ConstraintName | Constraint | null | undefined;
  readonly dropout?: number;
  readonly recurrentDropout?: number;
  readonly seed?: number | undefined;
}
export interface GateOptions {
  readonly recurrentActivation?: Activation | null;
}
export declare const cellOptions: readonly string[];
export type CellConfig = {
  readonly activation: Activation;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly recurrentInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | undefined;
  readonly recurrentRegularizer: Regularizer | undefined;
  readonly biasRegularizer: Regularizer | undefined;
  readonly kernelConstraint: Constraint | undefined;
  readonly recurrentConstraint: Constraint | undefined;
  readonly biasConstraint: Constraint | undefined;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly seed: number | undefined;
};
export declare function checkCellOptions(where: string, options: CellOptions): CellConfig;
export declare function gateActivation(where: string, { recurrentActivation }: GateOptions): Activation;
export interface CellShapes {
  readonly kernel: Shape;
  readonly recurrentKernel: Shape;
  readonly bias: Shape;
}
export declare function cellSpecs(config: CellConfig, shapes: CellShapes): WeightSpec[];
export declare class CellNoise {
  #private;
  constructor(config: CellConfig, context: CallContext);
  dropInputs(x: Tensor): Tensor;
  ofState(numGates: number, shape: Shape): readonly Tensor[] | undefined;
}
export declare function gatesOf(x: Tensor, numGates: number): Tensor[];
