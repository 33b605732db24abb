"""Encoders of texts of transformers, small and with weights from the formula: outputs and gradients, and how many weights the published have.

Everything is float64, nothing is dropped. Weight i is the i-th name of the state dict, sorted: a matrix is uniform(100 + i) within
sqrt(3 / columns), a scale within 0.2 around 1, all else within 0.1; embeddings count as matrices. Tokens are 1 + floor((units(1) + 0.5) * (words
- 1)), 0 behind a text's end. The loss is the sum of outputs (of places that count) times uniform(2 + output). Of each gradient the norm and the
product with uniform(50,000 + i) are kept.

Run: OMP_NUM_THREADS=1 .peers/python/bin/python scripts/golden/text_encoders.py
"""

import json

import torch
import transformers
from transformers import BertConfig, BertForSequenceClassification, BertModel, T5Config, T5ForConditionalGeneration, T5Model

from common import math, np, tensor, uniform, units, write

WORDS, LENGTH = 40, 9
SMALL = dict(
    vocab_size=WORDS, hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40, max_position_embeddings=12,
    hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
)


def formula(index, name, shape):
    if len(shape) == 2:
        return uniform(100 + index, shape, math.sqrt(3 / shape[1]))
    if "norm" in name.lower() and name.endswith("weight"):
        return uniform(100 + index, shape, 0.2, 1)
    return uniform(100 + index, shape, 0.1)


def tokens(lengths, seed=1):
    ids = 1 + np.floor((units(seed, len(lengths) * LENGTH) + 0.5) * (WORDS - 1)).astype(np.int64).reshape(-1, LENGTH)
    return ids * (np.arange(LENGTH) < np.array(lengths)[:, None])


def stored_once(model):
    """Weights by name; one that several layers share has its first name."""
    return dict(sorted(model.named_parameters()))


def run(model, inputs, outputs_of, counts):
    """Outputs, and by weight norm and product of the gradient of the sum of outputs times numbers."""
    model = model.double().eval()
    weights = stored_once(model)
    with torch.no_grad():
        for index, (name, value) in enumerate(weights.items()):
            value.copy_(torch.tensor(formula(index, name, tuple(value.shape))))
    outputs = outputs_of(model(**inputs))
    loss = 0
    for number, output in enumerate(outputs):
        cotangent = torch.tensor(uniform(2 + number, tuple(output.shape)))
        if output.dim() == 3:
            cotangent = cotangent * (counts[:, :, None] if output.shape[1] == counts.shape[1] else 1)
        loss = loss + (output * cotangent).sum()
    loss.backward()
    gradients = dict(model.named_parameters())
    norms, products = [], []
    for index, name in enumerate(weights):
        grad = gradients[name].grad
        values = np.zeros(gradients[name].shape) if grad is None else grad.numpy()
        norms.append(math.sqrt((values**2).sum()))
        products.append(float((values * uniform(50_000 + index, values.shape)).sum()))
    return {
        "weights": [f"{name} {list(value.shape)}" for name, value in weights.items()],
        "outputs": [tensor(output.detach().numpy()) for output in outputs],
        "norms": tensor(np.array(norms)),
        "products": tensor(np.array(products)),
    }


def config_of(model):
    """config.json as save_pretrained writes it, less what is at its default."""
    model.config.architectures = [type(model).__name__]
    kept = ("architectures", "model_type", *model.config.to_diff_dict())
    return {key: value for key, value in json.loads(model.config.to_json_string(use_diff=False)).items() if key in kept}


def bert(lengths, types=False, classes=None, **options):
    config = BertConfig(**SMALL, **options, **({} if classes is None else {"num_labels": classes}))
    torch.manual_seed(0)
    model = BertModel(config) if classes is None else BertForSequenceClassification(config)
    ids = tokens(lengths)
    counts = torch.tensor((ids > 0).astype(np.float64))
    inputs = {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor((ids > 0).astype(np.int64))}
    if types:
        inputs["token_type_ids"] = torch.tensor((np.arange(LENGTH) >= 4).astype(np.int64)[None].repeat(len(lengths), 0))
    outputs_of = (lambda y: [y.logits]) if classes else (lambda y: [y.last_hidden_state, y.pooler_output])
    return {
        "config": config_of(model),
        "ids": tensor(ids.astype(np.int32)),
        **({"types": tensor(inputs["token_type_ids"].numpy().astype(np.int32))} if types else {}),
        **run(model, inputs, outputs_of, counts),
    }


T5_SMALL = dict(
    vocab_size=WORDS, d_model=20, d_kv=6, d_ff=28, num_layers=2, num_heads=3, relative_attention_num_buckets=8, relative_attention_max_distance=12,
    dropout_rate=0.0,
)


def t5(lengths, top=False, written=0, **options):
    """The decoder reads 7 tokens, of which the first is 0; `written` tokens are made greedily."""
    torch.manual_seed(0)
    config = T5Config(**{**T5_SMALL, **options})
    model = T5ForConditionalGeneration(config) if top else T5Model(config)
    ids, targets = tokens(lengths), tokens([9] * len(lengths), 7)[:, :7]
    targets[:, 0] = 0
    counts = torch.tensor((ids > 0).astype(np.float64))
    inputs = {
        "input_ids": torch.tensor(ids), "attention_mask": torch.tensor((ids > 0).astype(np.int64)), "decoder_input_ids": torch.tensor(targets),
    }
    outputs_of = (lambda y: [y.logits]) if top else (lambda y: [y.last_hidden_state, y.encoder_last_hidden_state])
    found = {
        "config": config_of(model),
        "ids": tensor(ids.astype(np.int32)),
        "targets": tensor(targets.astype(np.int32)),
        **run(model, inputs, outputs_of, counts),
    }
    if written > 0:
        made = model.generate(input_ids=inputs["input_ids"][:1], attention_mask=inputs["attention_mask"][:1], max_new_tokens=written, do_sample=False, decoder_start_token_id=0)
        found["written"] = made[0].tolist()
    return found


def count(model):
    return sum(value.numel() for value in model.parameters())


with torch.device("meta"):
    counts = {"bert": count(BertModel(BertConfig())), "t5": count(T5Model(T5Config()))}

cases = {
    "bert": bert([9, 9]),
    "bert padded": bert([9, 5, 1]),
    "bert types": bert([9, 6], types=True),
    "bert relu": bert([7], hidden_act="relu", layer_norm_eps=1e-5),
    "bert classifier": bert([9, 5], classes=3),
    "t5": t5([9, 9]),
    "t5 padded": t5([9, 4]),
    "t5 logits": t5([9, 6], top=True, written=6),
    "t5 gated": t5([8], top=True, feed_forward_proj="gated-gelu", tie_word_embeddings=False, num_decoder_layers=1),
}
write("text-encoders", {"counts": counts, "cases": cases}, torch, transformers)
