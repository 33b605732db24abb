import { type Shape } from "../../engine/base/shape.js";
import { type AttendOptions } from "./attend.js";
import { type Constraint, type ConstraintName } from "./constraints.js";
import { type Initializer, type InitializerName } from "./initializers.js";
import { type Layer } from "./layer.js";
import { type Regularizer, type RegularizerName } from "./regularizers.js";
export interface HeadOptions extends AttendOptions {
  readonly useBias?: boolean;
  readonly useGate?: boolean;
  readonly slidingWindow?: number | null | undefined;
  readonly kernelInitializer?: InitializerName | Initializer;
  readonly biasInitializer?: InitializerName | Initializer;
  readonly kernelRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly biasRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly kernelConstraint?: ConstraintName | Constraint | null | undefined;
  readonly biasConstraint?: ConstraintName | Constraint | null | undefined;
}
export interface HeadParts {
  readonly kind: string;
  readonly className: string;
  readonly options: HeadOptions;
  readonly own: Readonly<Record<string, number | readonly number[] | undefined>>;
  readonly numHeads: number;
  readonly regularizesParts?: boolean;
  readonly numKeyHeads: number;
  readonly keyDim: number;
  readonly valueDim: number;
  readonly outputShape?: Shape | undefined;
  readonly attentionAxes?: readonly number[] | undefined;
}
export declare function headAttention(parts: HeadParts): Layer;
