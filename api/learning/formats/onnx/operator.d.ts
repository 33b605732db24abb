import { SinterError } from "../../../engine/base/error.js";
import type { Graph, GraphNode, GraphTensor } from "./graph.js";
import { type TensorValue, type Value } from "./value.js";
export interface Call {
  readonly node: GraphNode;
  readonly inputs: readonly (Value | undefined)[];
  readonly opset: number;
}
export type Needed = readonly number[] | "all";
export interface Operator {
  readonly known?: Needed | ((call: Call) => Needed) | undefined;
  readonly frozen?: readonly number[] | undefined;
  readonly isEager?: boolean | undefined;
  readonly run: (call: Call) => readonly Value[];
}
export type Operators = Readonly<Record<string, Operator>>;
export declare function nameOfOperator({ domain, operator }: GraphNode): string;
export declare function wrongNode({ node }: Call, what: string): SinterError;
export declare function labelOf(node: GraphNode): string;
export declare function optionalInput(call: Call, index: number): TensorValue | undefined;
export declare function input(call: Call, index: number): TensorValue;
export declare function tensorInputs(call: Call): TensorValue[];
export declare function inputNumbers(call: Call, index: number): number[];
export declare function optionalNumbers(call: Call, index: number): number[] | undefined;
export declare function numberOf(call: Call, name: string, otherwise?: number): number;
export declare function optionalNumber(call: Call, name: string): number | undefined;
export declare function numbersAttribute(call: Call, name: string): readonly number[] | undefined;
export declare function textOf(call: Call, name: string, otherwise: string): string;
export declare function textsAttribute(call: Call, name: string): readonly string[] | undefined;
export declare function tensorAttribute(call: Call, name: string): GraphTensor | undefined;
export declare function graphAttribute(call: Call, name: string): Graph;
export declare function flag(call: Call, name: string, otherwise?: 0 | 1): boolean;
