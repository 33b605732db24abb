"""U-Net, GAN, VAE, DDPM and series networks as plain_torch.py describes them, written plainly in torch in float64.

Run: .peers/python/bin/python scripts/golden/generative.py
"""

import torch
import torch.nn.functional as F

from common import uniform, write
from plain_torch import batch_norm, conv, conv_transpose, count, entry, last, picture


def unet(w, x, classes=3, depth=2, filters=4, pad=1, normalized=False):
    """Ronneberger et al. 2015; pad 0 as in the paper."""

    def twice(x, name, filters):
        for number in (1, 2):
            x = conv(w, f"{name}_conv{number}", x, filters, 3, pad=pad, bias=not normalized)
            x = F.relu(batch_norm(w, f"{name}_bn{number}", x) if normalized else x)
        return x

    beside = []
    for level in range(depth):
        x = twice(x, f"down{level + 1}", filters * 2**level)
        beside.append(x)
        x = F.max_pool2d(x, 2)
    x = twice(x, "middle", filters * 2**depth)
    for step, skipped in enumerate(reversed(beside), 1):
        x = conv_transpose(w, f"up{step}_grow", x, skipped.shape[1], 2, stride=2)
        top, left = ((skipped.shape[axis] - x.shape[axis]) // 2 for axis in (2, 3))
        skipped = skipped[:, :, top : top + x.shape[2], left : left + x.shape[3]]
        x = twice(torch.cat([skipped, x], 1), f"up{step}", skipped.shape[1])
    return last(conv(w, "predictions", x, classes, 1))


def dcgan_generator(w, z, size=16, channels=3, filters=4):
    x, maps = z[:, :, None, None], filters * size // 8
    for place in range(1, size.bit_length() - 2):
        stride, pad = (1, 0) if place == 1 else (2, 1)
        x = conv_transpose(w, f"grow{place}", x, maps >> (place - 1), 4, stride, pad, bias=False)
        x = F.relu(batch_norm(w, f"grow{place}_bn", x, 1e-5))
    return last(torch.tanh(conv_transpose(w, "picture", x, channels, 4, 2, 1, bias=False)))


def dcgan_discriminator(w, x, kind="batch", filters=4):
    for place in range(1, x.shape[2].bit_length() - 2):
        name = f"shrink{place}"
        x = conv(w, name, x, filters << (place - 1), 4, 2, 1, bias=kind == "none")
        if place > 1 and kind == "batch":
            x = batch_norm(w, f"{name}_bn", x, 1e-5)
        if place > 1 and kind == "layer":
            x = F.group_norm(x, 1, *(w(f"{name}_ln/{part}", x.shape[1:2]) for part in ("gamma", "beta")), 1e-5)
        x = F.leaky_relu(x, 0.2)
    return conv(w, "verdict", x, 1, 4, bias=False).flatten(1)


CASES = {
    "unet same": entry(unet, picture(1, 2, 12, 16, 3)),
    "unet valid": entry(lambda w, x: unet(w, x, pad=0), picture(1, 1, 44, 48, 1)),
    "unet normalized": entry(lambda w, x: unet(w, x, normalized=True), picture(1, 2, 12, 16, 3)),
    "dcgan generator": entry(dcgan_generator, torch.tensor(uniform(1, (3, 10), 2))),
    **{
        f"dcgan discriminator {kind}": entry(lambda w, x, kind=kind: dcgan_discriminator(w, x, kind), picture(1, 2, 16, 16, 3))
        for kind in ("batch", "layer", "none")
    },
}
COUNTS = {
    "unet": count(lambda w, x: unet(w, x, 2, 4, 64, 0), torch.zeros(1, 1, 188, 188, dtype=torch.float64)),
    "unet normalized": count(lambda w, x: unet(w, x, 2, 4, 64, 1, True), torch.zeros(1, 3, 16, 16, dtype=torch.float64)),
    "dcgan generator": count(lambda w, z: dcgan_generator(w, z, 64, 3, 64), torch.zeros(1, 100, dtype=torch.float64)),
    "dcgan discriminator": count(lambda w, x: dcgan_discriminator(w, x, filters=64), torch.zeros(1, 3, 64, 64, dtype=torch.float64)),
}
if __name__ == "__main__":
    print(COUNTS)
    write("generative", {"counts": COUNTS, "cases": CASES}, torch)
