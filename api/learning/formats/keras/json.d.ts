import { SinterError } from "../../../engine/base/error.js";
import type { ConfigValue } from "../../../engine/base/options.js";
export type JsonObject = {
  readonly [name: string]: ConfigValue;
};
export declare function badKeras(what: string, advice?: string): SinterError;
export declare function parseJson(text: string, name: string): JsonObject;
export declare function isObject(value: ConfigValue): value is JsonObject;
export declare function isList(value: ConfigValue): value is readonly ConfigValue[];
export declare function objectOf(value: ConfigValue, name: string): JsonObject;
export declare function listOf(value: ConfigValue, name: string): readonly ConfigValue[];
export declare function textOf(value: ConfigValue, name: string): string;
export declare function field(object: JsonObject, name: string): ConfigValue;
export declare function plainText(value: ConfigValue): string;
export declare function shown(value: ConfigValue): string;
