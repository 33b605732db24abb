"""What every golden script shares: the counter-based numbers, the encoding of tensors, the header, the writing.

Run a script with the environment that scripts/peers.mjs makes: .peers/python/bin/python scripts/golden/NAME.py
It writes test/golden/NAME.json. The format is described in test/golden/README.md.
"""

import base64
import json
import math
import os
import platform
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np  # noqa: E402

FOLDER = Path(__file__).resolve().parents[2] / "test" / "golden"
LARGEST_FILE = 300_000
DTYPES = {"float64": "f64", "float32": "f32", "int32": "i32", "uint8": "u8"}


def units(seed, size):
    """`size` numbers in [-0.5, 0.5) as float64: 32 bits of an integer hash of (seed, index), over 2^32, less a half."""
    index = np.arange(size, dtype=np.uint64)
    h = (index + np.uint64(seed * 0x9E3779B9 % 2**32)) & np.uint64(0xFFFFFFFF)
    h = h.astype(np.uint32)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x21F0AAAD)
    h ^= h >> np.uint32(15)
    h *= np.uint32(0x735A2D97)
    h ^= h >> np.uint32(15)
    return h.astype(np.float64) / 2.0**32 - 0.5


def uniform(seed, shape, limit=1.0, middle=0.0):
    """A tensor of units(seed) * (2 * limit) + middle, in float64: uniform between middle - limit and middle + limit."""
    return (units(seed, math.prod(shape)) * (2.0 * limit) + middle).reshape(shape)


FORMULA = {
    "units": "h = (i + seed * 0x9E3779B9) mod 2^32; h ^= h >>> 16; h = imul(h, 0x21F0AAAD); h ^= h >>> 15; "
    "h = imul(h, 0x735A2D97); h ^= h >>> 15; units(seed)[i] = (h >>> 0) / 2^32 - 0.5, in float64",
    "uniform": "uniform(seed, shape, limit, middle)[i] = units(seed)[i] * (2 * limit) + middle, row-major; "
    "for float32 the result is rounded once",
    "check": {"seed": 3, "units": units(3, 4).tolist()},
}


def exact(thing):
    """Keras makes a float32 tensor of a Python number, even where everything else is float64, but keeps a float64 scalar: so this turns all
    numbers that an optimizer, schedule or layer holds into such scalars, and a float64 run is one throughout."""
    for name, value in list(vars(thing).items()):
        if isinstance(value, float):
            setattr(thing, name, np.float64(value))
        elif isinstance(value, list) and value and all(isinstance(item, float) for item in value):
            setattr(thing, name, [np.float64(item) for item in value])
    return thing


def tensor(array):
    """A tensor as JSON: shape, dtype, base64 of its little-endian bytes in row-major order."""
    array = np.ascontiguousarray(array)
    shape = list(np.shape(array))
    return {
        "shape": shape,
        "dtype": DTYPES[array.dtype.name],
        "base64": base64.b64encode(array.astype(array.dtype.newbyteorder("<")).tobytes()).decode(),
    }


def samples(array, count):
    """`count` values of a tensor, evenly spread: those at floor((k + 0.5) * size / count); all, when it has no more."""
    flat = np.ascontiguousarray(array).reshape(-1)
    if flat.size <= count:
        return flat
    return flat[((np.arange(count) + 0.5) * flat.size / count).astype(np.int64)]


def summary(array, count=16):
    """A tensor's shape, sum, sum of squares, largest magnitude (all in float64) and `count` samples."""
    wide = np.asarray(array, dtype=np.float64)
    return {
        "shape": list(wide.shape),
        "sum": float(wide.sum()),
        "sumOfSquares": float((wide * wide).sum()),
        "maxAbs": float(np.abs(wide).max()),
        "samples": samples(wide, count).tolist(),
    }


def versions(*modules):
    """The versions of Python, numpy and the given modules."""
    found = {"python": platform.python_version(), "numpy": np.__version__}
    for module in modules:
        found[module.__name__] = module.__version__
    return found


def write(name, content, *modules):
    """Writes test/golden/NAME.json with its header and says how large it is."""
    header = {
        "madeBy": f"scripts/golden/{Path(sys.argv[0]).name}",
        "versions": versions(*modules),
        "formula": FORMULA,
    }
    text = lines({**header, **content})
    path = FOLDER / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    size = len(text.encode())
    print(f"{path.relative_to(FOLDER.parents[1])}: {size / 1000:.1f} kB")
    if size > LARGEST_FILE:
        raise SystemExit(f"{name}.json is larger than {LARGEST_FILE} bytes")


def lines(value, indent=""):
    """JSON with objects on several lines and lists of numbers on one, so that a diff shows which value changed."""
    inner = indent + "  "
    if isinstance(value, dict) and value and "base64" not in value:
        rows = [f"{inner}{json.dumps(key, ensure_ascii=False)}: {lines(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + indent + "}" + ("" if indent else "\n")
    if isinstance(value, list) and any(isinstance(item, (dict, list, str)) for item in value):
        return "[\n" + ",\n".join(inner + lines(item, inner) for item in value) + "\n" + indent + "]"
    return json.dumps(value, ensure_ascii=False)
