import { type Shape } from "../../engine/base/shape.js";
import type { GraphDescription } from "../../learning/formats/onnx/describe.js";
import { type GraphEnd, type GraphRunner } from "../../learning/formats/onnx/load.js";
import type { FileFormat } from "../../learning/formats/recognize.js";
export interface InitializerFacts {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
}
export interface GraphFacts extends GraphDescription {
  readonly kind: "graph";
  readonly inputs: readonly GraphEnd[];
  readonly outputs: readonly GraphEnd[];
  readonly operators: Readonly<Record<string, number>>;
  readonly numNodes: number;
  readonly numInitializers: number;
  readonly initializers: readonly InitializerFacts[];
  readonly numWeights: number;
  readonly opset: number | undefined;
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
}
export interface TableFacts {
  readonly kind: "table";
  readonly numRows: number;
  readonly columns: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly numMissing: number;
  }[];
}
export interface EventFacts {
  readonly kind: "events";
  readonly numEvents: number;
  readonly tags: readonly {
    readonly tag: string;
    readonly kind: string;
    readonly count: number;
    readonly lastStep: number;
  }[];
}
export type OtherFacts = GraphFacts | TableFacts | EventFacts;
export declare function otherFacts(
  file: string,
  format: FileFormat,
  inputShape: Shape | undefined,
): Promise<OtherFacts | undefined>;
export declare function isTfjsGraph(file: string): Promise<boolean>;
export declare function graphFacts(runner: GraphRunner, inputShape: Shape | undefined): GraphFacts;
