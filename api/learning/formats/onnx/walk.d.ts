import type { Graph, GraphFunction, GraphNode } from "./graph.js";
import { type Budget } from "./limits.js";
import { type Call, type Operator, type Operators } from "./operator.js";
import { type Scope } from "./scope.js";
import { type TensorValue, type Value } from "./value.js";
export interface WalkContext {
  readonly operators: Operators;
  readonly functions: ReadonlyMap<string, GraphFunction>;
  readonly opsets: ReadonlyMap<string, number>;
  readonly isEager: boolean;
  readonly depth: number;
  readonly budget: Budget;
}
export declare function walkNodes(
  nodes: readonly GraphNode[],
  from: number,
  scope: Scope,
  context: WalkContext,
): number;
export declare function walkNode(node: GraphNode, scope: Scope, context: WalkContext): boolean;
export declare function isControlFlow({ domain, operator }: GraphNode): boolean;
export declare function operatorOf(node: GraphNode, { operators }: WalkContext): Operator;
export declare function opsetOf({ domain }: GraphNode, { opsets }: WalkContext): number;
export declare function inputsOf(node: GraphNode, scope: Scope): (Value | undefined)[];
export declare function callOf(node: GraphNode, scope: Scope, context: WalkContext): Call;
export declare function canRun(operator: Operator, call: Call, { isEager }: WalkContext): boolean;
export declare function unknownInputs({ known: needs }: Operator, call: Call, isEager: boolean): TensorValue[];
export declare function setOutputs(node: GraphNode, results: readonly Value[], scope: Scope): void;
export declare function functionScope(
  node: GraphNode,
  called: GraphFunction,
  scope: Scope,
  context: WalkContext,
): Scope;
export declare function functionContext(called: GraphFunction, context: WalkContext): WalkContext;
export declare function functionNodes(node: GraphNode, called: GraphFunction): readonly GraphNode[];
export declare function knownBranch(node: GraphNode, scope: Scope, context: WalkContext): Graph | undefined;
export declare function graphScope(graph: Graph, outer: Scope): Scope;
export declare function constantsOf(graph: Graph): ReadonlyMap<string, TensorValue>;
export declare function namedValues(names: readonly string[], scope: Scope, node: GraphNode): Value[];
