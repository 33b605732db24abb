"""Picture classifiers of torchvision, and one of PyPI's, with weights from the formula; as zoo.py, but weight i is the i-th by name (as
sinter names it)."""

import hashlib

import torch
import torchvision

from common import math, np, tensor, uniform, write
from efficientnet_lite import EfficientNetLite0
from zoo_torch_names import lite, resnet, squeezenet, views, vit

V = torchvision.models


def small_vit(weights=None, num_classes=1000, image_size=224):
    return V.VisionTransformer(image_size, patch_size=8, num_layers=2, num_heads=3, hidden_dim=12, mlp_dim=20, num_classes=num_classes)


# name here: (maker, size, names, heads of attention)
MODELS = {
    "resnet18": (V.resnet18, 40, resnet),
    "resnet34": (V.resnet34, 44, resnet),
    "squeezeNet": (V.squeezenet1_1, 39, squeezenet),
    "efficientNetLite0": (EfficientNetLite0, 33, lite),
    "vit small": (small_vit, 24, vit, 3),
    "vitB16": (V.vit_b_16, 32, vit, 12),
}
CLASSES = 7


def formula(index, name, shape):
    part = name.rsplit("/", 1)[-1]
    if part == "kernel":
        inputs = math.prod(shape[:2] if name.endswith("dwconv/kernel") else shape[:-1])
        return uniform(100 + index, shape, math.sqrt(6 / inputs))
    middle, limit = (1, 0.2) if part == "gamma" else (1, 0.3) if "variance" in part else (0, 0.1)
    return uniform(100 + index, shape, limit, middle)


def run(name, dtype):
    """Output, and by weight of the sorted list: norm and product of the gradient."""
    make, size, rule, *heads = MODELS[name]
    model = make(weights=None, num_classes=CLASSES, **({"image_size": size} if heads else {})).to(dtype).eval()
    weights = views(rule, model.state_dict(), *heads)
    names = sorted(weights)
    with torch.no_grad():
        for index, path in enumerate(names):
            weights[path].copy_(torch.tensor(formula(index, path, tuple(weights[path].shape))))
    x = uniform(1, (1, size, size, 3), 127.5, 127.5) / 255
    y = model(torch.tensor(x.transpose(0, 3, 1, 2).copy(), dtype=dtype))
    (y * torch.tensor(uniform(2, tuple(y.shape)), dtype=dtype)).sum().backward()
    own = {key: one.grad for key, one in model.named_parameters()}
    gradients = {path: one.numpy().astype(np.float64) for path, one in views(rule, own, *heads).items()}
    norms = np.array([np.sqrt((gradients[path] ** 2).sum()) for path in names if path in gradients])
    products = np.array([(gradients[path] * uniform(50_000 + i, gradients[path].shape)).sum() for i, path in enumerate(names) if path in gradients])
    return names, {path: tuple(one.shape) for path, one in weights.items()}, y.detach().numpy(), norms, products


def entry(name):
    make, size, rule, *heads = MODELS[name]
    count = sum(one.numel() for one in views(rule, make(weights=None).state_dict(), *heads).values())
    _, _, _, rough_norms, rough_products = run(name, torch.float32)
    names, shapes, y, norms, products = run(name, torch.float64)
    # What is added to all keys changes no attention: its gradient is 0 but for rounding.
    counted = np.array([not path.endswith("key/bias") for path in names if "moving" not in path])
    rough_norms, rough_products, own_norms, own_products = (one[counted] for one in (rough_norms, rough_products, norms, products))
    rounding = max((np.abs(rough_norms - own_norms) / own_norms).max(), (np.abs(rough_products - own_products) / own_norms).max() * math.sqrt(3))
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
