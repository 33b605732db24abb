// Keras 3 writes how masks come about as calls of operations: NotEqual below an Embedding or Masking, and what joins them.
// Here layers hand masks on themselves, so these calls are left out; other operations are layers.

import type { ConfigValue } from "#engine/base/options.ts";
import { badKeras, field, isList, isObject, plainText, shown, type JsonObject } from "./json.ts";
import { isOperation } from "./operations.ts";

/** Operations that masks are made of. */
const maskClasses: ReadonlySet<string> = new Set([
  "NotEqual",
  "Any",
  "All",
  "LogicalAnd",
  "LogicalOr",
  "LogicalNot",
  "ExpandDims",
  "Concatenate",
  "OnesLike",
  "Stack",
  "Squeeze",
  "Reshape",
  "BroadcastTo",
  "Repeat",
  "Cast",
  "Max",
  "Transpose",
  "GetItem",
  "ZerosLike",
]);

/** The operations of a network that only masks are made of. */
export class MaskOperations {
  readonly #names = new Set<string>();

  /** @param outputs names of what the network gives */
  constructor(objects: readonly JsonObject[], outputs: readonly string[]) {
    const operations = objects.filter(isOperation);
    const masked = objects
      .filter((object) => !isOperation(object) && makesMask(object))
      .flatMap((object) => inputNames(object));
    for (const object of operations) {
      const name = field(object, "name") ?? field(config(object), "name");
      const className = field(object, "class_name");
      const begins = className !== "NotEqual" || inputNames(object).every((input) => masked.includes(input));
      if (typeof name === "string" && maskClasses.has(plainText(className)) && begins) this.#names.add(name);
    }
    for (const name of outputs) this.#names.delete(name);
    this.#leaveOutUsed(objects);
  }

  /** An operation whose value a layer takes as an input is no mask, nor is what it is made of. */
  #leaveOutUsed(objects: readonly JsonObject[]): void {
    const before = this.#names.size;
    for (const object of objects) {
      const used = this.has(object) ? [] : inputNames(object, true);
      for (const name of used) this.#names.delete(name);
    }
    if (this.#names.size < before) this.#leaveOutUsed(objects);
  }

  has(object: JsonObject): boolean {
    const name = field(object, "name") ?? field(config(object), "name");
    return isOperation(object) && this.#names.has(plainText(name));
  }

  /** A mask that a call is given. @throws format where no layer hands it on by itself */
  check({ layer }: { readonly layer: string }): void {
    if (this.#names.has(layer)) return;
    throw badKeras(
      `a call is given the mask ${shown(layer)}, which is a value of the network`,
      "Use layers.masking or an embedding with maskZero.",
    );
  }
}

function config(object: JsonObject): JsonObject {
  const value = field(object, "config");
  return isObject(value) ? value : {};
}

function makesMask(object: JsonObject): boolean {
  const className = field(object, "class_name");
  return className === "Masking" || (className === "Embedding" && field(config(object), "mask_zero") === true);
}

/** Names of the layers whose values an object's calls take, masks left out. */
function inputNames(object: JsonObject, withMasks = false): string[] {
  const nodes = field(object, "inbound_nodes");
  if (!isList(nodes)) return [];
  return nodes.flatMap((node) => {
    if (!isObject(node)) return [];
    const named = field(node, "kwargs");
    const others = isObject(named) && withMasks ? Object.entries(named).filter(([name]) => !name.endsWith("mask")) : [];
    return [field(node, "args"), ...others.map(([, value]) => value)].flatMap((value) => namesIn(value, 0));
  });
}

function namesIn(value: ConfigValue, depth: number): string[] {
  if (depth > 8) return [];
  if (isList(value)) return value.flatMap((one) => namesIn(one, depth + 1));
  if (!isObject(value)) return [];
  const history = field(value, "keras_history");
  if (isList(history) && typeof history[0] === "string") return [history[0]];
  return Object.values(value).flatMap((one) => namesIn(one, depth + 1));
}
