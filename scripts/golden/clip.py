"""CLIP of transformers in float64, of a small configuration: logits, the contrastive loss, and of each gradient its norm and its product with
uniform(50,000 + i).

Weight i, by sinter's names in order (pictures/…, texts/…, then logit_scale), is uniform(100 + i): a kernel within sqrt(6 / inputs of an output), a
scale within 0.2 around 1, all else within 0.1; logit_scale is 1.2. Pictures are uniform(1), texts numbers of tokens that end with the highest.
"""

import hashlib

import torch
import transformers
from transformers import CLIPConfig, CLIPModel

from common import math, np, tensor, uniform, write

HEADS = {"pictures": 2, "texts": 3}
PARTS = {"weight": "kernel", "bias": "bias"}
PLACES = {
    "embeddings.class_embedding": "class_embedding/token",
    "embeddings.patch_embedding.weight": "patch_embedding/kernel",
    "embeddings.position_embedding.weight": "position_embedding/embeddings",
    "embeddings.token_embedding.weight": "token_embedding/embeddings",
}
NORMS = {"pre_layrnorm": "pre_layernorm", "post_layernorm": "post_layernorm", "final_layer_norm": "final_layernorm"}
LAYERS = {"layer_norm1": "ln_1", "layer_norm2": "ln_2", "mlp.fc1": "mlp_1", "mlp.fc2": "mlp_2"}
ATTENTION = {"q_proj": "query", "k_proj": "key", "v_proj": "value", "out_proj": "attention_output"}


def name_of(key):
    """sinter's name, with the tower before it."""
    if key == "logit_scale":
        return key
    if "projection" in key:
        tower = "pictures" if key.startswith("visual") else "texts"
        return f"{tower}/{key.split('.')[0]}/kernel"
    model, rest = key.split(".", 1)
    tower = "pictures" if model == "vision_model" else "texts"
    if rest in PLACES:
        return f"{tower}/{PLACES[rest]}"
    *layer, part = rest.split(".")
    norm = {"weight": "gamma", "bias": "beta"}[part]
    if layer[0] in NORMS:
        return f"{tower}/{NORMS[layer[0]]}/{norm}"
    prefix = f"{tower}/encoder_layer_{layer[2]}"
    if layer[3] == "self_attn":
        return f"{prefix}_self_attention/{ATTENTION[layer[4]]}/{PARTS[part]}"
    name = LAYERS[".".join(layer[3:])]
    return f"{prefix}_{name}/{norm if name.startswith('ln') else PARTS[part]}"


def ours(name, values):
    """A view in sinter's layout."""
    heads = HEADS.get(name.split("/")[0])
    if "/attention_output/kernel" in name:
        return values.unflatten(1, (heads, -1)).permute(1, 2, 0)
    if "_self_attention/" in name and "attention_output" not in name:
        split = values.unflatten(0, (heads, -1))
        return split.permute(2, 0, 1) if values.ndim == 2 else split
    if values.ndim == 4:
        return values.permute(2, 3, 1, 0)
    return values.T if values.ndim == 2 and "embeddings" not in name else values


def formula(index, name, shape):
    part = name.rsplit("/", 1)[-1]
    if part == "kernel":
        return uniform(100 + index, shape, math.sqrt(6 / math.prod(shape[:-1])))
    middle, limit = (1, 0.2) if part == "gamma" else (0, 0.1)
    return uniform(100 + index, shape, limit, middle)


TEXT = {"hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 20, "vocab_size": 30, "max_position_embeddings": 7, "eos_token_id": 29, "bos_token_id": 28, "pad_token_id": 0}
VISION = {"hidden_size": 10, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16, "image_size": 16, "patch_size": 8}
IDS = [[28, 3, 4, 5, 29, 0, 0], [28, 7, 29, 29, 29, 29, 29], [28, 9, 1, 2, 3, 4, 29]]

torch.set_default_dtype(torch.float64)
config = CLIPConfig(text_config=TEXT, vision_config=VISION, projection_dim=9, attn_implementation="eager")
model = CLIPModel(config).double().eval()
views = {name_of(key): ours(name_of(key), value) for key, value in model.named_parameters()}
names = sorted(views)
with torch.no_grad():
    for index, name in enumerate(names):
        shape = tuple(views[name].shape)
        views[name].copy_(torch.tensor(formula(index, name, shape)) if name != "logit_scale" else torch.tensor(1.2))
x = uniform(1, (3, 16, 16, 3))
result = model(input_ids=torch.tensor(IDS), pixel_values=torch.tensor(x.transpose(0, 3, 1, 2).copy()), return_loss=True)
result.loss.backward()
gradients = {name_of(key): ours(name_of(key), value.grad).numpy() for key, value in model.named_parameters()}
# What is added to all keys changes no attention: its gradient is 0 but for rounding.
kept = [(index, name) for index, name in enumerate(names) if not name.endswith("key/bias")]
lines = [f"{name} [{', '.join(map(str, views[name].shape))}]" for name in names]
full = CLIPModel(CLIPConfig(text_config={"hidden_size": 512}, vision_config={"hidden_size": 768}))
content = {
    "numWeights": sum(value.numel() for value in full.parameters()),
    "names": hashlib.sha256("\n".join(lines).encode()).hexdigest(),
    "weights": len(names),
    "ids": IDS,
    "logits": tensor(result.logits_per_image.detach().numpy()),
    "loss": float(result.loss.detach()),
    "norms": tensor(np.array([np.sqrt((gradients[name] ** 2).sum()) for _, name in kept])),
    "products": tensor(np.array([(gradients[name] * uniform(50_000 + index, gradients[name].shape)).sum() for index, name in kept])),
}
print(content["numWeights"], content["weights"], content["loss"])
write("clip", content, torch, transformers)
