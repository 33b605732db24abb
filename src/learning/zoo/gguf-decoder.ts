// Llama-style decoders of GGUF files, as llama.cpp reads them. Quantized weights become f32.

import { SinterError } from "#engine/base/error.ts";
import type { GgufFile } from "#learning/formats/gguf.ts";
import type { Model } from "#learning/train/model.ts";
import type { DecoderSizes } from "./decoder-config.ts";
import { llama, type LlamaOptions } from "./llama.ts";
import { halvesFromPairs } from "./rotary-pairs.ts";
import { storedValue } from "./stored-value.ts";

/** Names of weights in the file, by ours inside a block. */
const blockNames: Readonly<Record<string, string>> = {
  "input_layernorm/scale": "attn_norm",
  "self_attn.q_proj/kernel": "attn_q",
  "self_attn.k_proj/kernel": "attn_k",
  "self_attn.v_proj/kernel": "attn_v",
  "self_attn.o_proj/kernel": "attn_output",
  "post_attention_layernorm/scale": "ffn_norm",
  "mlp.gate_proj/kernel": "ffn_gate",
  "mlp.up_proj/kernel": "ffn_up",
  "mlp.down_proj/kernel": "ffn_down",
};

const otherNames: Readonly<Record<string, string>> = {
  "embed_tokens/embeddings": "token_embd",
  "norm/scale": "output_norm",
  "lm_head/kernel": "output",
};

/**
 * The decoder of a GGUF file of architecture "llama". Queries and keys are stored in the order of neighbouring pairs.
 * @throws format for another architecture, or weights that do not fit
 * @source llama.cpp, gguf-py/gguf/constants.py
 * @example
 * const net = fromGguf(await readGguf("tiny.gguf"));
 */
export function fromGguf({ tensors, metadata }: GgufFile, sizes: DecoderSizes = {}): Model {
  const [vocabSize = 0, hiddenSize = 0] = tensors.get("token_embd.weight")?.shape ?? [];
  const options = optionsOf(metadata, hiddenSize);
  if (metadata.has("llama.rope.scaling.type") || tensors.has("rope_freqs.weight")) {
    throw wrong("its rotary positions are scaled, which is not read yet");
  }
  const { numHeads, numKeyValueHeads } = options;
  const model = llama({ ...sizes, ...options, vocabSize, tieWeights: !tensors.has("output.weight"), name: "gguf" });
  const values = model.network.weights.map(({ path, shape }) => {
    const name = storedNameOf(path);
    const isKernel = path.endsWith("/kernel");
    const stored = storedValue("gguf", name, tensors.get(name), isKernel ? shape.toReversed() : shape);
    const value = isKernel ? stored.transpose() : stored;
    if (name.endsWith("attn_q.weight")) return [path, halvesFromPairs(value, numHeads)] as const;
    return [path, name.endsWith("attn_k.weight") ? halvesFromPairs(value, numKeyValueHeads) : value] as const;
  });
  model.setWeights(Object.fromEntries(values));
  return model;
}

/** Sizes of the model, as the file's metadata have them. @throws format for another architecture */
function optionsOf(
  metadata: GgufFile["metadata"],
  hiddenSize: number,
): LlamaOptions & { readonly numHeads: number; readonly numKeyValueHeads: number } {
  const architecture = metadata.get("general.architecture");
  if (architecture !== "llama") {
    throw wrong(`its architecture is ${JSON.stringify(architecture ?? null)}, only "llama" is read`);
  }
  const numberOf = (name: string, standard?: number): number => {
    const value = metadata.get(`llama.${name}`) ?? standard;
    if (typeof value === "number") return value;
    throw wrong(`llama.${name} is missing or no number`);
  };
  const numHeads = numberOf("attention.head_count");
  return {
    contextLength: numberOf("context_length"),
    hiddenSize,
    numLayers: numberOf("block_count"),
    numHeads,
    numKeyValueHeads: numberOf("attention.head_count_kv", numHeads),
    headDim: numberOf("attention.key_length", hiddenSize / numHeads),
    intermediateSize: numberOf("feed_forward_length"),
    epsilon: numberOf("attention.layer_norm_rms_epsilon"),
    ropeTheta: numberOf("rope.freq_base", 10000),
  };
}

function storedNameOf(path: string): string {
  const [, index = "", own = ""] = /^layers\.(\d+)\.(.+)$/u.exec(path) ?? [];
  const inBlock = blockNames[own];
  return `${inBlock === undefined ? (otherNames[path] ?? path) : `blk.${index}.${inBlock}`}.weight`;
}

function wrong(what: string): SinterError {
  return new SinterError("format", `gguf: ${what}. Give a GGUF file of a Llama.`);
}
