"""Networks whose published weights sinter's zoo takes, in torch: what they give for float32 numbers of a file.

Run: .peers/python/bin/python scripts/real-files/generative_networks.py faces|tiny|full WEIGHTS INPUTS OUTPUTS
"""

import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def faces():
    """The generator of PyTorch's DCGAN tutorial, which gan-face-generate trained."""
    steps, maps = [], [100, 512, 256, 128, 64]
    for place in range(4):
        steps += [nn.ConvTranspose2d(maps[place], maps[place + 1], 4, 2 if place else 1, 1 if place else 0, bias=False)]
        steps += [nn.BatchNorm2d(maps[place + 1]), nn.ReLU(True)]
    return nn.Sequential(*steps, nn.ConvTranspose2d(64, 3, 4, 2, 1, bias=False), nn.Tanh())


class Crepe(nn.Module):
    """torchcrepe's network."""

    def __init__(self, width):
        super().__init__()
        maps = [1, *(width * factor for factor in (32, 4, 4, 4, 8, 16))]
        for place in range(1, 7):
            size, stride = ((512, 1), (4, 1)) if place == 1 else ((64, 1), (1, 1))
            self.add_module(f"conv{place}", nn.Conv2d(maps[place - 1], maps[place], size, stride))
            self.add_module(f"conv{place}_BN", nn.BatchNorm2d(maps[place], eps=0.0010000000474974513, momentum=0.0))
        self.classifier = nn.Linear(64 * width, 360)

    def forward(self, x):
        x = x[:, None, :, None]
        for place in range(1, 7):
            x = F.pad(x, (0, 0, 254, 254) if place == 1 else (0, 0, 31, 32))
            x = getattr(self, f"conv{place}_BN")(F.relu(getattr(self, f"conv{place}")(x)))
            x = F.max_pool2d(x, (2, 1), (2, 1))
        return torch.sigmoid(self.classifier(x.permute(0, 2, 1, 3).flatten(1)))


kind, weights, inputs, outputs = sys.argv[1:]
state = torch.load(weights, map_location="cpu", weights_only=True)
if kind == "faces":
    net = faces()
    state = {name.removeprefix("main."): value for name, value in state["netG_state_dict"].items()}
else:
    net = Crepe({"tiny": 4, "full": 32}[kind])
net.load_state_dict(state)
net.eval()
x = torch.from_numpy(np.fromfile(inputs, np.float32))
x = x.reshape(-1, 100, 1, 1) if kind == "faces" else x.reshape(-1, 1024)
with torch.no_grad():
    y = net(x)
(y.permute(0, 2, 3, 1) if kind == "faces" else y).contiguous().numpy().tofile(outputs)
print(torch.__version__)
