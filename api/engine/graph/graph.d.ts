import type { DType } from "../base/dtype.js";
import { type Shape } from "../base/shape.js";
import type { Primitive } from "./primitive.js";
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}
export type AttributeValue =
  | number
  | string
  | boolean
  | undefined
  | Graph
  | readonly AttributeValue[]
  | {
      readonly [key: string]: AttributeValue;
    };
export type Attributes = {
  readonly [key: string]: AttributeValue;
};
export interface Node {
  readonly id: number;
  readonly primitive: Primitive;
  readonly inputs: readonly Node[];
  readonly attributes: Attributes;
  readonly type: TensorType;
}
export interface Graph {
  readonly parameters: readonly Node[];
  readonly outputs: readonly Node[];
  readonly donations: readonly number[];
}
export declare function isGraph(value: AttributeValue): value is Graph;
export declare function apply(primitive: Primitive, inputs: readonly Node[], attributes?: Attributes): Node;
export declare function typeText(type: TensorType): string;
export declare function sortNodes(outputs: readonly Node[], isLeaf?: (node: Node) => boolean): Node[];
