import { type Shape } from "../../../engine/base/shape.js";
import type { Tensor } from "../../../engine/tensor/tensor.js";
import type { ElementType, HostValues } from "./graph.js";
export interface TensorValue {
  readonly kind: "tensor";
  readonly type: ElementType;
  readonly shape: Shape;
  readonly host: HostValues | undefined;
  readonly device: () => Tensor;
  readonly channelsLast: Tensor | undefined;
  readonly stored: (() => HostValues) | undefined;
}
export interface SequenceValue {
  readonly kind: "sequence";
  readonly items: readonly TensorValue[];
}
export type Value =
  | TensorValue
  | SequenceValue
  | {
      readonly kind: "absent";
    };
export type HostNumbers = Exclude<HostValues, readonly string[]>;
export declare function known(type: ElementType, shape: Shape, host: HostValues, name?: string): TensorValue;
export declare function knownNumbers(type: ElementType, shape: Shape, numbers: ArrayLike<number>): TensorValue;
export declare function computed(type: ElementType, x: Tensor): TensorValue;
export declare function computedChannelsLast(type: ElementType, x: Tensor): TensorValue;
export declare function toChannelsLast(x: TensorValue): Tensor;
export declare function storedWeight(
  type: ElementType,
  shape: Shape,
  read: () => HostValues,
  name: string,
): TensorValue;
export declare function weight(type: ElementType, x: Tensor, read: () => HostValues): TensorValue;
export declare function stored(type: ElementType, numbers: ArrayLike<number>): HostNumbers;
export declare function isNumbers(values: HostValues): values is HostNumbers;
export declare function numbersOf(x: TensorValue): HostNumbers;
export declare function textsOf(x: TensorValue): readonly string[];
export declare function isFolded(values: readonly TensorValue[], result?: Shape): boolean;
