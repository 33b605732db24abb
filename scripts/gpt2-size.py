"""transformers' GPT-2 of 124 M weights from the formula, as scripts/gpt2-size.mjs asks: a line of JSON in, a line out.

{"do": "step", "file": PATH}: loss of 512 tokens; gradients by name into a .safetensors file. {"do": "generate"}: 128 tokens
after 64, greedy, with its cache of keys and values: the tokens and the seconds.
"""

import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "golden"))
from common import np, uniform  # noqa: E402

import torch  # noqa: E402
import transformers  # noqa: E402
from safetensors.torch import save_file  # noqa: E402

torch.set_num_threads(int(os.environ.get("THREADS", "2")))


def weight(index, name, shape):
    if len(shape) == 2:
        return uniform(100 + index, shape, 0.035)
    return uniform(100 + index, shape, 0.1, 1 if ".ln_" in name and name.endswith("weight") else 0)


config = transformers.GPT2Config(resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, eos_token_id=None, bos_token_id=None)
model = transformers.GPT2LMHeadModel(config)
state = dict(model.named_parameters())
with torch.no_grad():
    for index, name in enumerate(sorted(state)):
        state[name].copy_(torch.from_numpy(weight(index, name, tuple(state[name].shape)).astype(np.float32)))


def tokens(count):
    return torch.from_numpy(((uniform(7, (1, count)) + 1) / 2 * config.vocab_size).astype(np.int64))


def step(request):
    model.train()
    ids = tokens(513)
    logits = model(ids[:, :-1], use_cache=False).logits
    loss = torch.nn.functional.cross_entropy(logits[0], ids[0, 1:])
    loss.backward()
    save_file({name: one.grad.contiguous() for name, one in state.items()}, request["file"])
    for one in state.values():
        one.grad = None
    return {"loss": loss.item()}


def generate(_request):
    model.eval()
    ids = tokens(64)
    start = time.perf_counter()
    made = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=128, pad_token_id=0)
    return {"seconds": time.perf_counter() - start, "ids": made[0, 64:].tolist()}


for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"step": step, "generate": generate}[request["do"]](request)), flush=True)
