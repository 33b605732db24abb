"""Keras beside scripts/transfer.mjs: the same splits, VGG16's same weights, the same head, the same epochs and rates.
Pictures are laid on white and resized with antialiasing, as sinter decodes them.
Run: node scripts/transfer.mjs --files > splits.json; .peers/python/bin/python scripts/accuracy/keras_transfer.py splits.json [96] [15]
The numbers are the pictures' size and how many first layers of the base stay frozen; without the second all are fine-tuned."""

import json
import os
import sys
from time import perf_counter

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np
from PIL import Image

size = int(sys.argv[2]) if len(sys.argv) > 2 else 128
num_frozen = int(sys.argv[3]) if len(sys.argv) > 3 else 0
weights = os.path.join(os.path.dirname(__file__), "..", "..", ".data", "vgg16", "vgg16_notop.weights.h5")


def read(path):
    picture = Image.open(path).convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    flat = Image.alpha_composite(white, picture).convert("RGB")
    return np.asarray(flat.resize((size, size), Image.BILINEAR), "float32")


def accuracy(probabilities, labels):
    right = probabilities.argmax(1) == labels
    return float(np.mean([right[labels == label].mean() for label in np.unique(labels)]))


def head(inputs, num_classes):
    x = keras.layers.BatchNormalization(momentum=0.9)(inputs)
    x = keras.layers.Dropout(0.5)(x)
    return keras.layers.Dense(num_classes, activation="softmax")(x)


def train(base, x, labels, split, seed, num_classes):
    """Accuracies of the head alone and after fine-tuning, and the seconds of each training."""
    keras.utils.set_random_seed(seed)
    own, rest = np.array(split["train"]), np.array(split["rest"])
    base.load_weights(weights)
    goals = {"loss": "sparse_categorical_crossentropy"}
    features = keras.layers.GlobalAveragePooling2D()(base.predict(x, batch_size=32, verbose=0))
    features = keras.ops.convert_to_numpy(features)
    inputs = keras.Input(features.shape[1:])
    top = keras.Model(inputs, head(inputs, num_classes))
    top.compile(keras.optimizers.Adam(1e-3), **goals)
    begun = perf_counter()
    top.fit(features[own], labels[own], batch_size=32, epochs=100, verbose=0)
    head_seconds = perf_counter() - begun
    frozen = accuracy(top.predict(features[rest], verbose=0), labels[rest])
    base.trainable = True
    for layer in base.layers[:num_frozen]:
        layer.trainable = False
    whole = keras.Sequential([keras.Input(x.shape[1:]), base, keras.layers.GlobalAveragePooling2D(), top])
    whole.compile(keras.optimizers.Adam(1e-5), **goals)
    begun = perf_counter()
    whole.fit(x[own], labels[own], batch_size=32, epochs=5, verbose=0)
    tuning_seconds = perf_counter() - begun
    tuned = accuracy(whole.predict(x[rest], batch_size=32, verbose=0), labels[rest])
    return frozen, tuned, head_seconds, tuning_seconds


with open(sys.argv[1]) as file:
    given = json.load(file)
labels = np.array([picture["label"] for picture in given["pictures"]])
pictures = np.stack([read(picture["path"]) for picture in given["pictures"]])
x = keras.applications.vgg16.preprocess_input(pictures)
base = keras.applications.VGG16(include_top=False, weights=None, input_shape=(size, size, 3))
print(f"Keras {keras.__version__}, {keras.backend.backend()}, {size} x {size}, the first {num_frozen} layers frozen")
print("| split | VGG16 frozen | fine-tuned | head (s) | fine-tuning (s) |\n|---|---|---|---|---|", flush=True)
rows = []
for number, split in enumerate(given["splits"]):
    rows.append(train(base, x, labels, split, number, len(given["classNames"])))
    frozen, tuned, *seconds = rows[-1]
    print(f"| {number} | {100 * frozen:.1f} | {100 * tuned:.1f} | {seconds[0]:.1f} | {seconds[1]:.1f} |", flush=True)
frozen, tuned, *_ = np.mean(rows, axis=0)
print(f"| mean | {100 * frozen:.1f} | {100 * tuned:.1f} | | |")
