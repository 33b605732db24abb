import { type Activation } from "./activations.js";
import { type Constraint, type ConstraintName } from "./constraints.js";
import { type Extents, type Extents1d, type Extents2d, type KernelMoveOptions } from "./conv.js";
import { type Initializer, type InitializerName } from "./initializers.js";
import { type Layer } from "./layer.js";
import { type Regularizer, type RegularizerName } from "./regularizers.js";
export interface DepthwiseConvOptions<Each extends Extents> extends KernelMoveOptions<Each> {
  readonly depthMultiplier?: number;
  readonly activation?: Activation | null;
  readonly useBias?: boolean;
  readonly depthwiseInitializer?: InitializerName | Initializer;
  readonly biasInitializer?: InitializerName | Initializer;
  readonly depthwiseRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly biasRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly depthwiseConstraint?: ConstraintName | Constraint | null | undefined;
  readonly biasConstraint?: ConstraintName | Constraint | null | undefined;
}
export type DepthwiseConv1dOptions = DepthwiseConvOptions<Extents1d>;
export type DepthwiseConv2dOptions = DepthwiseConvOptions<Extents2d>;
export declare function depthwiseConv1d(options: DepthwiseConv1dOptions): Layer;
export declare function depthwiseConv2d(options: DepthwiseConv2dOptions): Layer;
export interface SeparableConvOptions<Each extends Extents> extends DepthwiseConvOptions<Each> {
  readonly filters: number;
  readonly pointwiseInitializer?: InitializerName | Initializer;
  readonly pointwiseRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly pointwiseConstraint?: ConstraintName | Constraint | null | undefined;
}
export type SeparableConv1dOptions = SeparableConvOptions<Extents1d>;
export type SeparableConv2dOptions = SeparableConvOptions<Extents2d>;
export declare function separableConv1d(options: SeparableConv1dOptions): Layer;
export declare function separableConv2d(options: SeparableConv2dOptions): Layer;
