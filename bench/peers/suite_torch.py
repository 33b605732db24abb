"""PyTorch: the models of the wider suite; WORK is MODEL-train-bN or MODEL-infer-bN."""

import argparse

from protocol import arguments, emit, middle, parse_work, timed_for

options = arguments(argparse.ArgumentParser())

import torch  # noqa: E402
from suite_torch_models import make_batch, make_model  # noqa: E402

torch.set_num_threads(options.threads)
name, mode, batch = parse_work(options.work)
model = make_model(name)
x, y = make_batch(name, batch)
loss_function = torch.nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), fused=True)


def train():
    optimizer.zero_grad(set_to_none=True)
    loss = loss_function(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def infer():
    with torch.inference_mode():
        return torch.softmax(model(x), 1)[0, 0].item()


model.train(mode == "train")
milliseconds = [1000 * seconds for seconds in timed_for(train if mode == "train" else infer, options.repeats)]
emit("pytorch", options, ms=middle(milliseconds), repeats=milliseconds, versions={"torch": torch.__version__})
