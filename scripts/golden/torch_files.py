"""Files of PyTorch: both kinds, every dtype, strides, containers; and ones to be refused. Writes test/golden/pytorch.json.

Each case has the file, the tensors as PyTorch itself reads them (float of every value), and the plain values.
Run: python scripts/golden/torch_files.py
"""

import base64
import collections
import io
import json
import os
import pickle
from pathlib import Path

import torch

torch.manual_seed(0)


def saved(value, legacy):
    file = io.BytesIO()
    torch.save(value, file, _use_new_zipfile_serialization=not legacy)
    return file.getvalue()


def facts(tensor):
    values = [None if value != value else value for value in tensor.detach().double().flatten().tolist()]
    return {"shape": list(tensor.shape), "values": values}


def flat(value, path=()):
    if isinstance(value, torch.Tensor):
        return {".".join(path): value}
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, (list, tuple)):
        items = enumerate(value)
    else:
        return {}
    return {name: found for key, item in items for name, found in flat(item, (*path, str(key))).items()}


model = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.Flatten(), torch.nn.Linear(8, 2))
optimizer = torch.optim.Adam(model.parameters())
model(torch.ones(2, 1, 4, 4)).sum().backward()
optimizer.step()
base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
kinds = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8]
kinds += [torch.uint8, torch.bool]
newer = [torch.uint16, torch.uint32, torch.float8_e4m3fn, torch.float8_e5m2]
sources = {
    "a state dict": model.state_dict(),
    "a checkpoint": {
        "epoch": 3,
        "best": 0.25,
        "name": "é",
        "done": True,
        "none": None,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
    },
    "dtypes": {str(kind): torch.tensor([0, 1, 1, 0]).to(kind) for kind in kinds},
    "views": {
        "transposed": base.transpose(0, 2),
        "strided": base[:, ::2, 1::2],
        "a part": base[1],
        "expanded": torch.tensor([[1.0], [2.0]]).expand(2, 3),
        "tied": base,
        "tied again": base,
        "channels last": torch.arange(24.0).reshape(1, 2, 3, 4).to(memory_format=torch.channels_last),
        "halves": base.half().permute(2, 0, 1),
    },
    "shapes": {"scalar": torch.tensor(2.5), "empty": torch.zeros(0, 3), "one": torch.ones(1, 1, 1)},
    "a tensor": torch.ones(2),
    "a list": [torch.ones(2), (torch.zeros(1), 5, "text")],
    "a parameter": {"weight": torch.nn.Parameter(torch.ones(2, 2))},
    "whole numbers": {"large": 2**40, "larger": 2**70, "negative": -5, "long": -(2**31) - 1},
}
cases = []
for name, value in sources.items():
    for legacy in [False, True]:
        if legacy and name == "dtypes":
            continue
        data = saved(value, legacy)
        tensors = {key: facts(tensor) for key, tensor in flat(value).items()}
        cases.append({"name": f"{name}{', legacy' if legacy else ''}", "file": base64.b64encode(data).decode(), "tensors": tensors})
data = saved({str(kind): torch.tensor([0, 1, 2, 3]).to(kind) for kind in newer}, False)
tensors = {str(kind): facts(torch.tensor([0, 1, 2, 3]).to(kind)) for kind in newer}
cases.append({"name": "newer dtypes", "file": base64.b64encode(data).decode(), "tensors": tensors})


class Harm:
    def __init__(self, call, *args):
        self.call = (call, args)

    def __reduce__(self):
        return self.call


script = io.BytesIO()
torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), script)
refused = {
    "a whole module": saved(model, False),
    "a whole module, legacy": saved(torch.nn.Linear(1, 1), True),
    "a call of the system": saved({"a": Harm(os.system, "touch outside")}, False),
    "a call of eval": saved({"a": Harm(eval, "1")}, False),
    "an import": saved({"a": Harm(__import__, "os")}, False),
    "a getattr": saved({"a": Harm(getattr, 1, "real")}, False),
    "a set": saved({"a": {1, 2}}, False),
    "bytes": saved({"a": b"bytes"}, False),
    "complex numbers": saved({"a": torch.zeros(1, dtype=torch.complex64)}, False),
    "a quantized tensor": saved({"a": torch.quantize_per_tensor(torch.zeros(1), 1, 0, torch.qint8)}, False),
    "a sparse tensor": saved({"a": torch.zeros(2, 2).to_sparse()}, False),
    "a counter": saved({"a": collections.Counter("ab")}, False),
    "a device": saved({"a": torch.device("cpu")}, False),
    "TorchScript": script.getvalue(),
    "a plain pickle": pickle.dumps({"a": 1}, 2),
    "a pickle of protocol 5": pickle.dumps([1.5], 5),
}
result = {
    "torch": torch.__version__,
    "cases": cases,
    "refused": {name: base64.b64encode(data).decode() for name, data in refused.items()},
}
Path("test/golden/pytorch.json").write_text(json.dumps(result) + "\n")
