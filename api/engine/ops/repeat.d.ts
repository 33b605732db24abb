import { type Node } from "../graph/graph.js";
export interface Repetition {
  readonly length: number;
  readonly isReversed: boolean;
  readonly carries: readonly {
    readonly parameter: Node;
    readonly initial: Node;
    readonly next: Node;
  }[];
  readonly rows: readonly Bound[];
  readonly stacked: readonly Node[];
}
interface Bound {
  readonly parameter: Node;
  readonly source: Node;
}
export declare function repeat(repetition: Repetition): {
  readonly carries: Node[];
  readonly stacks: Node[];
};
export {};
