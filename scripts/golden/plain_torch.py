"""Networks written plainly in torch, as functions of weights by sinter's names and shapes: what a golden needs of one.

A network asks for its weights by `w("conv1/kernel", shape)`, laid out as sinter's. Weight i of the list sorted by name is uniform(100 + i): a kernel
within sqrt(6 / inputs of an output), a scale within 0.2 around 1, a variance within 0.3 around 1, all else within 0.1. The loss is the sum of the
outputs times uniform(2). Of each gradient the norm and the product with uniform(50,000 + i) are kept.
"""

import hashlib

import torch
import torch.nn.functional as F

from common import math, np, tensor, uniform


class Weights:
    """Weights by name: zeros that are only counted at first, then values of the formula."""

    def __init__(self, shapes=None):
        self.shapes = {} if shapes is None else shapes
        self.values = None
        if shapes is not None:
            values = {name: formula(index, name, shapes[name]) for index, name in enumerate(sorted(shapes))}
            self.values = {name: torch.tensor(value, requires_grad="moving" not in name) for name, value in values.items()}

    def __call__(self, name, shape):
        if self.values is not None:
            return self.values[name]
        self.shapes[name] = tuple(shape)
        return torch.zeros(tuple(shape), dtype=torch.float64)


def formula(index, name, shape):
    part = name.rsplit("/", 1)[-1]
    if part == "kernel":
        return uniform(100 + index, shape, math.sqrt(6 / math.prod(shape[:-1])))
    middle, limit = (1, 0.2) if part == "gamma" else (1, 0.3) if "variance" in part else (0, 0.1)
    return uniform(100 + index, shape, limit, middle)


def entry(network, *inputs):
    """What a golden keeps of `network(w, *inputs)`, whose outputs are one tensor or several."""
    first = Weights()
    network(first, *inputs)
    w = Weights(first.shapes)
    outputs = network(w, *inputs)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    sum((one * torch.tensor(uniform(2 + place, tuple(one.shape)))).sum() for place, one in enumerate(outputs)).backward()
    names = sorted(w.shapes)
    lines = [f"{name} [{', '.join(map(str, w.shapes[name]))}]" for name in names]
    learnt = [(index, w.values[name].grad.numpy()) for index, name in enumerate(names) if w.values[name].requires_grad]
    norms = [np.sqrt((gradient**2).sum()) for _, gradient in learnt]
    products = [(gradient * uniform(50_000 + index, gradient.shape)).sum() for index, gradient in learnt]
    return {
        "weights": len(names),
        "names": hashlib.sha256("\n".join(lines).encode()).hexdigest(),
        "some": [lines[0], lines[len(names) // 2], lines[-1]],
        "outputs": [tensor(one.detach().numpy().astype(np.float32)) for one in outputs],
        "norms": tensor(np.array(norms, np.float32)),
        "products": tensor(np.array(products, np.float32)),
    }


def count(network, *inputs):
    """How many numbers the weights of a network are, moving statistics left out."""
    w = Weights()
    network(w, *inputs)
    return sum(math.prod(shape) for name, shape in w.shapes.items() if "moving" not in name)


def conv(w, name, x, filters, size, stride=1, pad=0, bias=True, dilation=1):
    """A convolution of [batch, channels, …]; `pad` before and after, or (before, after) of a series."""
    axes = x.ndim - 2
    kernel = w(f"{name}/kernel", (size,) * axes + (x.shape[1], filters))
    kernel = kernel.permute(axes + 1, axes, *range(axes)).contiguous()
    x = F.pad(x, pad) if isinstance(pad, tuple) else x
    run = F.conv1d if axes == 1 else F.conv2d
    by = w(f"{name}/bias", (filters,)) if bias else None
    return run(x, kernel, by, stride=stride, padding=0 if isinstance(pad, tuple) else pad, dilation=dilation)


def conv_transpose(w, name, x, filters, size, stride=1, pad=0, bias=True):
    kernel = w(f"{name}/kernel", (size, size, filters, x.shape[1])).permute(3, 2, 0, 1)
    by = w(f"{name}/bias", (filters,)) if bias else None
    return F.conv_transpose2d(x, kernel, by, stride=stride, padding=pad)


def batch_norm(w, name, x, epsilon=1e-3):
    gamma, beta, mean, variance = (w(f"{name}/{part}", (x.shape[1],)) for part in ("gamma", "beta", "moving_mean", "moving_variance"))
    return F.batch_norm(x, mean, variance, gamma, beta, training=False, eps=epsilon)


def dense(w, name, x, units, bias=True):
    y = x @ w(f"{name}/kernel", (x.shape[-1], units))
    return y + w(f"{name}/bias", (units,)) if bias else y


def picture(seed, *shape):
    """Uniform numbers of [batch, height, width, channels], as torch's [batch, channels, height, width]."""
    return torch.tensor(uniform(seed, shape)).permute(0, 3, 1, 2)


def last(x):
    """Channels last, as sinter gives pictures and series."""
    return x.permute(0, *range(2, x.ndim), 1)
