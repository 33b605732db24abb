# Writes test/golden/arrays.json: small .npy and .npz files of every plain type, order and version as NumPy 2.4.6 writes them,
# with their values; and files that are refused. Run: python scripts/golden/arrays.py
import base64
import io
import json
from pathlib import Path

import numpy as np
from numpy.lib import format as npy


def saved(array, version=None):
    file = io.BytesIO()
    npy.write_array(file, array, version=version, allow_pickle=True)
    return base64.b64encode(file.getvalue()).decode()


cases = []
for name in ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]:
    for order in ["<", ">"]:
        base = np.array([[0, 1, 1], [1, 0, 1]] if name == "?" else [[0, 1, 100], [3, 127, 5]])
        if name[0] == "f":
            base = base / 4 - 2
        elif name[0] == "i":
            base = base - 64
        array = base.astype(np.dtype(name).newbyteorder(order))
        values = array.astype(float).ravel().tolist()
        cases.append({"name": f"{order}{name}", "file": saved(array), "shape": [2, 3], "values": values})
cube = np.arange(24, dtype="<f4").reshape(2, 3, 4)
cases.append({"name": "fortran", "file": saved(np.asfortranarray(cube)), "shape": [2, 3, 4], "values": cube.ravel().tolist()})
cases.append({"name": "fortran big-endian i8", "file": saved(np.asfortranarray(cube.astype(">i8"))), "shape": [2, 3, 4], "values": cube.ravel().tolist()})
cases.append({"name": "scalar", "file": saved(np.float32(2.5)), "shape": [], "values": [2.5]})
cases.append({"name": "one axis", "file": saved(np.arange(3, dtype="i4")), "shape": [3], "values": [0, 1, 2]})
cases.append({"name": "empty", "file": saved(np.zeros((0, 3), "f4")), "shape": [0, 3], "values": []})
for version in [(1, 0), (2, 0), (3, 0)]:
    cases.append({"name": f"version {version[0]}", "file": saved(np.ones(2, "f4"), version), "shape": [2], "values": [1, 1]})

refused = {
    "objects": saved(np.array([{}, []], dtype=object)),
    "records": saved(np.zeros(2, dtype=[("a", "f4"), ("b", "i4")])),
    "complex numbers": saved(np.zeros(2, "c8")),
    "dates": saved(np.zeros(2, "M8[s]")),
    "time spans": saved(np.zeros(2, "m8[s]")),
    "long doubles": saved(np.zeros(2, "longdouble")),
    "raw bytes": saved(np.zeros(2, "V3")),
}


def archive(save, **arrays):
    file = io.BytesIO()
    save(file, **arrays)
    return base64.b64encode(file.getvalue()).decode()


arrays = {"W": np.eye(2, dtype="f2"), "w": np.arange(2), "layer/bias": np.ones(300, "f4"), "__config__": np.array('{"é": 1}')}
result = {
    "numpy": np.__version__,
    "cases": cases,
    "refused": refused,
    "archives": {"savez": archive(np.savez, **arrays), "savez_compressed": archive(np.savez_compressed, **arrays)},
}
Path("test/golden/arrays.json").write_text(json.dumps(result, indent=1) + "\n")
