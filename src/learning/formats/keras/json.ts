// JSON of Keras's files as plain values, bounded. Keys of any name stay own properties: nothing is looked up in a prototype.

import { messageOf, SinterError } from "#engine/base/error.ts";
import type { ConfigValue } from "#engine/base/options.ts";

/** An object of JSON. */
export type JsonObject = { readonly [name: string]: ConfigValue };

const maxBytes = 64 * 2 ** 20;
const maxDepth = 100;

/** A file of Keras's that cannot be read. @param advice how to mend it */
export function badKeras(what: string, advice = "Save the model again."): SinterError {
  return new SinterError("format", `Keras: ${what}. ${advice}`);
}

/** @param name of the part, for errors @throws format when it is no JSON, too long or too deep */
export function parseJson(text: string, name: string): JsonObject {
  if (text.length > maxBytes) throw badKeras(`${name} has ${text.length} letters, at most ${maxBytes} are read`);
  let depth = 0;
  let isText = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (isText && letter === "\\") at += 1;
    else if (letter === '"') isText = !isText;
    else if (!isText && (letter === "[" || letter === "{")) depth += 1;
    else if (!isText && (letter === "]" || letter === "}")) depth -= 1;
    if (depth > maxDepth) throw badKeras(`${name} is nested more than ${maxDepth} deep`);
  }
  try {
    const value: ConfigValue = JSON.parse(text);
    return objectOf(value, name);
  } catch (error) {
    if (error instanceof SinterError) throw error;
    throw badKeras(`${name} is no JSON: ${messageOf(error)}`);
  }
}

export function isObject(value: ConfigValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: ConfigValue): value is readonly ConfigValue[] {
  return Array.isArray(value);
}

/** @throws format */
export function objectOf(value: ConfigValue, name: string): JsonObject {
  if (isObject(value)) return value;
  throw badKeras(`${name} is ${shown(value)}, expected an object`);
}

/** @throws format */
export function listOf(value: ConfigValue, name: string): readonly ConfigValue[] {
  if (isList(value)) return value;
  throw badKeras(`${name} is ${shown(value)}, expected a list`);
}

/** @throws format */
export function textOf(value: ConfigValue, name: string): string {
  if (typeof value === "string") return value;
  throw badKeras(`${name} is ${shown(value)}, expected a text`);
}

/** An object's own field. */
export function field(object: JsonObject, name: string): ConfigValue {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A text itself, another value as JSON. */
export function plainText(value: ConfigValue): string {
  return typeof value === "string" ? value : shown(value);
}

/** A value in an error's text. */
export function shown(value: ConfigValue): string {
  return JSON.stringify(value)?.slice(0, 80) ?? "missing";
}
