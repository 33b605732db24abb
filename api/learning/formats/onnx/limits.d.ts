import type { GraphNode } from "./graph.js";
import type { Value } from "./value.js";
export interface GraphLimits {
  readonly maxElements?: number | undefined;
  readonly maxSteps?: number | undefined;
}
export interface GraphRunOptions {
  readonly signal?: AbortSignal | undefined;
}
export declare class Budget {
  #private;
  constructor(numGiven: number, { maxElements, maxSteps }?: GraphLimits, { signal }?: GraphRunOptions);
  get steps(): number;
  get held(): number;
  spend(steps: number, node: string): void;
  take(node: GraphNode, results: readonly Value[]): void;
  hold(value: Value): void;
  requireRoom(values: readonly Value[]): void;
  release(held: number): void;
  round<Result>(run: () => Promise<Result>): Promise<Result>;
  pause(): Promise<void>;
}
export declare function asLimit(error: unknown, what: string): unknown;
export declare function elementsOf(value: Value): number;
export declare function onHost(count: number, what: string): number;
export declare function inParts(count: number, what: string): number;
