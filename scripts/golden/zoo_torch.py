"""Picture classifiers of torchvision with weights from the formula; as zoo.py, but weight i is the i-th by name (as sinter names it)."""

import hashlib

import torch
import torchvision

from common import math, np, tensor, uniform, write

V = torchvision.models
MODELS = {"resnet18": (V.resnet18, 40), "resnet34": (V.resnet34, 44), "squeezeNet": (V.squeezenet1_1, 39)}
CLASSES = 7
NORM = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
KERNEL = {"weight": "kernel", "bias": "bias"}
FIRES = {3: 2, 4: 3, 6: 4, 7: 5, 9: 6, 10: 7, 11: 8, 12: 9}


def name_of(key):
    """sinter's name of an entry of a state dict; None for counters."""
    *layer, part = key.split(".")
    if part == "num_batches_tracked":
        return None
    if layer[0] == "features":
        where = "conv1" if layer[1] == "0" else f"fire{FIRES[int(layer[1])]}_{layer[2]}"
        return f"{where}/{KERNEL[part]}"
    if layer[0] == "classifier":
        return f"conv10/{KERNEL[part]}"
    if layer[0] == "fc":
        return f"predictions/{KERNEL[part]}"
    if layer[0] in ("conv1", "bn1"):
        return f"conv1_conv/{KERNEL[part]}" if layer[0] == "conv1" else f"conv1_bn/{NORM[part]}"
    prefix = f"conv{int(layer[0][-1]) + 1}_block{int(layer[1]) + 1}"
    number, kind = ("0", ["conv", "bn"][int(layer[3])]) if layer[2] == "downsample" else (layer[2][-1], layer[2][:-1])
    return f"{prefix}_{number}_{kind}/{(KERNEL if kind == 'conv' else NORM)[part]}"


def ours(values):
    """A tensor as sinter lays it out: a filter [height, width, inputs, outputs], a matrix [inputs, outputs]."""
    if values.ndim == 4:
        return values.transpose(2, 3, 1, 0)
    return values.T if values.ndim == 2 else values


def theirs(values):
    if values.ndim == 4:
        return values.transpose(3, 2, 0, 1)
    return values.T if values.ndim == 2 else values


def formula(index, name, shape):
    part = name.rsplit("/", 1)[-1]
    if part == "kernel":
        return uniform(100 + index, shape, math.sqrt(6 / math.prod(shape[:-1])))
    middle, limit = (1, 0.2) if part == "gamma" else (1, 0.3) if "variance" in part else (0, 0.1)
    return uniform(100 + index, shape, limit, middle)


def run(name, dtype):
    """Output, and by weight of the sorted list: norm and product of the gradient."""
    make, size = MODELS[name]
    model = make(weights=None, num_classes=CLASSES).to(dtype).eval()
    state = {key: (name_of(key), value) for key, value in model.state_dict().items() if name_of(key) is not None}
    names = sorted(path for path, _ in state.values())
    shapes = {path: ours(value.numpy()).shape for path, value in state.values()}
    values = {path: formula(index, path, shapes[path]) for index, path in enumerate(names)}
    model.load_state_dict({key: torch.tensor(theirs(values[path]).copy(), dtype=dtype) for key, (path, _) in state.items()}, strict=False)
    x = uniform(1, (1, size, size, 3), 127.5, 127.5) / 255
    y = model(torch.tensor(x.transpose(0, 3, 1, 2).copy(), dtype=dtype))
    (y * torch.tensor(uniform(2, tuple(y.shape)), dtype=dtype)).sum().backward()
    gradients = {name_of(key): ours(one.grad.numpy().astype(np.float64)) for key, one in model.named_parameters()}
    norms = np.array([np.sqrt((gradients[path] ** 2).sum()) for path in names if path in gradients])
    products = np.array(
        [(gradients[path] * uniform(50_000 + i, shapes[path])).sum() for i, path in enumerate(names) if path in gradients]
    )
    return names, shapes, y.detach().numpy(), norms, products


def entry(name):
    make, size = MODELS[name]
    count = sum(value.numel() for key, value in make(weights=None).state_dict().items() if name_of(key) is not None)
    _, _, _, rough_norms, rough_products = run(name, torch.float32)
    names, shapes, y, norms, products = run(name, torch.float64)
    rounding = max((np.abs(rough_norms - norms) / norms).max(), (np.abs(rough_products - products) / norms).max() * math.sqrt(3))
    lines = [f"{path} [{', '.join(map(str, shapes[path]))}]" for path in names]
    print(name, count, len(names), "output", y.std(), "float32 differs by", rounding, flush=True)
    return {
        "numWeights": count,
        "size": size,
        "weights": len(names),
        "names": hashlib.sha256("\n".join(lines).encode()).hexdigest(),
        "some": [lines[0], lines[len(names) // 2], lines[-1]],
        "output": tensor(y),
        "norms": tensor(norms.astype(np.float32)),
        "products": tensor(products.astype(np.float32)),
        "rounding": float(rounding),
    }


write("zoo-torch", {"models": {name: entry(name) for name in MODELS}}, torch, torchvision)
