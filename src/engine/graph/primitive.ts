// What a primitive is: one object with every duty. Passes and targets know forms and traits, never names.

import { BugError } from "#engine/base/error.ts";
import type { Attributes, Node, TensorType } from "#engine/graph/graph.ts";
import { axis, read, scalarTypeOf, type Expression, type ScalarType } from "#engine/graph/expression.ts";
import type { Loop } from "#engine/graph/loop.ts";

/** How a reduction combines; argmax gives the first position of the maximum. */
export type Combiner = "sum" | "max" | "min" | "product" | "argmax";

/** The meaning of a primitive: one of a closed set. Axes of the output come first, then those of `extents`. */
export type Form =
  | { readonly kind: "parameter" }
  | { readonly kind: "map"; readonly value: Expression }
  | {
      readonly kind: "reduce";
      readonly combiner: Combiner;
      readonly extents: readonly number[];
      readonly value: Expression;
    }
  | {
      /** The sum over `extents` of left times right; each reads one operand, perhaps guarded. */
      readonly kind: "contract";
      readonly extents: readonly number[];
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      /** out = operand 0, then out[at] += value over all of `extents` in row-major order; places outside are dropped. */
      readonly kind: "scatter";
      /** Axes of the updates, numbered from 0: output axes do not appear. */
      readonly extents: readonly number[];
      readonly at: readonly Expression[];
      readonly value: Expression;
    }
  | ({ readonly kind: "loop" } & Loop);

/** An operand as `lower` sees it. */
export interface Operand {
  readonly type: TensorType;
  readonly rank: number;
  readonly scalarType: ScalarType;
  /** Its element at a place inside. */
  at(...place: Expression[]): Expression;
}

/** A sample argument for the laws: how to make a tensor that the primitive accepts. */
export interface Sample {
  readonly kind: "normal" | "positive" | "below" | "bits" | "distinct" | "unit";
  readonly type: TensorType;
  readonly bound?: number;
}

export interface Case {
  readonly inputs: readonly Sample[];
  readonly attributes?: Attributes;
}

/** One value for each input. */
export type Each<I extends readonly TensorType[], T> = { readonly [K in keyof I]: T };

/** An input of a batched node: when batched, it has the batch axis in front. */
export interface BatchedInput {
  readonly node: Node;
  readonly isBatched: boolean;
}

/** What batching a node may use. */
export interface Batching {
  /** The extent of the batch axis. */
  readonly size: number;
  /** The input with a batch axis: repeated along it when it has none. */
  readonly spread: (input: BatchedInput) => Node;
  /** Batches further nodes of the same graph, some of them replaced by batched ones. */
  readonly again: (outputs: readonly Node[], replaced: ReadonlyMap<Node, Node>) => readonly Node[];
}

/** Inputs are a tuple, as `readonly [table: TensorType, index: TensorType]`, or a list where any number goes. */
export interface Primitive<I extends readonly TensorType[] = readonly TensorType[], A extends Attributes = Attributes> {
  readonly name: string;
  /** elementwise: value at a place depends on the operands at that place; movement: only moves or repeats elements. */
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
  /** Of elementwise ones: never decreasing in its only operand, so a maximum may be taken before it. */
  readonly isMonotone?: boolean;
  /** Checks, and gives dtype and shape of the result. @throws shape, dtype or option, naming both sides */
  type(inputs: I, attributes: A): TensorType;
  lower(operands: Each<I, Operand>, attributes: A, type: TensorType): Form;
  /** A cotangent for each input; `noGradient` is said, never left out. */
  vjp(inputs: Each<I, Node>, cotangent: Node, attributes: A, output: Node): Each<I, Node | typeof noGradient>;
  /** The node over a batch, some of whose inputs are batched: its result has the batch axis in front. */
  batch(inputs: Each<I, BatchedInput>, attributes: A, batching: Batching): Node;
  /** A cheaper equal node, or undefined. Runs on the forward graph, before differentiation. */
  simplify?(inputs: Each<I, Node>, attributes: A, type: TensorType): Node | undefined;
  readonly cases: readonly Case[];
  readonly rejects: readonly (Case & { readonly code: "shape" | "dtype" | "option" })[];
}

/** Said by a vjp for an input that has no gradient. */
export const noGradient = "noGradient";

/** The batch of a primitive without inputs: there is nothing that could be batched. */
export function neverBatched(): never {
  throw new BugError("A node without inputs was batched.");
}

/** Checks a primitive against the types of its inputs and attributes, then forgets them, so that all fit one list. */
export function definePrimitive<I extends readonly TensorType[], A extends Attributes = Attributes>(
  primitive: Primitive<I, A>,
): Primitive {
  return primitive;
}

/** Operand handles for `lower`. */
export function operandsOf(types: readonly TensorType[]): Operand[] {
  return types.map((type, index) => {
    const scalarType = scalarTypeOf(type.dtype);
    return { type, rank: type.shape.length, scalarType, at: (...place) => read(index, place, scalarType) };
  });
}

/** The axes of an output of this rank, as expressions. */
export function outputAxes(rank: number): Expression[] {
  return Array.from({ length: rank }, (_, index) => axis(index));
}

/** The meaning of a node. */
export function lowerNode(node: Node): Form {
  return node.primitive.lower(operandsOf(node.inputs.map((input) => input.type)), node.attributes, node.type);
}
