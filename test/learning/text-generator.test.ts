// Text generators from each kind of file, made here: a folder of transformers, a GGUF file, an .npz of glassllm. What they write
// is what the model without a cache gives; wrong uses say how to mend them.

import "#entry/install-node.ts";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { textGenerator, type TextGenerator } from "#app/tasks/text-generator.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { trainBytePair } from "#learning/data/text/train-tokenizer.ts";
import { writeArchive } from "#learning/formats/archive.ts";
import { encodeNpy } from "#learning/formats/npy.ts";
import { encodeSafetensors, type StoredTensor } from "#learning/formats/safetensors.ts";
import { gguf } from "./gguf-file.ts";
import { uniformValues } from "../golden/golden.ts";

let folder = "";
const texts = ["the cat sat on the mat 猫坐在垫子上", "the dog sat on the cat 狗坐在猫上"];
const chatTemplate = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{{ eos_token }}";
const sizes = { hidden: 16, heads: 4, groups: 2, inner: 42, layers: 1, context: 48 };

/** Numbers of a shape, each tensor others. */
function stored(shape: readonly number[], seed: number, isScale = false): StoredTensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return { dtype: "f32", shape, data: Float32Array.from(uniformValues(seed, size, 0.4, isScale ? 1 : 0)) };
}

/** A Llama's weights by name: kernels [outputs, inputs] as in files. */
function weights(words: number): [string, StoredTensor][] {
  const { hidden, heads, groups, inner } = sizes;
  const dim = hidden / heads;
  const block = "model.layers.0.";
  return [
    ["model.embed_tokens.weight", stored([words, hidden], 1)],
    [`${block}input_layernorm.weight`, stored([hidden], 2, true)],
    [`${block}self_attn.q_proj.weight`, stored([hidden, hidden], 3)],
    [`${block}self_attn.k_proj.weight`, stored([groups * dim, hidden], 4)],
    [`${block}self_attn.v_proj.weight`, stored([groups * dim, hidden], 5)],
    [`${block}self_attn.o_proj.weight`, stored([hidden, hidden], 6)],
    [`${block}post_attention_layernorm.weight`, stored([hidden], 7, true)],
    [`${block}mlp.gate_proj.weight`, stored([inner, hidden], 8)],
    [`${block}mlp.up_proj.weight`, stored([inner, hidden], 9)],
    [`${block}mlp.down_proj.weight`, stored([hidden, inner], 10)],
    ["model.norm.weight", stored([hidden], 11, true)],
  ];
}

const configOf = (words: number): object => ({
  model_type: "llama",
  vocab_size: words,
  hidden_size: sizes.hidden,
  intermediate_size: sizes.inner,
  num_hidden_layers: sizes.layers,
  num_attention_heads: sizes.heads,
  num_key_value_heads: sizes.groups,
  max_position_embeddings: sizes.context,
  tie_word_embeddings: true,
});

const words = trainBytePair(texts, { vocabularySize: 280, specialTokens: ["<|endoftext|>"] });
const vocab = words.model["vocab"] as Readonly<Record<string, number>>;
const merges = words.model["merges"] as readonly (readonly [string, string])[];
const numWords = Object.keys(vocab).length;

async function writeFolder(name: string, files: Readonly<Record<string, unknown>>): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  for (const [file, content] of Object.entries(files)) {
    await writeFile(join(path, file), content instanceof Uint8Array ? content : JSON.stringify(content));
  }
  return path;
}

beforeAll(async () => {
  await useDevice("auto");
  folder = await mkdtemp(join(tmpdir(), "sinter-generate-"));
  await writeFolder("llama", {
    "config.json": configOf(numWords),
    "model.safetensors": encodeSafetensors(weights(numWords)),
    "tokenizer.json": words,
    "tokenizer_config.json": { chat_template: chatTemplate, eos_token: { content: "<|endoftext|>" } },
  });
});
afterAll(async () => {
  await closeDevice();
  await rm(folder, { recursive: true });
});

/** What the model writes where nothing is kept: the whole text is read for each token. */
async function greedyText({ model, tokenizer, contextLength }: TextGenerator, prompt: string): Promise<string> {
  const start = Array.from(tokenizer.encode(prompt).ids.data);
  const ids = [...start];
  const { tensor } = await import("#engine/tensor/create.ts");
  while (ids.length < start.length + 12) {
    const filled = Int32Array.from({ length: contextLength }, (_, place) => ids[place] ?? 0);
    const logits = await model.predictOnBatch(tensor(filled, { shape: [1, contextLength] }));
    const next = await logits.argMax(-1).data();
    ids.push(next[ids.length - 1]!);
  }
  return tokenizer.decode(ids).slice(tokenizer.decode(start).length);
}

