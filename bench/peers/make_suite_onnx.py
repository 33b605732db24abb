"""Writes the models of the wider suite as ONNX files into .peers/models, exported from PyTorch with batch normalization folded."""

import sys
import warnings
from pathlib import Path

import torch
from suite_torch_models import make_batch, make_model

FOLDER = Path(__file__).resolve().parents[2] / ".peers" / "models"
FOLDER.mkdir(parents=True, exist_ok=True)
warnings.filterwarnings("ignore")
# The encoder's fast path is one operator that ONNX does not have.
torch.backends.mha.set_fastpath_enabled(False)

for name in sys.argv[1:] or ["mobilenetv2", "resnet50", "vgg16", "transformer", "minilm"]:
    # Random statistics: constants such as 0 and 1 could be folded further than trained ones.
    model = make_model(name).eval() if name == "minilm" else torch.nn.Sequential(make_model(name), torch.nn.Softmax(1)).eval()
    with torch.no_grad():
        for weight in model.parameters():
            # The encoder's layers begin equal, and equal weights would be stored once.
            weight += 0.01 * torch.randn_like(weight)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    x, _ = make_batch(name, 32 if name == "minilm" else 8)
    # Of a Transformer's fixed shapes nothing is left to compute at run time.
    dynamic_axes = None if name in ("transformer", "minilm") else {"x": {0: "n"}, "y": {0: "n"}}
    torch.onnx.export(
        model, (x.contiguous(),), FOLDER / f"{name}.onnx", dynamo=False, opset_version=17, input_names=["x"], output_names=["y"],
        dynamic_axes=dynamic_axes,
    )
