"""GGUF files with tensors of each kind, and their values as the gguf package reads them. Writes test/golden/gguf.json.

Plain and Q*_0/1 kinds are quantized by the package from noise; of the K kinds, which it only reads, the blocks are random
bytes with scales that are finite. Run: PYTHONPATH=PATH_TO_GGUF python scripts/golden/gguf_files.py
"""

import base64
import json
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType as Kind
from gguf import GGUFReader, GGUFWriter, quants

random = np.random.default_rng(0)
noise = random.standard_normal((2, 3, 256), dtype=np.float32)
# Where the scales, which are halves, lie in the blocks of a kind, and how long a block is.
blocks = {Kind.Q4_K: ((0, 2), 144), Kind.Q5_K: ((0, 2), 176), Kind.Q6_K: ((208,), 210)}
plain = [Kind.F32, Kind.F16, Kind.BF16, Kind.Q4_0, Kind.Q4_1, Kind.Q5_0, Kind.Q5_1, Kind.Q8_0]


def raw(kind):
    if kind not in blocks:
        return quants.quantize(noise, kind)
    scales, size = blocks[kind]
    data = random.integers(0, 256, (6, size), dtype=np.uint8)
    for at in scales:
        data[:, at : at + 2] = random.uniform(-0.1, 0.1, 6).astype("<f2").view(np.uint8).reshape(6, 2)
    return data.reshape(2, 3, size)


with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "model.gguf")
    writer = GGUFWriter(path, "llama")
    writer.add_name("tïny")
    writer.add_uint32("a.uint32", 4_000_000_000)
    writer.add_int64("a.int64", -(2**40))
    writer.add_uint64("a.uint64", 2**63)
    writer.add_float32("a.float32", 0.5)
    writer.add_float64("a.float64", 0.1)
    writer.add_bool("a.bool", True)
    writer.add_array("a.texts", ["a", "", "é"])
    writer.add_array("a.numbers", [1, -2, 3])
    for kind in [*plain, *blocks]:
        writer.add_tensor(f"blk.0.{kind.name}", raw(kind), raw_dtype=kind)
    writer.add_tensor("scalars", np.arange(3, dtype=np.int32))
    writer.add_tensor("wide", np.arange(3, dtype=np.int64))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    data = path.read_bytes()
    reader = GGUFReader(path)
    tensors = {}
    for tensor in reader.tensors:
        values = quants.dequantize(tensor.data, tensor.tensor_type) if "blk" in tensor.name else np.array(tensor.data)
        floats = np.ascontiguousarray(values, dtype="<f4")
        tensors[tensor.name] = {
            "shape": [int(extent) for extent in tensor.shape][::-1],
            "values": base64.b64encode(floats.tobytes()).decode(),
        }
result = {"gguf": version("gguf"), "file": base64.b64encode(data).decode(), "tensors": tensors}
Path("test/golden/gguf.json").write_text(json.dumps(result) + "\n")
