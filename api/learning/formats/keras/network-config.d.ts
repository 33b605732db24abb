import type { ConfigValue } from "../../../engine/base/options.js";
import type { Described, DescribedGraph } from "../model-json.js";
import { type JsonObject } from "./json.js";
import { type ReadContext } from "./layer-config.js";
export interface ReadNetwork {
  readonly name: string;
  readonly layers: readonly Described[];
  readonly graph?: DescribedGraph | undefined;
}
export declare function readLayer(value: ConfigValue, context: ReadContext): Described;
export declare function readPlan(className: string, config: ConfigValue, context: ReadContext): ReadNetwork;
export declare function writePlan({ name, layers, graph }: ReadNetwork): JsonObject;
