"""Low-rank adaptation written out in PyTorch, float64: a dense layer, a projection to heads and a dense layer, whose kernels are
W + alpha / rank * A @ B; outputs, and gradients of A and B alone."""

import torch

from common import tensor, uniform, write

SEED, RANK, ALPHA = 77_000, 3, 4.5
INPUTS, UNITS, HEADS, DIM, OUTPUTS, BATCH = 6, 5, 2, 4, 3, 7
SHAPES = {"first": (INPUTS, (UNITS,)), "heads": (UNITS, (HEADS, DIM)), "last": (HEADS * DIM, (OUTPUTS,))}


def run():
    parts, kernels, biases = {}, {}, {}
    for index, (name, (inputs, outputs)) in enumerate(SHAPES.items()):
        seed = SEED + 10 * index
        size = torch.Size(outputs).numel()
        kernel = torch.tensor(uniform(seed, (inputs, size)))
        biases[name] = torch.tensor(uniform(seed + 1, (size,)))
        a = torch.tensor(uniform(seed + 2, (inputs, RANK)), requires_grad=True)
        b = torch.tensor(uniform(seed + 3, (RANK, size)), requires_grad=True)
        parts[name] = (a, b)
        kernels[name] = kernel + ALPHA / RANK * (a @ b)
    x = torch.tensor(uniform(SEED + 90, (BATCH, INPUTS), 2.0))
    hidden = torch.relu(x @ kernels["first"] + biases["first"])
    heads = hidden @ kernels["heads"] + biases["heads"]
    out = torch.tanh(heads) @ kernels["last"] + biases["last"]
    (out * torch.tensor(uniform(SEED + 91, tuple(out.shape)))).sum().backward()
    gradients = {name: [tensor(one.grad.numpy()) for one in pair] for name, pair in parts.items()}
    return tensor(out.detach().numpy()), gradients


output, gradients = run()
write("lora", {
    "note": "of layer i the kernel, bias, A and B are uniform(seed + 10 i, …) to uniform(seed + 10 i + 3, …); x is uniform(seed + 90, …) of limit 2, "
    "the cotangent uniform(seed + 91, …)",
    "seed": SEED, "rank": RANK, "alpha": ALPHA, "output": output, "gradients": gradients,
}, torch)
