import type { Attributes, Node, TensorType } from "./graph.js";
import { type Expression, type ScalarType } from "./expression.js";
import type { Loop } from "./loop.js";
export type Combiner = "sum" | "max" | "min" | "product" | "argmax";
export type Form =
  | {
      readonly kind: "parameter";
    }
  | {
      readonly kind: "map";
      readonly value: Expression;
    }
  | {
      readonly kind: "reduce";
      readonly combiner: Combiner;
      readonly extents: readonly number[];
      readonly value: Expression;
    }
  | {
      readonly kind: "contract";
      readonly extents: readonly number[];
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: "scatter";
      readonly extents: readonly number[];
      readonly at: readonly Expression[];
      readonly value: Expression;
    }
  | ({
      readonly kind: "loop";
    } & Loop);
export interface Operand {
  readonly type: TensorType;
  readonly rank: number;
  readonly scalarType: ScalarType;
  at(...place: Expression[]): Expression;
}
export interface Sample {
  readonly kind: "normal" | "positive" | "below" | "bits" | "distinct" | "unit";
  readonly type: TensorType;
  readonly bound?: number;
}
export interface Case {
  readonly inputs: readonly Sample[];
  readonly attributes?: Attributes;
}
export type Each<I extends readonly TensorType[], T> = {
  readonly [K in keyof I]: T;
};
export interface BatchedInput {
  readonly node: Node;
  readonly isBatched: boolean;
}
export interface Batching {
  readonly size: number;
  readonly spread: (input: BatchedInput) => Node;
  readonly again: (outputs: readonly Node[], replaced: ReadonlyMap<Node, Node>) => readonly Node[];
}
export interface Primitive<I extends readonly TensorType[] = readonly TensorType[], A extends Attributes = Attributes> {
  readonly name: string;
  readonly trait:
    | "parameter"
    | "elementwise"
    | "movement"
    | "reduction"
    | "contraction"
    | "gather"
    | "scatter"
    | "random"
    | "loop";
  readonly isMonotone?: boolean;
  type(inputs: I, attributes: A): TensorType;
  lower(operands: Each<I, Operand>, attributes: A, type: TensorType): Form;
  vjp(inputs: Each<I, Node>, cotangent: Node, attributes: A, output: Node): Each<I, Node | typeof noGradient>;
  batch(inputs: Each<I, BatchedInput>, attributes: A, batching: Batching): Node;
  simplify?(inputs: Each<I, Node>, attributes: A, type: TensorType): Node | undefined;
  readonly cases: readonly Case[];
  readonly rejects: readonly (Case & {
    readonly code: "shape" | "dtype" | "option";
  })[];
}
export declare const noGradient = "noGradient";
export declare function neverBatched(): never;
export declare function definePrimitive<I extends readonly TensorType[], A extends Attributes = Attributes>(
  primitive: Primitive<I, A>,
): Primitive;
export declare function operandsOf(types: readonly TensorType[]): Operand[];
export declare function outputAxes(rank: number): Expression[];
export declare function lowerNode(node: Node): Form;
