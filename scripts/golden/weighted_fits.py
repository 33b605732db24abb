"""Keras's fit with class weights and with sample weights: losses, metrics and weights after two epochs, in float64."""

import keras
import tensorflow as tf

from common import exact, np, tensor, uniform, write

keras.config.set_floatx("float64")
ROWS, FEATURES, BATCH, EPOCHS = 10, 3, 4, 2
X = uniform(1, (ROWS, FEATURES), 1.0)
CLASS = np.array([0, 1, 2, 0, 0, 1, 0, 2, 0, 1])
WEIGHTS = np.array([1.0, 0.5, 2.0, 0.0, 1.5, 3.0, 0.25, 1.0, 4.0, 0.75])
VALUES = uniform(2, (ROWS, 1), 2.0)
BINARY = (CLASS > 0).astype(np.float64).reshape(-1, 1)
ONE_HOT = np.eye(3)[CLASS]

# name: (loss, units, activation, labels, weights of fit)
CASES = {
    "classWeightBinary": ("binary_crossentropy", 1, "sigmoid", BINARY, {"class_weight": {0: 0.5, 1: 3.0}}),
    "classWeightSparse": ("sparse_categorical_crossentropy", 3, "softmax", CLASS, {"class_weight": {0: 0.2, 1: 2.0, 2: 5.0}}),
    "classWeightOneHot": ("categorical_crossentropy", 3, "softmax", ONE_HOT, {"class_weight": {0: 1.0, 1: 0.0, 2: 4.0}}),
    "sampleWeightValues": ("mean_squared_error", 1, "linear", VALUES, {"sample_weight": WEIGHTS}),
    "sampleWeightBinary": ("binary_crossentropy", 1, "sigmoid", BINARY, {"sample_weight": WEIGHTS}),
    "sampleWeightSparse": ("sparse_categorical_crossentropy", 3, "softmax", CLASS, {"sample_weight": WEIGHTS}),
}


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def case(loss, units, activation, labels, weights):
    keras.backend.clear_session()
    model = keras.Sequential([keras.layers.Input((FEATURES,)), keras.layers.Dense(units, activation=activation)])
    model.set_weights([uniform(3, (FEATURES, units), 0.5), uniform(4, (units,), 0.5)])
    optimizer = keras.optimizers.SGD(0.1)
    exact(optimizer)
    model.compile(optimizer, loss, metrics=["accuracy"] if units > 1 else ["mean_squared_error"])
    history = model.fit(
        X, labels, epochs=EPOCHS, batch_size=BATCH, shuffle=False, verbose=0, validation_data=(X, labels, WEIGHTS), **weights
    ).history
    after = model.evaluate(X, labels, batch_size=BATCH, sample_weight=WEIGHTS, verbose=0)
    options = {
        camel(key): value.tolist() if isinstance(value, np.ndarray) else {str(label): share for label, share in value.items()}
        for key, value in weights.items()
    }
    return {
        "loss": camel(loss),
        "units": units,
        "activation": activation,
        "labels": tensor(labels.astype(np.int32) if labels.dtype.kind == "i" else labels),
        "options": options,
        "losses": history["loss"],
        "valLosses": history["val_loss"],
        "valMetric": history["val_accuracy" if units > 1 else "val_mean_squared_error"],
        "evaluated": after[0],
        "after": [tensor(weight) for weight in model.get_weights()],
    }


write("weighted-fits", {
    "x": "uniform(1, [10, 3], 1)",
    "weights": "kernel uniform(3, [3, units], 0.5), bias uniform(4, [units], 0.5)",
    "note": "sgd 0.1, batches of 4 in order, 2 epochs; validation and the evaluation after it on the same data with sampleWeights",
    "sampleWeights": WEIGHTS.tolist(),
    "cases": {name: case(*values) for name, values in CASES.items()},
}, keras, tf)
