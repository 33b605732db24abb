// Adapters alone, as PEFT keeps them: a folder with adapter_config.json and adapter_model.safetensors.

import { SinterError } from "#engine/base/error.ts";
import { isRecord } from "#engine/base/is-record.ts";
import { integer, numberWithin } from "#engine/base/options.ts";
import { sameShape, shapeText } from "#engine/base/shape.ts";
import { platform } from "#engine/platform/api.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { readSafetensors } from "#learning/formats/safetensors-files.ts";
import { encodeSafetensors, type StoredTensor } from "#learning/formats/safetensors.ts";
import type { PlacedWeight } from "#learning/nn/network.ts";
import { transformsOf } from "#learning/nn/weight-transform.ts";
import { adapt, isMatrix } from "./lora.ts";
import type { Model } from "./model.ts";
import { allWeights } from "./model-core.ts";
import { storedTensor } from "./save.ts";
import { plainWeights } from "./transform-weights.ts";

const files = { config: "adapter_config.json", weights: "adapter_model.safetensors" } as const;
const prefix = "base_model.model.";

/** PEFT's name for a part: `base_model.model.h.0.attn.c_attn.lora_A.weight`. */
function nameOf(path: string, part: "A" | "B"): string {
  const isTable = path.endsWith("/embeddings");
  const place = path.replace(/\/(?:kernel|embeddings)$/u, "").replaceAll("/", ".");
  return `${prefix}${place}.${isTable ? `lora_embedding_${part}` : `lora_${part}.weight`}`;
}

/**
 * Writes the changes that `lora` made and training has learnt into a folder, as PEFT does: adapter_config.json and
 * adapter_model.safetensors, whose tensors are named as PEFT names those of layers of these names, each as [outputs, inputs].
 * @throws state when the model has no such changes
 */
export async function saveAdapters(model: Model, folder: string): Promise<void> {
  const { core } = model;
  const all = allWeights(core);
  const adapted = core.network.layers.flatMap(({ layer, name }) =>
    transformsOf(layer).flatMap((one) =>
      one.kind === "lora" ? one.weights.map((weight) => ({ ...one, path: `${name}/${weight}` })) : [],
    ),
  );
  const [first] = adapted;
  if (first === undefined) throw new SinterError("state", "saveAdapters: the model has no adapters. Call lora first.");
  const tensors = new Map<string, StoredTensor>();
  for (const { path } of adapted) {
    for (const part of ["A", "B"] as const) {
      const value = all[`${path}/lora${part}`];
      // oxlint-disable-next-line no-await-in-loop -- small tensors
      if (value !== undefined) tensors.set(nameOf(path, part), await storedTensor(value.transpose()));
    }
  }
  const config = {
    peft_type: "LORA",
    r: first.rank,
    lora_alpha: first.alpha,
    lora_dropout: first.dropout,
    bias: "none",
    target_modules: [...new Set(adapted.map(({ path }) => nameOf(path, "A").slice(prefix.length).split(".lora_")[0]))],
  };
  const { files: disk } = platform();
  await disk.makeFolder(folder);
  await disk.writeAtomically(`${folder}${disk.separator}${files.weights}`, encodeSafetensors(tensors));
  const text = `${JSON.stringify(config, undefined, 2)}\n`;
  await disk.writeAtomically(`${folder}${disk.separator}${files.config}`, new TextEncoder().encode(text));
}

/**
 * Takes a folder of adapters into a model, in place of those that it has: of `saveAdapters`, or of PEFT for a model whose
 * layers are named alike.
 * @returns the same model
 * @throws file where there is none; format when it is damaged; shape where a change is of another matrix
 */
export async function loadAdapters(model: Model, folder: string): Promise<Model> {
  const { files: disk } = platform();
  const bytes = await disk.read(`${folder}${disk.separator}${files.config}`);
  const { rank, alpha, dropout } = readConfig(bytes, folder);
  const { tensors } = await readSafetensors(`${folder}${disk.separator}${files.weights}`);
  const found = plainWeights(model.network).filter(
    (weight) => isMatrix(weight) && tensors.has(nameOf(weight.spec.path, "A")),
  );
  const paths = new Set(found.map(({ spec }) => spec.path));
  const known = new Set([...paths].flatMap((path) => [nameOf(path, "A"), nameOf(path, "B")]));
  const odd = [...tensors.keys()].find((name) => !known.has(name));
  if (odd !== undefined || paths.size === 0) {
    throw new SinterError("format", `${folder}: ${odd ?? "no tensor"} is of no matrix of this model. Load its own.`, {
      name: odd,
    });
  }
  adapt(model, paths, { kind: "lora", rank, alpha, dropout, isFrozen: false });
  const changes = model.network.weights.flatMap((weight): [string, Tensor][] => {
    const [path = "", part] = weight.path.split("/lora");
    if (!paths.has(path) || (part !== "A" && part !== "B")) return [];
    return [[weight.path, partOf(tensors.get(nameOf(path, part)), weight, folder)]];
  });
  model.setWeights(Object.fromEntries(changes));
  return model;
}

function partOf(stored: StoredTensor | undefined, { path, shape }: PlacedWeight, folder: string): Tensor {
  const expected = shape.toReversed();
  if (stored === undefined || !sameShape(stored.shape, expected)) {
    throw new SinterError(
      "shape",
      `${folder}: ${path} is ${shapeText(stored?.shape ?? [])}, expected ${shapeText(expected)}. Load adapters of this model.`,
      { path, expected },
    );
  }
  return tensor(stored.data, { shape: stored.shape, dtype: stored.dtype }).transpose();
}

function readConfig(bytes: Uint8Array, folder: string): { rank: number; alpha: number; dropout: number } {
  let config: unknown;
  try {
    config = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new SinterError("format", `${folder}: ${files.config} is no JSON. Fetch it again.`, {}, cause);
  }
  const values = isRecord(config) ? config : {};
  if (values["peft_type"] !== "LORA") {
    throw new SinterError(
      "format",
      `${folder}: adapters of "${String(values["peft_type"])}", known are those of LORA.`,
    );
  }
  return {
    rank: integer(folder, "r", values["r"]),
    alpha: numberWithin(folder, "lora_alpha", values["lora_alpha"]),
    dropout: numberWithin(folder, "lora_dropout", values["lora_dropout"] ?? 0, 0, 0.99),
  };
}
