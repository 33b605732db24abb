import type { ConfigValue } from "../../../engine/base/options.js";
import type { Described } from "../model-json.js";
import { type JsonObject } from "./json.js";
export interface ReadContext {
  readonly custom: ReadonlySet<string>;
  readonly inputShape?: readonly number[] | undefined;
  readonly version: string;
}
export type ReadInner = (value: ConfigValue) => Described;
export type WriteInner = (layer: Described) => JsonObject;
export declare function readPlainLayer(object: JsonObject, context: ReadContext, readInner: ReadInner): Described;
export declare function policyName(value: ConfigValue): string;
export declare function writePlainLayer({ kind, options }: Described, write: WriteInner): JsonObject;
export declare function writeInput({ name, shape, dtype }: JsonObject, batchSize?: number | null): JsonObject;
