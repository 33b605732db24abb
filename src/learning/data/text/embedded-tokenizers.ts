// Tokenizers that lie in other files than a tokenizer.json, written as one: those of GGUF files and of glassllm.

import { SinterError } from "#engine/base/error.ts";
import { isRecord } from "#engine/base/is-record.ts";
import { specialTokens, type TokenizerJson, type TokenizerStep } from "#learning/data/text/tokenizer-json.ts";

const blank = "▁";

/** How GPT-2 and Llama 3 cut texts before they merge bytes, by GGUF's name for it. */
const cuts: Readonly<Record<string, string>> = {
  "gpt-2": String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  "llama-bpe": String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  qwen2: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
};

/** GGUF's kinds of tokens that stand for themselves: control, user defined. */
const specialKinds = [3, 4];

/**
 * The tokenizer in the metadata of a GGUF file: of models "gpt2" (byte pairs) and "llama" (SentencePiece's).
 * @throws format for another kind
 * @source llama.cpp, gguf-py/gguf/constants.py; transformers, convert_slow_tokenizer.py
 */
export function tokenizerOfGguf(metadata: ReadonlyMap<string, unknown>): TokenizerJson {
  const kind = metadata.get("tokenizer.ggml.model");
  const tokens = textsOf(metadata, "tokens");
  const types = metadata.get("tokenizer.ggml.token_type");
  const isSpecial = (id: number): boolean => Array.isArray(types) && specialKinds.includes(Number(types[id]));
  const added = specialTokens(tokens).filter(({ id }) => isSpecial(id));
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  if (kind === "gpt2") return bytePairs(metadata, { vocab, added });
  if (kind === "llama") return sentencePieces(metadata, { vocab, tokens, added });
  throw wrong("GGUF", `tokenizer.ggml.model is ${JSON.stringify(kind ?? null)}, "gpt2" and "llama" are read`);
}

interface Vocabulary {
  readonly vocab: Readonly<Record<string, number>>;
  readonly added: TokenizerJson["added_tokens"];
}

function bytePairs(metadata: ReadonlyMap<string, unknown>, { vocab, added }: Vocabulary): TokenizerJson {
  const name = metadata.get("tokenizer.ggml.pre") ?? "gpt-2";
  const cut = typeof name === "string" ? cuts[name === "default" ? "gpt-2" : name] : undefined;
  if (cut === undefined) throw wrong("GGUF", `tokenizer.ggml.pre is ${JSON.stringify(name)}, which is not known`);
  return file({
    added,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: cut }, behavior: "Isolated", invert: false },
        { type: "ByteLevel", add_prefix_space: false, use_regex: false },
      ],
    },
    decoder: { type: "ByteLevel" },
    model: { type: "BPE", vocab, merges: textsOf(metadata, "merges"), ignore_merges: name === "llama-bpe" },
    frame: frameOf(metadata, vocab, name === "llama-bpe"),
  });
}

/** SentencePiece joins the pair whose whole has the highest score: merges in that order do the same. */
function sentencePieces(
  metadata: ReadonlyMap<string, unknown>,
  { vocab, tokens, added }: Vocabulary & { readonly tokens: readonly string[] },
): TokenizerJson {
  const hasBlank = metadata.get("tokenizer.ggml.add_space_prefix") !== false;
  const replace = { type: "Replace", pattern: { String: " " }, content: blank };
  const steps = hasBlank ? [{ type: "Prepend", prepend: blank }, replace] : [replace];
  const strip = hasBlank ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : [];
  return file({
    added,
    normalizer: { type: "Sequence", normalizers: steps },
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: blank }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
        ...strip,
      ],
    },
    model: {
      type: "BPE",
      vocab,
      merges: mergesOf(metadata.get("tokenizer.ggml.scores"), { vocab, tokens }),
      byte_fallback: true,
      fuse_unk: true,
      unk_token: tokens[Number(metadata.get("tokenizer.ggml.unknown_token_id") ?? 0)] ?? null,
    },
    frame: frameOf(metadata, vocab, true),
  });
}

