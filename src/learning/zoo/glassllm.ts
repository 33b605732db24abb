// Decoders of the Python package glassllm: a Llama of some 850,000 weights in an .npz file of 16-bit floats.

import { messageOf, SinterError } from "#engine/base/error.ts";
import { isRecord } from "#engine/base/is-record.ts";
import { type NpzFile, readNpz } from "#learning/formats/npy.ts";
import type { Model } from "#learning/train/model.ts";
import { llama } from "./llama.ts";
import { halvesFromPairs } from "./rotary-pairs.ts";
import { storedValue } from "./stored-value.ts";

/** Names of weights in the file, by ours inside a block. */
const blockNames: Readonly<Record<string, string>> = {
  "input_layernorm/scale": "norm1.gamma",
  "self_attn.q_proj/kernel": "attn.W_Q",
  "self_attn.k_proj/kernel": "attn.W_K",
  "self_attn.v_proj/kernel": "attn.W_V",
  "self_attn.o_proj/kernel": "attn.W_O",
  "post_attention_layernorm/scale": "norm2.gamma",
  "mlp.gate_proj/kernel": "ffn.W1",
  "mlp.up_proj/kernel": "ffn.W3",
  "mlp.down_proj/kernel": "ffn.W2",
};

/**
 * The decoder of an .npz file that glassllm 0.1 wrote.
 * @throws file when there is none; format when it is another file
 * @example
 * const net = await loadGlassllm("en.npz");
 */
export async function loadGlassllm(path: string): Promise<Model> {
  return fromGlassllm(await readNpz(path));
}

/** @throws format */
export function fromGlassllm({ tensors, texts }: NpzFile): Model {
  const size = sizesOf(texts.get("__config__")?.texts[0]);
  const hiddenSize = size("d_model");
  const numHeads = size("n_heads");
  const numKeyValueHeads = size("n_kv_heads");
  const model = llama({
    vocabSize: size("vocab_size"),
    contextLength: size("max_len"),
    hiddenSize,
    numLayers: size("n_layers"),
    numHeads,
    numKeyValueHeads,
    intermediateSize: Math.floor((8 * hiddenSize) / 3),
    epsilon: size("eps"),
    ropeTheta: size("rope_base"),
    tieWeights: true,
    name: "glassllm",
  });
  const values = model.network.weights.map(({ path, shape }) => {
    const name = storedNameOf(path);
    const value = storedValue("glassllm", name, tensors.get(name), shape);
    if (name.endsWith("W_Q")) return [path, halvesFromPairs(value, numHeads)] as const;
    return [path, name.endsWith("W_K") ? halvesFromPairs(value, numKeyValueHeads) : value] as const;
  });
  model.setWeights(Object.fromEntries(values));
  return model;
}

function storedNameOf(path: string): string {
  const [, index = "", own = ""] = /^layers\.(\d+)\.(.+)$/u.exec(path) ?? [];
  const inBlock = blockNames[own];
  if (inBlock !== undefined) return `blocks.${index}.${inBlock}`;
  return path === "norm/scale" ? "norm_f.gamma" : "E";
}

/** Numbers of the file's configuration, by name. @throws format */
function sizesOf(text: string | undefined): (name: string) => number {
  const config = parse(text);
  return (name) => {
    const value = config[name];
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw wrong(`its ${name} is ${JSON.stringify(value) ?? "missing"}`);
  };
}

function parse(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) throw wrong("it has no __config__");
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (error) {
    throw wrong(`its __config__ is no JSON (${messageOf(error)})`);
  }
  if (isRecord(config)) return config;
  throw wrong("its __config__ is no object");
}

function wrong(what: string): SinterError {
  return new SinterError("format", `glassllm: ${what}. Give an .npz file that glassllm 0.1 wrote.`);
}
