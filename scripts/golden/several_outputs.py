"""Models of two inputs and two outputs: losses, metrics, weights and predictions of fit and evaluate, in float64."""

import os

# rich asks the terminal for its width; a fixed one makes the text the same everywhere.
os.environ["COLUMNS"] = "120"

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from common import exact, np, tensor, uniform, write  # noqa: E402

keras.config.set_floatx("float64")
L = keras.layers
ROWS, BATCH, EPOCHS = 10, 5, 2


def rounded(array):
    """As float32, which data sets hold, so that both sides see the same numbers."""
    return array.astype(np.float32).astype(np.float64)


LEFT, RIGHT = rounded(uniform(1, (ROWS, 3), 1.0)), rounded(uniform(2, (ROWS, 4), 1.0))
AGE, KIND = rounded(uniform(3, (ROWS, 1), 2.0)), np.array([0, 1, 2, 0, 0, 1, 0, 2, 0, 1])
OTHER = rounded(uniform(4, (ROWS, 3), 1.0))
FIRST, SECOND = [1.0, 0.5, 2.0, 0.0, 1.5, 3.0, 0.25, 1.0, 4.0, 0.75], [0.5, 1.0, 1.0, 2.0, 0.5, 0.25, 4.0, 1.0, 0.0, 1.0]
CROSSENTROPY = "sparse_categorical_crossentropy"

# name: (compile, targets, weights of the samples, whether the outputs have names of their own)
CASES = {
    "records": (
        {
            "loss": {"kind": CROSSENTROPY, "age": "mean_squared_error"},
            "loss_weights": {"age": 0.5, "kind": 2.0},
            "metrics": {"kind": ["accuracy"], "age": ["mean_absolute_error", "mean_squared_error"]},
        },
        [AGE, KIND], None, True,
    ),
    "lists": (
        {
            "loss": ["mean_absolute_error", CROSSENTROPY],
            "loss_weights": [0.25, 1.0],
            "metrics": [["mean_squared_error"], ["accuracy"]],
        },
        [AGE, KIND], [FIRST, SECOND], True,
    ),
    "oneLoss": ({"loss": "mean_squared_error", "metrics": ["mean_absolute_error", "mean_squared_error"]}, [AGE, OTHER], FIRST, False),
    "oneIsNotLearnt": ({"loss": [None, CROSSENTROPY], "metrics": {"kind": ["accuracy"]}}, [AGE, KIND], None, True),
}


def two(named):
    left, right = L.Input((3,), name="left"), L.Input((4,), name="right")
    joined = L.Dense(5, activation="tanh")(L.Concatenate()([left, right]))
    age = L.Dense(1, name="age" if named else None)(joined)
    kind = L.Dense(3, activation="softmax" if named else "linear", name="kind" if named else None)(joined)
    return keras.Model([left, right], [age, kind])


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def capital(name):
    return name[:1].upper() + name[1:]


def log_name(key, outputs):
    """age_mean_absolute_error as ageMeanAbsoluteError, val_dense_1_loss as valDense_1Loss."""
    if key.startswith("val_"):
        return "val" + capital(log_name(key[4:], outputs))
    for name in sorted(outputs, key=len, reverse=True):
        if key.startswith(f"{name}_"):
            return name + capital(camel(key[len(name) + 1:]))
    return camel(key)


def named(value):
    """Names of losses and metrics in camelCase."""
    if isinstance(value, str):
        return camel(value)
    if isinstance(value, list):
        return [named(item) for item in value]
    return {key: named(item) for key, item in value.items()} if isinstance(value, dict) else value


def case(compiled, targets, weights, is_named):
    keras.backend.clear_session()
    model = two(is_named)
    model.set_weights([uniform(10 + index, weight.shape, 0.5) for index, weight in enumerate(model.weights)])
    optimizer = keras.optimizers.SGD(0.1)
    exact(optimizer)
    model.compile(optimizer, **compiled)
    arrays = None if weights is None else [np.array(one) for one in weights] if isinstance(weights[0], list) else np.array(weights)
    options = {"batch_size": BATCH, "verbose": 0}
    history = model.fit(
        [LEFT, RIGHT], targets, epochs=EPOCHS, shuffle=False, sample_weight=arrays,
        validation_data=({"right": RIGHT, "left": LEFT}, targets), **options,
    ).history
    evaluated = model.evaluate([LEFT, RIGHT], targets, sample_weight=arrays, return_dict=True, **options)
    outputs = model.output_names
    return {
        "compile": {camel(key): named(value) for key, value in compiled.items()},
        "outputs": outputs,
        "sampleWeight": weights,
        "history": {log_name(key, outputs): values for key, values in history.items()},
        "evaluated": {log_name(key, outputs): float(value) for key, value in evaluated.items()},
        "predictions": [tensor(output) for output in model.predict([LEFT, RIGHT], **options)],
        "after": [tensor(weight) for weight in model.get_weights()],
    }


def summary():
    keras.backend.clear_session()
    keras.config.set_floatx("float32")
    rows = []
    two(True).summary(print_fn=lambda line, **_: rows.append(line))
    return "\n".join(rows).splitlines()


write("several-outputs", {
    "x": "left uniform(1, [10, 3], 1), right uniform(2, [10, 4], 1); age uniform(3, [10, 1], 2), other uniform(4, [10, 3], 1), as float32",
    "weights": "weight i in the order of get_weights: uniform(10 + i, shape, 0.5)",
    "note": "concatenate, dense of 5 with tanh, dense of 1 and dense of 3; sgd 0.1, batches of 5 in order, 2 epochs; oneLoss trains age and other. "
    "Batches are of one size: where they are not, Keras on TensorFlow means the losses of outputs over batches, not samples",
    "kind": KIND.tolist(),
    "cases": {name: case(*values) for name, values in CASES.items()},
    "summary": summary(),
}, keras, tf)
