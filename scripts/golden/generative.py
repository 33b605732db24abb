"""U-Net, GAN, VAE, DDPM and series networks as plain_torch.py describes them, written plainly in torch in float64.

Run: .peers/python/bin/python scripts/golden/generative.py
"""

import torch
import torch.nn.functional as F

from common import math, samples, tensor, uniform, write
from plain_torch import batch_norm, conv, conv_transpose, count, dense, entry, last, picture


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


def crepe(w, x, width=1):
    x = x[:, None]
    for place, maps in enumerate((32, 4, 4, 4, 8, 16), 1):
        size, stride, pad = (512, 4, (254, 254)) if place == 1 else (64, 1, (31, 32))
        x = batch_norm(w, f"conv{place}_bn", F.relu(conv(w, f"conv{place}", x, maps * width, size, stride, pad)))
        x = F.max_pool1d(x, 2)
    return torch.sigmoid(dense(w, "classifier", x.permute(0, 2, 1).flatten(1), 360))


def critic_loss(w, real, fake, mix, kind):
    """Gulrajani et al. 2017, equation 3, with a penalty of 10."""

    def critic(x):
        if kind == "layer":
            return dcgan_discriminator(w, x, kind)
        return dense(w, "dense3", torch.tanh(dense(w, "dense2", torch.tanh(dense(w, "dense1", x, 16)), 16)), 1)

    between = (mix * real + (1 - mix) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    penalty = ((slopes.flatten(1).norm(2, dim=1) - 1) ** 2).mean()
    return (critic(fake).mean() - critic(real).mean() + 10 * penalty).reshape(1)


def vae(w, x):
    """Means, log variances, pictures of the means, and the negative evidence lower bound divided by the number of pixels."""
    pixels = last(x)
    for place, filters in enumerate((4, 6), 1):
        # Keras pads an even extent by one after it alone.
        x = F.relu(conv(w, f"shrink{place}", F.pad(x, (0, 1, 0, 1)), filters, 3, 2))
    x = F.relu(dense(w, "narrow", last(x).flatten(1), 5))
    mean, log_variance = dense(w, "mean", x, 3), dense(w, "log_variance", x, 3)
    y = F.relu(dense(w, "widen", mean, 2 * 3 * 6)).reshape(-1, 2, 3, 6).permute(0, 3, 1, 2)
    for place, filters in enumerate((6, 4), 1):
        y = F.relu(conv_transpose(w, f"grow{place}", y, filters, 3, 2, 0)[:, :, :-1, :-1])
    logits = last(conv_transpose(w, "picture", y, 1, 3, 1, 1))
    normal = torch.distributions.Normal(mean, (log_variance / 2).exp())
    divergence = torch.distributions.kl_divergence(normal, torch.distributions.Normal(0.0, 1.0)).sum(1).mean()
    loss = F.binary_cross_entropy_with_logits(logits, (pixels + 1) / 2) + divergence / pixels[0].numel()
    return mean, log_variance, torch.sigmoid(logits), loss.reshape(1)


def wavenet(w, x, classes=5, filters=4, skip_filters=6, depth=3, stacks=2):
    x = conv(w, "begin", x.permute(0, 2, 1), filters, 2, pad=(1, 0))
    skips = 0
    for number in range(1, depth * stacks + 1):
        name, dilation = f"layer{number}", 2 ** ((number - 1) % depth)
        parts = [conv(w, f"{name}_{part}", x, filters, 2, pad=(dilation, 0), dilation=dilation) for part in ("filter", "gate")]
        gated = torch.tanh(parts[0]) * torch.sigmoid(parts[1])
        skips = skips + conv(w, f"{name}_skip", gated, skip_filters, 1)
        if number < depth * stacks:
            x = x + conv(w, f"{name}_rest", gated, filters, 1)
    y = F.relu(conv(w, "end", F.relu(skips), skip_filters, 1))
    return last(conv(w, "predictions", y, classes, 1))


def ddpm_unet(w, x, step, filters=4, multipliers=(1, 2), blocks=1, attention=(4,), groups=2):
    """Ho et al. 2020, appendix B."""
    colours, half = x.shape[1], filters // 2

    def norm(x, name):
        return F.group_norm(x, groups, w(f"{name}/gamma", x.shape[1:2]), w(f"{name}/beta", x.shape[1:2]), 1e-6)

    def residual(x, width, name):
        y = conv(w, f"{name}_conv1", F.silu(norm(x, f"{name}_1_norm")), width, 3, pad=1)
        y = y + dense(w, f"{name}_time", time, width)[:, :, None, None]
        y = conv(w, f"{name}_conv2", F.silu(norm(y, f"{name}_2_norm")), width, 3, pad=1)
        return y + (x if x.shape[1] == width else conv(w, f"{name}_skip", x, width, 1))

    def attended(x, name):
        batch, channels, height, width = x.shape
        places = norm(x, f"{name}_norm").flatten(2).permute(0, 2, 1)
        one = lambda part: places @ w(f"{name}/{part}/kernel", (channels, 1, channels))[:, 0] + w(f"{name}/{part}/bias", (1, channels))[0]
        shares = torch.softmax(one("query") @ one("key").transpose(1, 2) / channels**0.5, -1)
        seen = shares @ one("value") @ w(f"{name}/attention_output/kernel", (1, channels, channels))[0]
        seen = seen + w(f"{name}/attention_output/bias", (channels,))
        return x + seen.permute(0, 2, 1).reshape(x.shape)

    def block(x, width, name):
        x = residual(x, width, name)
        return attended(x, f"{name}_attention") if x.shape[2] in attention else x

    phase = step * 10_000 ** (-torch.arange(half, dtype=torch.float64) / (half - 1))
    time = torch.cat([phase.sin(), phase.cos()], 1)
    time = F.silu(dense(w, "time_dense2", F.silu(dense(w, "time_dense1", time, 4 * filters)), 4 * filters))
    x = conv(w, "begin", x, filters, 3, pad=1)
    beside = [x]
    for level, multiplier in enumerate(multipliers, 1):
        for number in range(1, blocks + 1):
            x = block(x, filters * multiplier, f"down{level}_block{number}")
            beside.append(x)
        if level < len(multipliers):
            x = conv(w, f"down{level}_halve", F.pad(x, (0, 1, 0, 1)), filters * multiplier, 3, 2)
            beside.append(x)
    x = residual(x, x.shape[1], "middle_block1")
    x = residual(attended(x, "middle_attention"), x.shape[1], "middle_block2")
    for level, multiplier in reversed(list(enumerate(multipliers, 1))):
        for number in range(1, blocks + 2):
            x = block(torch.cat([x, beside.pop()], 1), filters * multiplier, f"up{level}_block{number}")
        if level > 1:
            x = conv(w, f"up{level}_conv", F.interpolate(x, scale_factor=2), filters * multiplier, 3, pad=1)
    return last(conv(w, "noise", F.silu(norm(x, "end_norm")), colours, 3, pad=1))


def schedule(name, steps):
    """Betas of Ho et al. 2020 and of Nichol and Dhariwal 2021."""
    if name == "linear":
        return torch.linspace(1e-4 * 1000 / steps, 0.02 * 1000 / steps, steps, dtype=torch.float64)
    times = torch.arange(steps + 1, dtype=torch.float64) / steps
    left = torch.cos((times + 0.008) / 1.008 * math.pi / 2) ** 2
    return (1 - left[1:] / left[:-1]).clamp(max=0.999)


def denoising(step, before, clip):
    """One step back in the linear schedule: a draw from the posterior (Ho et al. 2020, equations 6 and 7), and DDIM's."""
    bars = (1 - schedule("linear", 1000)).cumprod(0)
    x, predicted, noise = (torch.tensor(uniform(seed, (2, 6), 2)) for seed in (1, 2, 3))
    bar, bar_before = bars[step], bars[before] if before >= 0 else torch.tensor(1.0, dtype=torch.float64)
    x0 = (x - (1 - bar).sqrt() * predicted) / bar.sqrt()
    x0 = x0.clamp(-1, 1) if clip else x0
    alpha = bar / bar_before
    mean = bar_before.sqrt() * (1 - alpha) / (1 - bar) * x0 + alpha.sqrt() * (1 - bar_before) / (1 - bar) * x
    ancestral = mean + ((1 - bar_before) / (1 - bar) * (1 - alpha)).sqrt() * noise
    implied = (x - bar.sqrt() * x0) / (1 - bar).sqrt()
    ddim = bar_before.sqrt() * x0 + (1 - bar_before).sqrt() * implied
    return {"step": step, "before": before, "clip": clip, "ancestral": tensor(ancestral.numpy()), "ddim": tensor(ddim.numpy())}


PENALTY = {
    "layer": [torch.tensor(uniform(1, (3, 16, 16, 3))).permute(0, 3, 1, 2), torch.tensor(uniform(2, (3, 16, 16, 3))).permute(0, 3, 1, 2)],
    "dense": [torch.tensor(uniform(1, (6, 2))), torch.tensor(uniform(2, (6, 2)))],
}
MIX = {"layer": (3, 1, 1, 1), "dense": (6, 1)}
SCHEDULES = [("linear", 1000), ("linear", 100), ("cosine", 1000), ("cosine", 40)]
CASES = {
    "unet same": entry(unet, picture(1, 2, 12, 16, 3)),
    "unet valid": entry(lambda w, x: unet(w, x, pad=0), picture(1, 1, 44, 48, 1)),
    "unet normalized": entry(lambda w, x: unet(w, x, normalized=True), picture(1, 2, 12, 16, 3)),
    "dcgan generator": entry(dcgan_generator, torch.tensor(uniform(1, (3, 10), 2))),
    **{
        f"dcgan discriminator {kind}": entry(lambda w, x, kind=kind: dcgan_discriminator(w, x, kind), picture(1, 2, 16, 16, 3))
        for kind in ("batch", "layer", "none")
    },
    "crepe": entry(lambda w, x: crepe(w, x, 4), torch.tensor(uniform(1, (1, 1024), math.sqrt(3)))),
    **{
        f"critic loss {kind}": entry(
            lambda w, real, fake, mix, kind=kind: critic_loss(w, real, fake, mix, kind), *pair, torch.tensor(uniform(3, MIX[kind], 0.5, 0.5))
        )
        for kind, pair in PENALTY.items()
    },
    "vae": entry(vae, picture(1, 2, 8, 12, 1)),
    "wavenet": entry(wavenet, torch.tensor(uniform(1, (2, 20, 1)))),
    "ddpm unet": entry(ddpm_unet, picture(1, 2, 8, 8, 3), torch.tensor([[3.0], [71.0]], dtype=torch.float64)),
}
COUNTS = {
    "unet": count(lambda w, x: unet(w, x, 2, 4, 64, 0), torch.zeros(1, 1, 188, 188, dtype=torch.float64)),
    "unet normalized": count(lambda w, x: unet(w, x, 2, 4, 64, 1, True), torch.zeros(1, 3, 16, 16, dtype=torch.float64)),
    "dcgan generator": count(lambda w, z: dcgan_generator(w, z, 64, 3, 64), torch.zeros(1, 100, dtype=torch.float64)),
    "dcgan discriminator": count(lambda w, x: dcgan_discriminator(w, x, filters=64), torch.zeros(1, 3, 64, 64, dtype=torch.float64)),
    "crepe tiny": count(lambda w, x: crepe(w, x, 4), torch.zeros(1, 1024, dtype=torch.float64)),
    "crepe full": count(lambda w, x: crepe(w, x, 32), torch.zeros(1, 1024, dtype=torch.float64)),
    "ddpm unet": count(
        lambda w, x, step: ddpm_unet(w, x, step, 128, (1, 2, 2, 2), 2, (16,), 32),
        torch.zeros(1, 3, 32, 32, dtype=torch.float64),
        torch.zeros(1, 1, dtype=torch.float64),
    ),
}
BETAS = {f"{name} {steps}": {"betas": tensor(samples(schedule(name, steps).numpy(), 20)),
         "alphaBars": tensor(samples((1 - schedule(name, steps)).cumprod(0).numpy(), 20))} for name, steps in SCHEDULES}  # fmt: skip
if __name__ == "__main__":
    print(COUNTS)
    steps = [denoising(700, 699, True), denoising(700, 699, False), denoising(40, 20, False), denoising(19, -1, False)]
    write("generative", {"counts": COUNTS, "schedules": BETAS, "steps": steps, "cases": CASES}, torch)
