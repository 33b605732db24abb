"""The models of bench/sinter/known-models.mjs in PyTorch; each gives logits."""

from torch import nn


def conv(before, after, size, stride=1, groups=1):
    return [nn.Conv2d(before, after, size, stride, size // 2, groups=groups, bias=False), nn.BatchNorm2d(after)]


class Residual(nn.Module):
    """activation(shortcut(x) + body(x))."""

    def __init__(self, body, shortcut=None, activation=None):
        super().__init__()
        self.body, self.shortcut, self.activation = body, shortcut or nn.Identity(), activation or nn.Identity()

    def forward(self, x):
        return self.activation(self.shortcut(x) + self.body(x))


def mobilenet_v2(classes):
    layers = [*conv(3, 32, 3, 2), nn.ReLU6()]
    before = 32
    for expansion, channels, blocks, stride in [
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ]:
        for block in range(blocks):
            wide = before * expansion
            first = [] if expansion == 1 else [*conv(before, wide, 1), nn.ReLU6()]
            body = nn.Sequential(*first, *conv(wide, wide, 3, stride if block == 0 else 1, wide), nn.ReLU6(), *conv(wide, channels, 1))
            layers.append(body if block == 0 else Residual(body))
            before = channels
    layers += [*conv(before, 1280, 1), nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, classes)]
    return nn.Sequential(*layers)


def resnet_50(classes):
    layers = [*conv(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    before = 64
    for stage, blocks in enumerate([3, 4, 6, 3]):
        filters = 64 * 2**stage
        for block in range(blocks):
            stride = 2 if block == 0 and stage > 0 else 1
            body = nn.Sequential(*conv(before, filters, 1), nn.ReLU(), *conv(filters, filters, 3, stride), nn.ReLU(), *conv(filters, 4 * filters, 1))
            shortcut = nn.Sequential(*conv(before, 4 * filters, 1, stride)) if block == 0 else None
            layers.append(Residual(body, shortcut, nn.ReLU()))
            before = 4 * filters
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, classes)]
    return nn.Sequential(*layers)


def vgg_16(classes):
    layers, before = [], 3
    for filters, number in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        for _ in range(number):
            layers += [nn.Conv2d(before, filters, 3, padding=1), nn.ReLU()]
            before = filters
        layers.append(nn.MaxPool2d(2))
    layers += [nn.Flatten(), nn.Linear(7 * 7 * 512, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, classes)]
    return nn.Sequential(*layers)


class MeanOfTokens(nn.Module):
    def forward(self, x):
        return x.mean(1)


def transformer(classes, width=256):
    layer = nn.TransformerEncoderLayer(width, 8, 4 * width, dropout=0, activation="relu", batch_first=True, norm_first=True)
    encoder = nn.TransformerEncoder(layer, 4, nn.LayerNorm(width), enable_nested_tensor=False)
    return nn.Sequential(encoder, MeanOfTokens(), nn.Linear(width, classes))


def mlp(classes):
    return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, classes))


MODELS = {"mobilenet-v2": mobilenet_v2, "resnet-50": resnet_50, "vgg-16": vgg_16, "transformer": transformer, "mlp": mlp}
