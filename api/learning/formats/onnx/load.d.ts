import type { Tensor } from "../../../engine/tensor/tensor.js";
import type { GraphModel } from "./graph.js";
import type { Operators } from "./operator.js";
import { type StaticGraph } from "./static-graph.js";
import { type Value } from "./value.js";
export interface GraphEnd {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string | undefined)[] | undefined;
}
export interface GraphRunner {
  readonly inputs: readonly GraphEnd[];
  readonly outputs: readonly GraphEnd[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly model: GraphModel;
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  asFunction(): StaticGraph;
  runValues(inputs: ReadonlyMap<string, Value>): Promise<ReadonlyMap<string, Value>>;
}
export declare function loadOnnx(source: string | Uint8Array): Promise<GraphRunner>;
export declare function graphRunner(model: GraphModel, operators?: Operators): GraphRunner;
