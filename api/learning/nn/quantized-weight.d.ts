import type { Shape } from "../../engine/base/shape.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
export type QuantizedKind = "q8_0" | "q4_0";
export declare const blockLength = 32;
export interface QuantizedParts {
  readonly bytes: Tensor;
  readonly scales: Tensor;
}
export declare function quantizedKind(where: string, kind: unknown): QuantizedKind;
export declare function partShapes(
  kind: QuantizedKind,
  shape: Shape,
  axis: number,
):
  | {
      readonly bytes: Shape;
      readonly scales: Shape;
    }
  | undefined;
export declare function dequantized(
  kind: QuantizedKind,
  { bytes, scales }: QuantizedParts,
  shape: Shape,
  axis: number,
): Tensor;
export declare function quantized(kind: QuantizedKind, weight: Tensor, axis: number): QuantizedParts;
