import { type GraphEnd } from "../../learning/formats/onnx/load.js";
import type { FileFormat } from "../../learning/formats/recognize.js";
export interface GraphFacts {
  readonly kind: "graph";
  readonly inputs: readonly GraphEnd[];
  readonly outputs: readonly GraphEnd[];
  readonly operators: Readonly<Record<string, number>>;
  readonly numNodes: number;
  readonly numInitializers: number;
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
export declare function otherFacts(file: string, format: FileFormat): Promise<OtherFacts | undefined>;
