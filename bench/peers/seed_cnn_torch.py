"""PyTorch: the seed CNN of docs/guide/seed.md in channels_last, one train step or one inference, batch 32; `compile`: torch.compile's first step.

Arguments: WORK (train | infer | compile) and --repeats N, --threads T, --batch B. Prints one line of JSON (bench/README.md).
"""

import argparse
import os
import time

from protocol import arguments, emit, timed

options = arguments(argparse.ArgumentParser())
# A first compilation is meant, not what an earlier run left in the cache.
os.environ["TORCHINDUCTOR_FORCE_DISABLE_CACHES"] = "1"

import torch  # noqa: E402
from torch import nn  # noqa: E402

torch.set_num_threads(options.threads)
torch.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(3, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(64, 128, 3), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(36992, 512), nn.ReLU(), nn.Linear(512, 1),
).to(memory_format=torch.channels_last)
x = torch.rand(options.batch, 3, 150, 150).to(memory_format=torch.channels_last)
y = torch.randint(0, 2, (options.batch, 1)).float()
loss_function = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), fused=True)


def train_step(forward=model):
    optimizer.zero_grad(set_to_none=True)
    loss = loss_function(forward(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def infer():
    with torch.inference_mode():
        return torch.sigmoid(model(x)).sum().item()


versions = {"torch": torch.__version__}
if options.work == "compile":
    compiled = torch.compile(model)
    start = time.perf_counter()
    train_step(compiled)
    first = time.perf_counter() - start
    later = min(timed(lambda: train_step(compiled), options.repeats, 0))
    emit("pytorch-compile", options, ms=1000 * (first - later), extra={"firstStepMs": 1000 * first, "laterStepMs": 1000 * later}, versions=versions)
else:
    times = timed(train_step if options.work == "train" else infer, options.repeats, 3)
    emit("pytorch", options, seconds=times, versions=versions)
