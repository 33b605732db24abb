"""State dicts of torchvision as .pth and .safetensors, and what the networks answer; for zoo-weights.mjs, which runs it."""

import json
import math
import sys
from pathlib import Path

import numpy as np
import torch
import torchvision
from safetensors.torch import save_file

V = torchvision.models
MODELS = {
    "resnet18": (V.resnet18, 64), "resnet34": (V.resnet34, 64), "squeezeNet": (V.squeezenet1_1, 64), "denseNet121": (V.densenet121, 64),
    "denseNet169": (V.densenet169, 64), "denseNet201": (V.densenet201, 64), "vgg16": (V.vgg16, 224), "vgg19": (V.vgg19, 224),
}  # fmt: skip

folder, *asked = sys.argv[1:]
folder = Path(folder)
random = np.random.default_rng(0)
found = {}
for name, (make, size) in MODELS.items():
    if asked and name not in asked:
        continue
    model = make(num_classes=7).eval()
    for key, value in model.state_dict().items():
        if key.endswith("num_batches_tracked"):
            continue
        limit = math.sqrt(2 / math.prod(value.shape[1:])) if value.ndim > 1 else 0.1
        values = torch.tensor(random.normal(size=tuple(value.shape)) * limit, dtype=torch.float32)
        value.copy_(1 + values.abs() if "running_var" in key or value.ndim == 1 and key.endswith("weight") else values)
    torch.save(model.state_dict(), folder / f"{name}.pth")
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, folder / f"{name}.safetensors")
    x = random.random((1, size, size, 3)).astype(np.float32)
    with torch.no_grad():
        y = model(torch.tensor(x.transpose(0, 3, 1, 2).copy()))
    found[name] = {"x": x.reshape(-1).tolist(), "size": size, "y": y.reshape(-1).tolist()}
(folder / "torch-answers.json").write_text(json.dumps({"torchvision": torchvision.__version__, "models": found}))
