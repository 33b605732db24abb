"""Losses of outputs with a mask: a test and a step of each, with and without weights of samples and of places, in float64."""

import keras
import tensorflow as tf

from common import exact, np, tensor, uniform, write

keras.config.set_floatx("float64")
ROWS, TIME, FEATURES = 5, 4, 3
LENGTHS = [4, 2, 0, 3, 1]
X = uniform(1, (ROWS, TIME, FEATURES), 1.0)
for row, length in enumerate(LENGTHS):
    X[row, length:] = 0.0
CLASS = np.arange(ROWS * TIME).reshape(ROWS, TIME) % 3
VALUES = uniform(2, (ROWS, TIME, 2), 2.0)
BINARY = (CLASS > 0).astype(np.float64).reshape(ROWS, TIME, 1)
OF_SAMPLES = np.array([1.0, 0.5, 2.0, 3.0, 0.25])
OF_PLACES = uniform(5, (ROWS, TIME), 0.5, 1.0)

# By the units of the last layer. Means heed the mask, counts and the root of a mean do not.
METRICS = {
    1: lambda: ["accuracy", keras.metrics.Precision(name="precision"), keras.metrics.Recall(name="recall")],
    2: lambda: ["mean_absolute_error", "mean_squared_error", keras.metrics.RootMeanSquaredError(name="root_mean_squared_error")],
    3: lambda: ["accuracy"],
}

# name: (loss, units, activation, labels, sample weights as Keras takes them, whether every place is masked)
CASES = {
    "values": ("mean_squared_error", 2, "linear", VALUES, None, False),
    "binary": ("binary_crossentropy", 1, "sigmoid", BINARY, None, False),
    "sparse": ("sparse_categorical_crossentropy", 3, "softmax", CLASS, None, False),
    "categorical": ("categorical_crossentropy", 3, "softmax", np.eye(3)[CLASS], None, False),
    "weightsOfSamples": ("mean_squared_error", 2, "linear", VALUES, OF_SAMPLES.reshape(-1, 1), False),
    "weightsOfPlaces": ("sparse_categorical_crossentropy", 3, "softmax", CLASS, OF_PLACES, False),
    "everyPlaceMasked": ("mean_squared_error", 2, "linear", VALUES, None, True),
}


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def case(loss, units, activation, labels, weights, is_masked):
    keras.backend.clear_session()
    model = keras.Sequential([
        keras.layers.Input((TIME, FEATURES)),
        keras.layers.Masking(0.0),
        keras.layers.Dense(4, activation="tanh"),
        keras.layers.Dense(units, activation=activation),
    ])
    model.set_weights([uniform(10 + index, weight.shape, 0.5) for index, weight in enumerate(model.weights)])
    optimizer = keras.optimizers.SGD(0.1)
    exact(optimizer)
    model.compile(optimizer, loss, metrics=METRICS[units]())
    x = np.zeros_like(X) if is_masked else X
    tested = model.test_on_batch(x, labels, sample_weight=weights, return_dict=True)
    model.reset_metrics()
    trained = model.train_on_batch(x, labels, sample_weight=weights, return_dict=True)
    shared = None if weights is None else weights.reshape(-1) if weights.shape[-1] == 1 else weights
    return {
        "loss": camel(loss),
        "units": units,
        "activation": activation,
        "labels": tensor(labels.astype(np.int32) if labels.dtype.kind == "i" else labels),
        "sampleWeight": None if shared is None else shared.tolist(),
        "isMasked": is_masked,
        "tested": {camel(name): float(value) for name, value in tested.items()},
        "trained": float(trained["loss"]),
        "after": [tensor(weight) for weight in model.get_weights()],
    }


write("masked-losses", {
    "x": "uniform(1, [5, 4, 3], 1), from place lengths[row] on 0; all 0 where isMasked",
    "weights": "weight i in the order of get_weights: uniform(10 + i, shape, 0.5)",
    "note": "masking of rows of zeros, dense of 4 with tanh, dense; test_on_batch, then train_on_batch with sgd 0.1",
    "lengths": LENGTHS,
    "cases": {name: case(*values) for name, values in CASES.items()},
}, keras, tf)
