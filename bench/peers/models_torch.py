"""PyTorch: known models in channels_last, inference (models-infer) or one train step (models-train)."""

import argparse

from protocol import CLASSES, SHAPES, arguments, emit, middle, model_cases, timed

options = arguments(argparse.ArgumentParser())

import torch  # noqa: E402
from known_models_torch import MODELS  # noqa: E402
from torch import nn  # noqa: E402

torch.set_num_threads(options.threads)
torch.manual_seed(0)
loss_function = nn.CrossEntropyLoss()

for name, batch in model_cases(options):
    model = MODELS[name](CLASSES[name])
    shape = SHAPES[name]
    x = torch.rand(batch, shape[2], *shape[:2]) if len(shape) == 3 else torch.rand(batch, *shape)
    if len(shape) == 3:
        model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    y = torch.arange(batch) % CLASSES[name]
    if options.work == "models-infer":
        model.eval()

        def run():
            with torch.inference_mode():
                return torch.softmax(model(x), -1).sum().item()
    else:
        adam = name == "mlp"
        optimizer = torch.optim.Adam(model.parameters(), fused=True) if adam else torch.optim.SGD(model.parameters(), lr=0.01, fused=True)

        def run():
            optimizer.zero_grad(set_to_none=True)
            loss = loss_function(model(x), y)
            loss.backward()
            optimizer.step()
            return loss.item()

    times = [1000 * seconds for seconds in timed(run, options.repeats, 2)]
    emit("pytorch", options, ms=middle(times), size=f"{name} {batch}", extra={"repeats": times}, versions={"torch": torch.__version__})
