"""Opens the files that keras-round-trip.mjs wrote and compares what Keras gives of them with what is expected."""

import base64
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras  # noqa: E402
import numpy as np  # noqa: E402

DTYPES = {"f32": "float32", "i32": "int32", "u8": "uint8"}
LIMIT = 1e-5


def decoded(stored):
    if "values" in stored:
        return np.asarray(stored["values"], DTYPES[stored.get("dtype", "f32")]).reshape(stored["shape"])
    return np.frombuffer(base64.b64decode(stored["base64"]), DTYPES[stored["dtype"]]).reshape(stored["shape"])


def distance(actual, expected):
    scale = max(float(np.sqrt(np.mean(np.square(expected, dtype="float64")))), 1e-30)
    return float(np.abs(np.asarray(actual, "float64") - expected).max()) / scale if expected.size else 0.0


def outputs_of(model, inputs):
    inputs = [value.astype(bool) if spec.dtype == "bool" else value for value, spec in zip(inputs, model.inputs)]
    outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    return [np.asarray(one) for one in (outputs if isinstance(outputs, (list, tuple)) else [outputs])]


def compare(folder, name, case):
    """The largest distance of a case."""
    model = keras.models.load_model(folder / f"{name}.keras")
    inputs = [decoded(one) for one in case.get("inputs", case.get("plain", []))]
    if "loss" in case:
        labels = [decoded(one) for one in case["labels"]]
        model.train_on_batch(inputs[0], labels if len(labels) > 1 else labels[0])
        if "weights" not in case:
            return 0.0  # It was loaded, and can be trained.
        return max(distance(value, decoded(one)) for value, one in zip(model.get_weights(), case["weights"], strict=True))
    expected = [decoded(one) for one in case.get("outputs", case.get("results", []))]
    found = max(distance(one, other) for one, other in zip(outputs_of(model, inputs), expected, strict=True))
    if name.startswith("own-"):
        model.set_weights([np.zeros_like(value) for value in model.get_weights()])
        model.load_weights(folder / f"{name}.weights.h5")
        found = max(found, *(distance(one, other) for one, other in zip(outputs_of(model, inputs), expected, strict=True)))
    return found


def main():
    folder = Path(sys.argv[1])
    failed = []
    worst = 0.0
    cases = json.loads((folder / "expected.json").read_text())
    for name, case in cases.items():
        try:
            found = compare(folder, name, case)
        except Exception as error:  # each case is told apart
            failed.append(f"{name}: {type(error).__name__}: {str(error)[-400:]}")
            continue
        worst = max(worst, found)
        if not found <= case.get("limit", 2e-5 if "loss" in case else LIMIT):
            failed.append(f"{name}: distance {found:.2e}")
    print("\n".join(failed))
    print(f"{len(cases) - len(failed)} of {len(cases)} models as expected in Keras {keras.__version__}, worst distance {worst:.1e}")
    sys.exit(1 if failed else 0)


main()
