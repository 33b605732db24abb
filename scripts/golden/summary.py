"""The text of Keras's `summary()` for a few models, as it prints without a terminal, and the parameter counts."""

import os

# rich asks the terminal for its width; a fixed one makes the text the same everywhere.
os.environ["COLUMNS"] = "100"

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from common import write  # noqa: E402

L = keras.layers


def seed_cnn(size, units, classes=1):
    return keras.Sequential([
        L.Input((size, size, 3)),
        L.Conv2D(32, 3, activation="relu"), L.MaxPooling2D(2),
        L.Conv2D(64, 3, activation="relu"), L.MaxPooling2D(2),
        L.Conv2D(128, 3, activation="relu"), L.MaxPooling2D(2),
        L.Flatten(), L.Dense(units, activation="relu"), L.Dense(classes, activation="sigmoid" if classes == 1 else "softmax"),
    ])


def with_state():
    """Batch normalization (weights that are not trained), dropout, rescaling, global pooling, a frozen layer."""
    model = keras.Sequential([
        L.Input((28, 28, 1)), L.Rescaling(1 / 255),
        L.Conv2D(16, 3, padding="same", use_bias=False), L.BatchNormalization(), L.Activation("relu"),
        L.AveragePooling2D(2), L.Dropout(0.25), L.GlobalAveragePooling2D(), L.Dense(10, activation="softmax"),
    ])
    model.layers[-1].trainable = False
    return model


def compiled():
    model = seed_cnn(48, 64)
    model.compile(optimizer="adam", loss="binary_crossentropy")
    # The optimizer's state appears in the summary once it is built.
    model.optimizer.build(model.trainable_variables)
    return model


def text(model):
    rows = []
    model.summary(print_fn=lambda line, **_: rows.append(line))
    return "\n".join(rows)


def record(make):
    keras.backend.clear_session()
    model = make()
    count = lambda weights: int(sum(w.numpy().size for w in weights))  # noqa: E731
    return {
        "lines": text(model).splitlines(),
        "totalParameters": model.count_params(),
        "trainableParameters": count(model.trainable_weights),
        "nonTrainableParameters": count(model.non_trainable_weights),
    }


write("summary", {
    "note": "lines as Keras prints them, 80 to 100 columns, no colours",
    "cases": {
        "seedCnn": record(lambda: seed_cnn(150, 512)),
        "seedCnnCut": record(lambda: seed_cnn(48, 64)),
        "withState": record(with_state),
        "compiled": record(compiled),
    },
}, keras, tf)