/** All ways to make a token of two, the token of the highest score first. */
function mergesOf(
  scores: unknown,
  { vocab, tokens }: { readonly vocab: Vocabulary["vocab"]; readonly tokens: readonly string[] },
): (readonly [string, string])[] {
  const scoreOf = (id: number): number => (Array.isArray(scores) ? Number(scores[id]) : -id);
  const order = Array.from(tokens.keys()).toSorted((a, b) => scoreOf(b) - scoreOf(a) || a - b);
  return order.flatMap((id) => {
    const letters = Array.from(tokens[id] ?? "");
    return letters.slice(1).flatMap((_, place) => {
      const [left, right] = [letters.slice(0, place + 1).join(""), letters.slice(place + 1).join("")];
      return Object.hasOwn(vocab, left) && Object.hasOwn(vocab, right) ? [[left, right] as const] : [];
    });
  });
}

/** The token that begins a text, where there is one. */
function frameOf(
  metadata: ReadonlyMap<string, unknown>,
  vocab: Readonly<Record<string, number>>,
  standard: boolean,
): TokenizerStep | null {
  const isAdded = metadata.get("tokenizer.ggml.add_bos_token") ?? standard;
  const first = metadata.get("tokenizer.ggml.bos_token_id");
  const [token] = Object.entries(vocab).find(([, id]) => id === first) ?? [];
  if (isAdded !== true || token === undefined) return null;
  const begin = { SpecialToken: { id: token, type_id: 0 } };
  return {
    type: "TemplateProcessing",
    single: [begin, { Sequence: { id: "A", type_id: 0 } }],
    pair: [begin, { Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
    special_tokens: { [token]: { id: token, ids: [first], tokens: [token] } },
  };
}

/**
 * The tokenizer of glassllm 0.1: { alphabet, merges } of a NAME.tokenizer.json.
 * @throws format for another file
 */
export function tokenizerOfGlassllm(json: unknown): TokenizerJson {
  const { alphabet, merges } = isRecord(json) ? json : {};
  if (!isTexts(alphabet) || !Array.isArray(merges) || !merges.every((pair) => isTexts(pair) && pair.length === 2)) {
    throw wrong("glassllm", "alphabet or merges are missing");
  }
  const specials = ["<pad>", "<unk>", "<bos>", "<eos>"];
  const tokens = [...specials, ...alphabet, ...merges.map((pair: readonly string[]) => pair.join(""))];
  const replace = (from: string, content: string): TokenizerStep => ({
    type: "Replace",
    pattern: { String: from },
    content,
  });
  return file({
    added: specialTokens(specials),
    normalizer: { type: "Sequence", normalizers: [{ type: "NFC" }, replace(" ", blank)] },
    pre_tokenizer: {
      type: "Split",
      pattern: { Regex: `\\n|${blank}*[^${blank}\\n]+|${blank}+` },
      behavior: "Removed",
      invert: true,
    },
    decoder: { type: "Sequence", decoders: [replace(blank, " "), { type: "Fuse" }] },
    model: {
      type: "BPE",
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
      unk_token: "<unk>",
    },
    frame: null,
  });
}

interface Parts {
  readonly added: TokenizerJson["added_tokens"];
  readonly normalizer?: TokenizerStep;
  readonly pre_tokenizer?: TokenizerStep;
  readonly decoder: TokenizerStep;
  readonly model: TokenizerStep;
  /** What is put around a text. */
  readonly frame: TokenizerStep | null;
}

function file({ added, normalizer, pre_tokenizer: cut, decoder, model, frame }: Parts): TokenizerJson {
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: normalizer ?? null,
    pre_tokenizer: cut ?? null,
    post_processor: frame,
    decoder,
    model,
  };
}

function textsOf(metadata: ReadonlyMap<string, unknown>, name: string): readonly string[] {
  const texts = metadata.get(`tokenizer.ggml.${name}`);
  if (isTexts(texts)) return texts;
  throw wrong("GGUF", `tokenizer.ggml.${name} is no list of texts`);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function wrong(where: string, what: string): SinterError {
  return new SinterError("format", `tokenizer of ${where}: ${what}. Give a tokenizer.json instead.`);
}
