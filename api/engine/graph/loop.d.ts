import type { Graph, Node } from "./graph.js";
export interface Loop {
  readonly length: number;
  readonly isReversed: boolean;
  readonly numConstants: number;
  readonly numCarries: number;
  readonly body: Graph;
  readonly result: number;
}
export interface LoopResults {
  readonly nodes: readonly Node[];
  readonly inputs: readonly Node[];
}
export declare function loopOf(node: Node): Loop | undefined;
export declare function loopsAmong(nodes: readonly Node[]): ReadonlyMap<Node, LoopResults>;
