import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
import { type ConvolutionOptions } from "./convolution.js";
export declare const convolvePrimitive: Primitive;
export declare const convolveInputGradientPrimitive: Primitive;
export declare const convolveFilterGradientPrimitive: Primitive;
export declare function convolve(x: Node, filter: Node, options?: Partial<ConvolutionOptions>): Node;
export declare function convolveInputGradient(
  filter: Node,
  cotangent: Node,
  options: Partial<ConvolutionOptions> & {
    readonly spatial: readonly number[];
  },
): Node;
export declare function convolveFilterGradient(
  x: Node,
  cotangent: Node,
  options: Partial<ConvolutionOptions> & {
    readonly kernel: readonly number[];
  },
): Node;
