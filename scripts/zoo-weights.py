"""Weights of Keras's applications in its own files, and what the networks answer; for zoo-weights.mjs, which runs it."""

import json
import math
import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras  # noqa: E402
import numpy as np  # noqa: E402

A = keras.applications
MODELS = {
    "vgg16": A.VGG16, "resnet50": A.ResNet50, "resnet50V2": A.ResNet50V2, "mobileNet": A.MobileNet, "mobileNetV2": A.MobileNetV2,
    "mobileNetV3Small": A.MobileNetV3Small, "mobileNetV3Large": A.MobileNetV3Large, "efficientNetB0": A.EfficientNetB0,
    "denseNet121": A.DenseNet121, "xception": A.Xception, "inceptionV3": A.InceptionV3, "convNeXtTiny": A.ConvNeXtTiny,
}  # fmt: skip

folder, *asked = sys.argv[1:]
folder = Path(folder)
random = np.random.default_rng(0)
found = {}
for name, make in MODELS.items():
    if asked and name not in asked:
        continue
    keras.backend.clear_session()
    size = {"xception": 71, "inceptionV3": 75}.get(name, 32)
    model = make(weights=None, input_shape=(size, size, 3), classes=7, classifier_activation=None)
    for weight in model.weights:
        if weight.path.endswith("count"):
            continue
        limit = math.sqrt(2 / np.prod(weight.shape[:-1])) if len(weight.shape) > 1 else 0.1
        values = random.normal(size=weight.shape) * limit
        weight.assign(1 + np.abs(values) if "gamma" in weight.path or "variance" in weight.path else values)
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
    model.save_weights(folder / f"{name}.weights.h5")
    model.save(folder / f"{name}.h5")
    x = random.random((1, size, size, 3)) * (255 if any(part in name for part in ("fficient", "V3", "NeXt")) else 1)
    x = x.astype(np.float32)
    found[name] = {"x": x.reshape(-1).tolist(), "size": size, "y": model.predict(x, verbose=0).reshape(-1).tolist()}
(folder / "answers.json").write_text(json.dumps({"keras": keras.__version__, "models": found}))
