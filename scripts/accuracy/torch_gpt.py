"""Bits a letter that PyTorch reaches with the model of examples/language/gpt.ts after as many steps: the same text, windows and rates.

Run: node scripts/fetch-data.mjs; .peers/python/bin/python scripts/accuracy/torch_gpt.py [--steps 1500] [--seed 0]
Weights begin as Keras's (glorot uniform, embeddings within 0.05); Persuasion is read once, at the end.
"""

import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

DATA = Path(__file__).resolve().parents[2] / ".data" / "austen"
NOVELS = ["sense-and-sensibility", "pride-and-prejudice", "mansfield-park", "emma", "northanger-abbey"]
LAYERS, WIDTH, CONTEXT, BATCH, HEADS = 4, 128, 128, 32, 4


def dense(width_in, width_out):
    layer = nn.Linear(width_in, width_out)
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before, self.between = nn.LayerNorm(WIDTH, eps=1e-3), nn.LayerNorm(WIDTH, eps=1e-3)
        self.query, self.key, self.value, self.out = (dense(WIDTH, WIDTH) for _ in range(4))
        self.wide, self.narrow = dense(WIDTH, 4 * WIDTH), dense(4 * WIDTH, WIDTH)

    def forward(self, x):
        seen = self.before(x)
        parts = [layer(seen).view(*x.shape[:2], HEADS, -1).transpose(1, 2) for layer in (self.query, self.key, self.value)]
        attended = F.scaled_dot_product_attention(*parts, is_causal=True).transpose(1, 2).reshape(x.shape)
        y = x + self.out(attended)
        return y + self.narrow(F.gelu(self.wide(self.between(y))))


class Gpt(nn.Module):
    def __init__(self, num_letters):
        super().__init__()
        self.letters, self.places = nn.Embedding(num_letters, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        nn.init.uniform_(self.letters.weight, -0.05, 0.05)
        nn.init.xavier_uniform_(self.places.weight)
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.norm, self.head = nn.LayerNorm(WIDTH, eps=1e-3), dense(WIDTH, num_letters)

    def forward(self, ids):
        return self.head(self.norm(self.blocks(self.letters(ids) + self.places.weight[: ids.shape[1]])))


def windows(ids, stride):
    """Starts of the windows, each of CONTEXT letters and the one after."""
    return np.arange(0, len(ids) - CONTEXT, stride)


def batch_of(ids, starts):
    rows = torch.from_numpy(np.stack([ids[start : start + CONTEXT + 1] for start in starts]))
    return rows[:, :-1], rows[:, 1:]


def loss_of(model, x, y):
    return F.cross_entropy(model(x).flatten(0, 1), y.flatten())


def rate(step, steps):
    if step < 100:
        return 1e-5 + (2e-3 - 1e-5) * step / 100
    return 2e-3 * (0.95 * (1 + math.cos(math.pi * min(step - 100, steps) / steps)) / 2 + 0.05)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    text = "\n".join((DATA / f"{name}.txt").read_text("utf-8") for name in NOVELS)
    numbers = {letter: number for number, letter in enumerate(sorted(set(text)))}

    def encode(written):
        return np.array([numbers.get(letter, numbers[" "]) for letter in written], "int64")

    ids = encode(text)
    model = Gpt(len(numbers))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, weight_decay=0.01, eps=1e-7)
    order = np.random.default_rng(options.seed).permutation(windows(ids, CONTEXT // 2))
    started = time.time()
    for step in range(options.steps):
        places = np.arange(step * BATCH, (step + 1) * BATCH) % len(order)
        for group in optimizer.param_groups:
            group["lr"] = rate(step, options.steps)
        loss = loss_of(model, *batch_of(ids, order[places]))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    held = encode((DATA / "persuasion.txt").read_text("utf-8"))
    starts = windows(held, CONTEXT)
    total = 0.0
    with torch.no_grad():
        for begin in range(0, len(starts), BATCH):
            some = starts[begin : begin + BATCH]
            total += loss_of(model, *batch_of(held, some)).item() * len(some)
    bits = total / len(starts) / math.log(2)
    print(f"PyTorch {torch.__version__}, {options.steps} steps in {time.time() - started:.0f} s: {bits:.3f} bits a letter")


if __name__ == "__main__":
    main()