describe("a text generator", () => {
  test("of a folder writes what the whole model gives, in English and Chinese", async () => {
    const writer = await textGenerator.load(join(folder, "llama"));
    expect(writer.contextLength).toBe(sizes.context);
    for (const prompt of ["the cat", "猫坐"]) {
      const text = await writer.generate(prompt, { maxNewTokens: 12, temperature: 0 });
      expect(text).toBe(await greedyText(writer, prompt));
    }
  });

  test("writes the same for a seed, ends at stop words and at the end of its context", async () => {
    const writer = await textGenerator.load(join(folder, "llama"));
    const draw = (seed: number): Promise<string> =>
      writer.generate("the dog", { seed, topK: 50, topP: 0.95, maxNewTokens: 20 });
    const text = await draw(1);
    expect(await draw(1)).toBe(text);
    expect(await draw(2)).not.toBe(text);
    const stop = Array.from(text)[5]!;
    expect(await writer.generate("the dog", { seed: 1, topK: 50, topP: 0.95, maxNewTokens: 20, stop })).toBe(
      text.slice(0, text.indexOf(stop)),
    );
    const all = await writer.generate("the", { temperature: 0, maxNewTokens: 1000 });
    expect(all).not.toBe("");
  });

  test("stops when asked to", async () => {
    const writer = await textGenerator.load(join(folder, "llama"));
    const controller = new AbortController();
    const pieces: string[] = [];
    const read = async (): Promise<void> => {
      for await (const piece of writer.stream("the", { signal: controller.signal, maxNewTokens: 40 })) {
        pieces.push(piece);
        controller.abort();
      }
    };
    await expect(read()).rejects.toMatchObject({ code: "aborted" });
    expect(pieces).toHaveLength(1);
  });

  test("answers by the chat template", async () => {
    const writer = await textGenerator.load(join(folder, "llama"));
    const pieces: string[] = [];
    const options = { temperature: 0, maxNewTokens: 8 };
    for await (const piece of writer.chat([{ role: "user", content: "the cat" }], options)) pieces.push(piece);
    expect(pieces.join("")).toBe(await writer.generate("<user>the cat<|endoftext|>", options));
  });

  test("of a GGUF file writes what that of the folder does", async () => {
    const names: readonly (readonly [RegExp, string])[] = [
      [/^model\.embed_tokens/u, "token_embd"],
      [/^model\.norm/u, "output_norm"],
      [/^model\.layers\.0\.input_layernorm/u, "blk.0.attn_norm"],
      [/^model\.layers\.0\.post_attention_layernorm/u, "blk.0.ffn_norm"],
      [/^model\.layers\.0\.self_attn\.o_proj/u, "blk.0.attn_output"],
      [/^model\.layers\.0\.self_attn\.(\w)_proj/u, "blk.0.attn_$1"],
      [/^model\.layers\.0\.mlp\.(\w+)_proj/u, "blk.0.ffn_$1"],
    ];
    const tensors = weights(numWords).map(([name, value]) => {
      const [pattern, own] = names.find(([known]) => known.test(name))!;
      return [name.replace(pattern, own), /[qk]_proj/u.test(name) ? inPairs(value) : value] as const;
    });
    const tokens = Object.entries(vocab).toSorted(([, a], [, b]) => a - b);
    const bytes = gguf(
      {
        "general.architecture": "llama",
        "llama.context_length": sizes.context,
        "llama.block_count": sizes.layers,
        "llama.feed_forward_length": sizes.inner,
        "llama.attention.head_count": sizes.heads,
        "llama.attention.head_count_kv": sizes.groups,
        "llama.attention.layer_norm_rms_epsilon": 1e-6,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "gpt-2",
        "tokenizer.ggml.tokens": tokens.map(([token]) => token),
        "tokenizer.ggml.merges": merges.map((pair) => (typeof pair === "string" ? pair : pair.join(" "))),
        "tokenizer.ggml.token_type": tokens.map(([, id]) => (id === 0 ? 3 : 1)),
        "tokenizer.chat_template": chatTemplate,
      },
      tensors,
    );
    await writeFile(join(folder, "tiny.gguf"), bytes);
    const [one, other] = [
      await textGenerator.load(join(folder, "llama")),
      await textGenerator.load(join(folder, "tiny.gguf")),
    ];
    const options = { temperature: 0, maxNewTokens: 12 };
    for (const prompt of ["the cat sat", "狗坐在"]) {
      expect(await other.generate(prompt, options)).toBe(await one.generate(prompt, options));
    }
  });

  test("of glassllm reads its words and weights", async () => {
    const { hidden, heads, groups } = sizes;
    const dim = hidden / heads;
    const glass = { alphabet: ["a", "b", "▁"], merges: [["▁", "a"]] };
    const inner = Math.floor((8 * hidden) / 3);
    const config = {
      vocab_size: 8,
      d_model: hidden,
      n_layers: 1,
      n_heads: heads,
      n_kv_heads: groups,
      max_len: 32,
      rope_base: 1e4,
      eps: 1e-6,
    };
    const tensors: [string, StoredTensor][] = [
      ["E", stored([8, hidden], 1)],
      ["norm_f.gamma", stored([hidden], 2, true)],
      ["blocks.0.norm1.gamma", stored([hidden], 3, true)],
      ["blocks.0.norm2.gamma", stored([hidden], 4, true)],
      ["blocks.0.attn.W_Q", stored([hidden, hidden], 5)],
      ["blocks.0.attn.W_K", stored([hidden, groups * dim], 6)],
      ["blocks.0.attn.W_V", stored([hidden, groups * dim], 7)],
      ["blocks.0.attn.W_O", stored([hidden, hidden], 8)],
      ["blocks.0.ffn.W1", stored([hidden, inner], 9)],
      ["blocks.0.ffn.W3", stored([hidden, inner], 10)],
      ["blocks.0.ffn.W2", stored([inner, hidden], 11)],
    ];
    const files = tensors.map(([name, value]) => [`${name}.npy`, encodeNpy(value)] as const);
    const archive = writeArchive([["__config__.npy", npyOfText(JSON.stringify(config))], ...files], { names: "keys" });
    await writeFile(join(folder, "tiny.npz"), archive);
    await expect(textGenerator.load(join(folder, "tiny.npz"))).rejects.toThrow("comes without its tokenizer. Put");
    await writeFile(join(folder, "tiny.tokenizer.json"), JSON.stringify(glass));
    const writer = await textGenerator.load(join(folder, "tiny.npz"));
    expect(Array.from(writer.tokenizer.encode("ab a").ids.data)).toEqual([4, 5, 7]);
    expect(writer.tokenizer.decode([4, 5, 7])).toBe("ab a");
    expect(await writer.generate("ab a", { temperature: 0, maxNewTokens: 12 })).toBe(await greedyText(writer, "ab a"));
  });

  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      "no such folder",
      () => textGenerator.load(join(folder, "nothing")),
      /nothing" is not there\. Give a folder with config/,
    ],
    [
      "an unknown model_type",
      async () =>
        textGenerator.load(
          await writeFolder("bert", { "config.json": { model_type: "bert" }, "tokenizer.json": words }),
        ),
      /model_type "bert" is not known here\. Give a model of gpt2, llama, mistral, qwen2/,
    ],
    [
      "no tokenizer",
      async () => textGenerator.load(await writeFolder("bare", { "config.json": configOf(numWords) })),
      /has no tokenizer\.json\. Save/,
    ],
    [
      "a long prompt",
      async () => generate("the ".repeat(60), {}),
      /the prompt has \d+ tokens, the model's context 48\. Shorten/,
    ],
    [
      "a bad temperature",
      async () => generate("the", { temperature: -1 }),
      /temperature is -1\. Give 0, which is greedy/,
    ],
    ["no prompt", async () => generate("", {}), /the prompt is empty/],
    ["a wrong option", async () => generate("the", { maxTokens: 3 }), /option maxTokens is not known/],
  ])("%s is refused", async (_, act, message) => {
    await expect(act()).rejects.toThrow(message);
  });

  async function generate(prompt: string, options: object): Promise<string> {
    return (await textGenerator.load(join(folder, "llama"))).generate(prompt, options);
  }
});

/** Rows of queries or keys in the order of neighbouring pairs, as GGUF files of a Llama have them. */
function inPairs({ dtype, shape, data }: StoredTensor): StoredTensor {
  const [rows = 0, features = 0] = shape;
  const dim = sizes.hidden / sizes.heads;
  const moved = new Float32Array(data.length);
  for (let row = 0; row < rows; row += 1) {
    const [head, place] = [Math.floor(row / dim), row % dim];
    const from = head * dim + Math.floor(place / 2) + (place % 2) * (dim / 2);
    moved.set(Float32Array.from(data).subarray(from * features, (from + 1) * features), row * features);
  }
  return { dtype, shape, data: moved };
}

/** One text as np.save writes it: letters of four bytes. */
function npyOfText(text: string): Uint8Array {
  const header = `{'descr': '<U${text.length}', 'fortran_order': False, 'shape': (), }`.padEnd(117);
  const letters = Uint32Array.from(text, (letter) => letter.codePointAt(0) ?? 0);
  const start = Uint8Array.of(0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, 118, 0);
  return Uint8Array.from(Buffer.concat([start, Buffer.from(`${header}\n`), new Uint8Array(letters.buffer)]));
}
