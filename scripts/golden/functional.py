"""A functional network with two branches, a shared layer and several merges: order of weights, outputs, one step, summary."""

import os

# rich asks the terminal for its width; a fixed one makes the text the same everywhere.
os.environ["COLUMNS"] = "120"

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from common import exact, tensor, uniform, write  # noqa: E402

L = keras.layers
SHAPE = (8, 8, 3)
BATCH = 5


def branches():
    """Two convolutions side by side, one dense layer applied twice, a shortcut."""
    x = L.Input(SHAPE)
    left = L.Conv2D(4, 3, padding="same", activation="relu")(x)
    right = L.Conv2D(4, 1, activation="tanh")(x)
    joined = L.Concatenate()([left, right])
    normal = L.BatchNormalization()(L.Add()([left, right]))
    shared = L.Dense(6, activation="relu")
    one = shared(L.GlobalAveragePooling2D()(joined))
    two = shared(L.GlobalMaxPooling2D()(L.Concatenate()([normal, right])))
    y = L.Dense(3, activation="softmax")(L.Subtract()([one, two]))
    return keras.Model(x, y)


def chain():
    """A functional model without branches prints as one of layers in a row."""
    x = L.Input((6,))
    return keras.Model(x, L.Dense(2)(L.Dense(4, activation="relu")(x)))


def text(model):
    rows = []
    model.summary(print_fn=lambda line, **_: rows.append(line))
    return "\n".join(rows).splitlines()


def record(make):
    keras.backend.clear_session()
    return text(make())


SUMMARIES = {"branches": record(branches), "chain": record(chain)}
keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
keras.backend.clear_session()
model = branches()
weights = [uniform(10 + i, w.shape, 0.5, 0.6 if "variance" in w.path else 0) for i, w in enumerate(model.weights)]
model.set_weights(weights)
x = uniform(1, (BATCH, *SHAPE), 1)
labels = np.arange(BATCH) % 3
before = model(tf.constant(x)).numpy()
optimizer = keras.optimizers.SGD(0.1)
exact(optimizer)
model.compile(optimizer, "sparse_categorical_crossentropy")
loss = float(model.train_on_batch(x, labels))
write("functional", {
    "weights": "weight i in the order of get_weights: uniform(10 + i, shape, 0.5, 0.6 for a moving variance else 0)",
    "x": "uniform(1, shape, 1)",
    "shape": [BATCH, *SHAPE],
    "names": [w.path for w in model.weights],
    "shapes": [list(w.shape) for w in model.weights],
    "labels": labels.tolist(),
    "output": tensor(before),
    "loss": loss,
    "after": [tensor(w) for w in model.get_weights()],
    "summaries": SUMMARIES,
}, keras, tf)
