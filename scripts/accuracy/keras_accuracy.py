"""Accuracy that Keras reaches on the data of scripts/fetch-data.mjs: the same split, models and augmentation as sinter's, mean of 3 seeds.

Run: .peers/python/bin/python scripts/accuracy/keras_accuracy.py [--only NAME] [--seeds 3] [--write]
Prints one line of JSON for each work; --write stores them in bench/results/keras-accuracy.json.

A fifth of the training part, stratified and by seed, chooses the epoch (lowest validation loss); the test part is read once, at the end.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras.src.legacy.preprocessing.image import ImageDataGenerator  # noqa: E402
from PIL import Image  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
L = keras.layers
BEST = Path(tempfile.mkdtemp()) / "best.weights.h5"
AUGMENT = {
    "none": {},
    "light": {"rotation_range": 10, "width_shift_range": 0.1, "height_shift_range": 0.1, "zoom_range": 0.1},
    "standard": {
        "rotation_range": 40, "width_shift_range": 0.2, "height_shift_range": 0.2, "shear_range": 0.2, "zoom_range": 0.2,
        "horizontal_flip": True,
    },
}


def last(classes):
    return L.Dense(1, activation="sigmoid") if classes == 2 else L.Dense(classes, activation="softmax")


def cnn(shape, classes):
    """The CNN of docs/guide/seed.md."""
    return keras.Sequential([
        L.Input(shape),
        L.Conv2D(32, 3, activation="relu"), L.MaxPooling2D(2),
        L.Conv2D(64, 3, activation="relu"), L.MaxPooling2D(2),
        L.Conv2D(128, 3, activation="relu"), L.MaxPooling2D(2),
        L.Flatten(), L.Dense(512, activation="relu"), last(classes),
    ])


def dropout_cnn(shape, classes):
    """The same layers as dropout-cnn.js beside this file."""
    return keras.Sequential([
        L.Input(shape),
        L.Conv2D(32, 3, activation="relu"), L.Conv2D(64, 3, activation="relu"), L.MaxPooling2D(2), L.Dropout(0.25),
        L.Flatten(), L.Dense(128, activation="relu"), L.Dropout(0.5), last(classes),
    ])


# name: data set, model, augmentation, image size, epochs
WORKS = {
    "mnist-dropout-light": ("mnist", dropout_cnn, "light", 28, 20),
    "mnist-cnn-none": ("mnist", cnn, "none", 28, 20),
    "cats-dogs-dropout-light": ("cats-dogs", dropout_cnn, "light", 28, 30),
    "cats-dogs-cnn-none": ("cats-dogs", cnn, "none", 28, 20),
    "stamps-cnn-standard": ("stamps", cnn, "standard", 96, 40),
    "stamps-cnn-light": ("stamps", cnn, "light", 96, 40),
}


def load(part, size):
    """Pictures 0 to 255 (RGB, alpha over white, antialiased bilinear) and the class index of each."""
    pictures, labels = [], []
    classes = sorted(entry.name for entry in part.iterdir())
    for index, name in enumerate(classes):
        for file in sorted((part / name).iterdir()):
            rgba = Image.open(file).convert("RGBA")
            rgb = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
            if rgb.size != (size, size):
                rgb = rgb.resize((size, size), Image.Resampling.BILINEAR)
            pictures.append(np.asarray(rgb, dtype=np.float32))
            labels.append(index)
    return np.stack(pictures), np.array(labels), classes


def held_out(labels, seed):
    """A fifth of each class, drawn by seed."""
    random = np.random.default_rng(seed)
    return np.concatenate([
        random.permutation(np.flatnonzero(labels == c))[: round(0.2 * np.count_nonzero(labels == c))] for c in np.unique(labels)
    ])


def train(work, seed):
    """One training; gives the test accuracy and the epoch chosen."""
    data, make, augment, size, epochs = WORKS[work]
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    x, y, classes = load(ROOT / ".data" / data / "train", size)
    held = held_out(y, seed)
    kept = np.setdiff1d(np.arange(len(y)), held)
    model = make((size, size, 3), len(classes))
    model.compile("adam", "binary_crossentropy" if len(classes) == 2 else "sparse_categorical_crossentropy", metrics=["accuracy"])
    generator = ImageDataGenerator(rescale=1 / 255, fill_mode="nearest", **AUGMENT[augment])
    best = keras.callbacks.ModelCheckpoint(str(BEST), monitor="val_loss", save_best_only=True, save_weights_only=True)
    history = model.fit(
        generator.flow(x[kept], y[kept], batch_size=32, seed=seed), epochs=epochs, validation_data=(x[held] / 255, y[held]),
        callbacks=[best], verbose=0,
    )
    model.load_weights(str(BEST))
    test_x, test_y, _ = load(ROOT / ".data" / data / "test", size)
    _, accuracy = model.evaluate(test_x / 255, test_y, verbose=0)
    return float(accuracy), int(np.argmin(history.history["val_loss"])) + 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", action="append")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(2)
    path = ROOT / "bench" / "results" / "keras-accuracy.json"
    stored = json.loads(path.read_text()) if path.exists() else {}
    for work in options.only or WORKS:
        data, make, augment, size, epochs = WORKS[work]
        runs = [train(work, seed) for seed in range(options.seeds)]
        accuracies = [accuracy for accuracy, _ in runs]
        row = {
            "work": work, "data": data, "model": make.__name__, "augment": augment, "imageSize": [size, size], "epochs": epochs, "batchSize": 32,
            "optimizer": "adam", "seeds": list(range(options.seeds)), "chosenEpochs": [epoch for _, epoch in runs],
            "accuracies": accuracies, "meanAccuracy": float(np.mean(accuracies)),
            "versions": {"keras": keras.__version__, "tensorflow": tf.__version__},
        }
        print(json.dumps(row), flush=True)
        stored[work] = row
        if options.write:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(stored, indent=2) + "\n")


if __name__ == "__main__":
    main()
