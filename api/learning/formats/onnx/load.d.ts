import { type Shape } from "../../../engine/base/shape.js";
import type { Tensor } from "../../../engine/tensor/tensor.js";
import { type GraphDescription } from "./describe.js";
import type { GraphModel } from "./graph.js";
import { type GraphLimits, type GraphRunOptions } from "./limits.js";
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
  run(inputs: Readonly<Record<string, Tensor>>, options?: GraphRunOptions): Promise<Record<string, Tensor>>;
  describe(inputShape?: Shape): GraphDescription;
  asFunction(): StaticGraph;
  runValues(inputs: ReadonlyMap<string, Value>, options?: GraphRunOptions): Promise<ReadonlyMap<string, Value>>;
}
export declare function loadOnnx(source: string | Uint8Array, limits?: GraphLimits): Promise<GraphRunner>;
interface RunnerOptions {
  readonly operators?: Operators | undefined;
  readonly limits?: GraphLimits | undefined;
}
export declare function graphRunner(model: GraphModel, { operators, limits }?: RunnerOptions): GraphRunner;
export {};
