"""Decoders of transformers with weights from the formula: logits for some tokens, and the gradients of their product with numbers.

Weight i is the i-th by name, in the layout of its file; test/golden/decoders.test.ts gives the same to sinter as such a file.
"""


import torch
import transformers

from common import math, np, tensor, uniform, write

T = transformers
SMALL = {"vocab_size": 23, "tie_word_embeddings": True}
LLAMA = {**SMALL, "hidden_size": 16, "intermediate_size": 28, "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 12}
LLAMA3 = {"rope_type": "llama3", "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 6}
CASES = {
    "gpt2": (T.GPT2Config, T.GPT2LMHeadModel, {**SMALL, "n_positions": 12, "n_embd": 16, "n_layer": 2, "n_head": 2}),
    "llama": (T.LlamaConfig, T.LlamaForCausalLM, {**LLAMA, "num_key_value_heads": 2, "tie_word_embeddings": False, "rms_norm_eps": 1e-5}),
    "llama3": (
        T.LlamaConfig,
        T.LlamaForCausalLM,
        {**LLAMA, "num_key_value_heads": 1, "head_dim": 6, "attention_bias": True, "rope_parameters": {"rope_theta": 500.0, **LLAMA3}},
    ),
    "mistral": (T.MistralConfig, T.MistralForCausalLM, {**LLAMA, "num_key_value_heads": 2, "sliding_window": None}),
    "qwen2": (T.Qwen2Config, T.Qwen2ForCausalLM, {**LLAMA, "num_key_value_heads": 2}),
}
IDS = [[3, 1, 4, 1, 5, 9, 2, 6, 5, 22, 0], [2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4]]
# Full size, made without memory: their parameters are counted.
FULL = {"gpt2": (T.GPT2Config, T.GPT2LMHeadModel), "llama": (T.LlamaConfig, T.LlamaForCausalLM)}


def formula(index, name, shape):
    if len(shape) == 2:
        return uniform(100 + index, shape, math.sqrt(3 / shape[1]))
    return uniform(100 + index, shape, 0.2, 0 if name.endswith("bias") else 1)


def run(name, dtype):
    make_config, make, options = CASES[name]
    config = make_config(**options)
    config._attn_implementation = "eager"
    model = make(config).to(dtype).eval()
    state = {key: value for key, value in model.named_parameters()}
    names = sorted(state)
    for index, key in enumerate(names):
        with torch.no_grad():
            state[key].copy_(torch.tensor(formula(index, key, tuple(state[key].shape)), dtype=dtype))
    logits = model(torch.tensor(IDS), use_cache=False).logits
    (logits * torch.tensor(uniform(2, tuple(logits.shape)), dtype=dtype)).sum().backward()
    return names, state, logits.detach().numpy(), config.to_dict()


def entry(name):
    names, state, logits, config = run(name, torch.float64)
    _, rough, rough_logits, _ = run(name, torch.float32)
    distances = [(rough[key].grad - state[key].grad).abs().max() / state[key].grad.square().mean().sqrt() for key in names]
    print(name, sum(one.numel() for one in state.values()), "float32 differs by", float(max(distances)), np.abs(rough_logits - logits).max())
    kept = [*CASES[name][2], "model_type", "rope_parameters", "rope_theta", "layer_norm_epsilon", "rms_norm_eps"]
    return {
        "config": {key: config[key] for key in kept if key in config},
        "logits": tensor(logits.astype(np.float32)),
        "gradients": {key: tensor(state[key].grad.numpy().astype(np.float32)) for key in names},
    }


def count(make_config, make):
    with torch.device("meta"):
        return sum(one.numel() for one in make(make_config()).parameters())


content = {
    "ids": IDS,
    "numWeights": {name: count(*one) for name, one in FULL.items()},
    "models": {name: entry(name) for name in CASES},
}
write("decoders", content, torch, transformers)
