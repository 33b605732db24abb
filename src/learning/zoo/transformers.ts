// Decoders as transformers keeps them: a folder of config.json and model.safetensors.

import { messageOf, SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { readSafetensors } from "#learning/formats/safetensors-files.ts";
import type { StoredTensor } from "#learning/formats/safetensors.ts";
import type { Model } from "#learning/train/model.ts";
import { decoderOf, type DecoderSizes, type NamedDecoder } from "./decoder-config.ts";
import { storedValue } from "./stored-value.ts";

/**
 * The decoder of a folder that transformers' `save_pretrained` wrote: GPT-2, Llama, Mistral, Qwen2. Weights of 16 bits become f32.
 * @throws file when the folder or a file is not there; format for a model_type that is not known, or weights that do not fit
 * @example
 * const net = await loadTransformers("gpt2");
 * const step = nextLogits(net);
 */
export async function loadTransformers(folder: string, sizes: DecoderSizes = {}): Promise<Model> {
  const { files } = platform();
  const config = parse(new TextDecoder().decode(await files.read(files.from(folder, "config.json"))));
  // What is not known here is refused before anything large is read.
  const decoder = decoderOf(config, sizes);
  return withWeights(decoder, (await readSafetensors(folder)).tensors);
}

/**
 * The decoder of a config.json and the tensors of its model.safetensors.
 * @throws format as `loadTransformers`
 */
export function fromTransformers(
  config: unknown,
  tensors: ReadonlyMap<string, StoredTensor>,
  sizes: DecoderSizes = {},
): Model {
  return withWeights(decoderOf(config, sizes), tensors);
}

function withWeights(decoder: NamedDecoder, tensors: ReadonlyMap<string, StoredTensor>): Model {
  const { model } = decoder;
  const values = model.network.weights.map(({ path, shape }) => {
    const { name, isTransposed } = storedNameOf(path, decoder);
    const stored = tensors.get(name) ?? tensors.get(name.replace(decoder.prefix, ""));
    const value = storedValue("transformers", name, stored, isTransposed ? shape.toReversed() : shape);
    return [path, isTransposed ? value.transpose() : value] as const;
  });
  model.setWeights(Object.fromEntries(values));
  return model;
}

/** What transformers calls a weight, and whether it is stored the other way round. */
export function storedNameOf(
  path: string,
  { prefix, isTransposed }: Omit<NamedDecoder, "model">,
): { readonly name: string; readonly isTransposed: boolean } {
  const [layer = "", own = ""] = path.split("/");
  const last = own === "bias" || own === "beta" ? "bias" : "weight";
  return {
    name: `${layer === "lm_head" ? "" : prefix}${layer}.${last}`,
    isTransposed: isTransposed && own === "kernel",
  };
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    throw new SinterError(
      "format",
      `config.json: it is no JSON (${messageOf(error)}). Fetch the model again.`,
      {},
      error,
    );
  }
}
