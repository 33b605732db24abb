"""scaledDotProductAttention of PyTorch in float64: output and gradients, plain, causal, masked, with a scale of its own."""

import torch
from torch.nn.functional import scaled_dot_product_attention

from common import tensor, uniform, write

# label: (query shape, key shape, width of values, options)
CASES = {
    "plain": ((2, 3, 5, 4), (2, 3, 6, 4), 3, {}),
    "causal": ((2, 2, 6, 4), (2, 2, 6, 4), 4, {"is_causal": True}),
    "masked": ((2, 4, 3), (2, 5, 3), 2, {"mask": True}),
    "scaled": ((1, 2, 4, 3), (1, 2, 4, 3), 5, {"scale": 0.25}),
    "oneHeadOfKeys": ((2, 3, 4, 2), (2, 1, 5, 2), 3, {}),
}


def case(query, key, width, options, seed):
    x, y, z = (torch.tensor(uniform(seed + i, shape, 2.0), requires_grad=True) for i, shape in enumerate((query, key, (*key[:-1], width))))
    lead = query[:-2]
    options = dict(options)
    mask = None
    if options.pop("mask", False):
        mask = torch.tensor(uniform(seed + 3, (*lead, query[-2], key[-2])) > -0.3)
        mask[..., 0] = True
    wide = [one.expand(*lead, *one.shape[-2:]) for one in (x, y, z)]
    out = scaled_dot_product_attention(*wide, attn_mask=mask, **options)
    (out * torch.tensor(uniform(seed + 50, tuple(out.shape)))).sum().backward()
    return {
        "query": list(query), "key": list(key), "value": [*key[:-1], width], "seed": seed,
        "causal": options.get("is_causal", False), "scale": options.get("scale"), "mask": None if mask is None else tensor(mask.numpy().astype("uint8")),
        "output": tensor(out.detach().numpy()), "gradients": [tensor(one.grad.numpy()) for one in (x, y, z)],
    }


write("attention-torch", {
    "note": "query, key and value are uniform(seed, …), uniform(seed + 1, …) and uniform(seed + 2, …) of limit 2, the cotangent uniform(seed + 50, …)",
    "cases": {label: case(*one, 99_000 + 100 * index) for index, (label, one) in enumerate(CASES.items())},
}, torch)
