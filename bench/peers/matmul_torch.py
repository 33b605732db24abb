"""PyTorch: matrix products of each size."""

import argparse

from protocol import arguments, emit, middle, timed

options = arguments(argparse.ArgumentParser())

import torch  # noqa: E402

torch.set_num_threads(options.threads)
for size in map(int, options.sizes.split(",")):
    a, b = torch.rand(size, size) - 0.5, torch.rand(size, size) - 0.5
    inner = max(1, round(2e8 / (2 * size**3)))

    def run():
        with torch.inference_mode():
            for _ in range(inner):
                (a @ b)[0, 0].item()

    ms = 1000 * middle(timed(run, options.repeats, 2)) / inner
    emit("pytorch", options, ms=ms, extra={"size": size, "gflops": 2 * size**3 / ms / 1e6}, versions={"torch": torch.__version__})
