// Writes models as files that Keras 3 opens: .keras and .weights.h5.

import { writeArchive } from "#learning/formats/archive.ts";
import { writeHdf5, type Hdf5GroupSource } from "#learning/formats/hdf5/write.ts";
import type { ConfigValue } from "#engine/base/options.ts";
import type { ModelDescription } from "#learning/formats/model-json.ts";
import type { StoredTensor } from "#learning/formats/safetensors.ts";
import { badKeras, isList, isObject, objectOf, plainText, type JsonObject } from "./json.ts";
import { writePlan } from "./network-config.ts";
import { writeState } from "./optimizer-state.ts";
import { outputNames, trainedWeights, type DescribedModel } from "./read.ts";
import { writeTraining } from "./training-config.ts";
import { networkSlots } from "./weight-slots.ts";

/** The version of Keras whose files these are. */
const kerasVersion = "3.15.1";

/**
 * The bytes of a .keras file. Equal models give equal bytes.
 * @throws format for layers, losses and optimizers that Keras has not
 * @source Keras 3, saving/saving_lib.py
 */
export function writeKerasFile(model: DescribedModel): Uint8Array<ArrayBuffer> {
  const { description } = model;
  const config: JsonObject = {
    ...withPolicy(writePlan(description), description),
    ...(description.training === undefined ? {} : { compile_config: writeTraining(description.training) }),
  };
  const encode = (value: JsonObject): Uint8Array => new TextEncoder().encode(withFloatRate(JSON.stringify(value)));
  return writeArchive([
    ["metadata.json", encode({ keras_version: kerasVersion, date_saved: "1980-01-01@00:00:00" })],
    ["config.json", encode(config)],
    ["model.weights.h5", writeKerasWeights(model)],
  ]);
}

const policies: Readonly<Record<string, string>> = { bf16: "mixed_bfloat16", f16: "mixed_float16" };

/** Values between layers that are stored in 16 bits are a policy of Keras's layers, but for those that give the outputs. */
function withPolicy(plan: JsonObject, { layers, graph, training }: ModelDescription): JsonObject {
  const name = policies[training?.mixedPrecision ?? ""];
  if (name === undefined) return plan;
  const policy = { module: "keras", class_name: "DTypePolicy", config: { name }, registered_name: null };
  const outputs = new Set(outputNames(layers, graph));
  const changed = (value: ConfigValue): ConfigValue => {
    if (isList(value)) return value.map(changed);
    // Inputs and what calls are given keep their own.
    if (!isObject(value) || /^(InputLayer|__.*)$/u.test(plainText(value["class_name"]))) return value;
    const inner = Object.entries(value).map(([key, item]): [string, ConfigValue] => [key, changed(item)]);
    // Of a network's own policy Keras would make a scale of the loss, which is not kept here.
    const isOutput = typeof value["name"] === "string" && outputs.has(value["name"]);
    return {
      ...Object.fromEntries(inner),
      ...(value["dtype"] === "float32" && value["layers"] === undefined && !isOutput ? { dtype: policy } : {}),
    };
  };
  return objectOf(changed(plan), "the model");
}

/** Keras takes no integer as a rate. */
function withFloatRate(json: string): string {
  return json.replaceAll(/("learning_rate":-?\d+)(?=[,}])/gu, "$1.0");
}

/** The bytes of a .weights.h5 file. @throws format where a weight is missing */
export function writeKerasWeights({ description, tensors }: DescribedModel): Uint8Array<ArrayBuffer> {
  const { layers, graph, training } = description;
  const root = new Groups();
  for (const { layer, slot } of networkSlots(layers, graph === undefined, "layers")) {
    if (slot.isCarried === true) continue;
    const value = tensors.get(`${layer}/${slot.name}`);
    if (value === undefined) throw badKeras(`the model has no weight "${layer}/${slot.name}"`);
    root.put(slot.at, value);
    if (slot.alsoAt !== undefined) root.put(slot.alsoAt, value);
    if (slot.countAt !== undefined) root.put(slot.countAt, { dtype: "i32", shape: [], data: Int32Array.of(0) });
  }
  if (training !== undefined) {
    const state = [...tensors].flatMap(([path, value]): [string, StoredTensor][] =>
      path.startsWith("optimizer/") ? [[path.slice("optimizer/".length), value]] : [],
    );
    const vars = writeState(training.optimizer, training.iterations, trainedWeights(layers, tensors), new Map(state));
    vars.forEach((value, place) => root.put(`optimizer/vars/${place}`, value));
  }
  return writeHdf5(root.source);
}

/** Groups that come about as tensors are put below them. */
class Groups {
  readonly #members = new Map<string, Groups | StoredTensor>();

  put(path: string, value: StoredTensor): void {
    const [first = "", ...rest] = path.split("/");
    if (rest.length === 0) {
      this.#members.set(first, value);
      return;
    }
    const known = this.#members.get(first);
    const group = known instanceof Groups ? known : new Groups();
    this.#members.set(first, group);
    group.put(rest.join("/"), value);
  }

  get source(): Hdf5GroupSource {
    const members = [...this.#members].map(([name, member]): [string, Hdf5GroupSource | StoredTensor] => [
      name,
      member instanceof Groups ? member.source : member,
    ]);
    return { members: new Map(members) };
  }
}
