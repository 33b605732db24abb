"""What weights begin with, what they cost and what they must be: initializers, regularizers, constraints, and fits under constraints, in float64."""

import keras
import tensorflow as tf

from common import exact, np, tensor, uniform, write

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
C, R, I = keras.constraints, keras.regularizers, keras.initializers
WINDOWS = (3, 3, 2, 4)


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def named(options):
    return {camel(key): value for key, value in options.items()}


# name: (class, [(options in snake_case, shape)])
CONSTRAINTS = {
    "maxNorm": (C.MaxNorm, [({}, (5, 4)), ({"max_value": 0.7, "axis": 1}, (5, 4)), ({"max_value": 1.5, "axis": [0, 1, 2]}, WINDOWS), ({"max_value": 0.5}, (4,))]),
    "minMaxNorm": (C.MinMaxNorm, [
        ({}, (5, 4)),
        ({"min_value": 1.2, "max_value": 1.6, "rate": 0.3}, (5, 4)),
        ({"min_value": 3.0, "max_value": 4.0, "axis": [0, 1, 2]}, WINDOWS),
    ]),
    "nonNeg": (C.NonNeg, [({}, (5, 4)), ({}, WINDOWS), ({}, (4,))]),
    "unitNorm": (C.UnitNorm, [({}, (5, 4)), ({"axis": 1}, (5, 4)), ({"axis": [0, 1, 2]}, WINDOWS)]),
}
REGULARIZERS = {
    "l1": (R.L1, [{}, {"l1": 0.3}, {"l1": 0.0}]),
    "l2": (R.L2, [{}, {"l2": 0.2}, {"l2": 1.5}]),
    "l1l2": (R.L1L2, [{}, {"l1": 0.1, "l2": 0.05}, {"l2": 0.4}]),
    "orthogonalRegularizer": (R.OrthogonalRegularizer, [{}, {"factor": 0.5, "mode": "columns"}, {"factor": 2.0, "mode": "rows"}]),
}
FIXED = {
    "zeros": (I.Zeros, [({}, (3, 2)), ({}, (4,)), ({}, WINDOWS)]),
    "ones": (I.Ones, [({}, (3, 2)), ({}, (4,)), ({}, WINDOWS)]),
    "constant": (I.Constant, [({}, (3, 2)), ({"value": -1.5}, (4,)), ({"value": 0.25}, WINDOWS)]),
    "identity": (I.Identity, [({}, (4, 4)), ({"gain": 0.5}, (3, 5)), ({"gain": -2.0}, (5, 2))]),
}
ORTHOGONAL = [({}, (6, 6)), ({"gain": 0.5}, (8, 3)), ({"gain": 2.0}, (3, 7))]
# name: (class, [options in snake_case])
DRAWN = {
    "varianceScaling": (I.VarianceScaling, [
        {},
        {"scale": 2.0, "mode": "fan_out", "distribution": "uniform"},
        {"scale": 0.5, "mode": "fan_avg", "distribution": "untruncated_normal"},
    ]),
    "randomNormal": (I.RandomNormal, [{}, {"mean": 0.5, "stddev": 0.2}, {"stddev": 1.5}]),
    "randomUniform": (I.RandomUniform, [{}, {"minval": -0.2, "maxval": 0.6}, {"minval": 1.0, "maxval": 1.5}]),
    "truncatedNormal": (I.TruncatedNormal, [{}, {"mean": -0.5, "stddev": 0.2}, {"stddev": 1.5}]),
}


def penalty(make, options):
    weight = tf.Variable(uniform(21, (5, 4), 2.0))
    rule = make(**options)
    # Keras makes float32 tensors of numbers, if not of float64 scalars.
    for name in ("l1", "l2", "factor"):
        if hasattr(rule, name):
            standard = 0.01 if tf.is_tensor(getattr(rule, name)) else getattr(rule, name)
            setattr(rule, name, np.float64(options.get(name, standard)))
    with tf.GradientTape() as tape:
        value = rule(weight)
    slope = tape.gradient(value, weight)
    return {
        "options": options,
        "weight": tensor(weight.numpy()),
        "value": float(value),
        "gradient": tensor(np.zeros((5, 4)) if slope is None else slope.numpy()),
    }


def moments(make, options):
    """What a large draw of Keras has; sinter's draws other numbers of the same law."""
    values = np.asarray(make(**options, seed=3)((400, 300)), dtype=np.float64).reshape(-1)
    return {
        "options": {camel(key): camel(value) if isinstance(value, str) else value for key, value in options.items()},
        "shape": [400, 300],
        "mean": float(values.mean()),
        "variance": float(values.var()),
        "least": float(values.min()),
        "largest": float(values.max()),
    }


def fit(optimizer, first, second):
    """Two dense layers, six batches of train_on_batch; the weights after each."""
    net = keras.Sequential([
        keras.layers.Input((3,)),
        keras.layers.Dense(4, activation="tanh", **{key: make(**options) for key, (make, options) in first.items()}),
        keras.layers.Dense(1, **{key: make(**options) for key, (make, options) in second.items()}),
    ])
    net.compile(optimizer=exact(keras.optimizers.SGD(**optimizer)), loss="mse")
    net.set_weights([uniform(31 + index, tuple(weight.shape), 1.5) for index, weight in enumerate(net.weights)])
    rows = []
    for step in range(6):
        net.train_on_batch(uniform(41 + step, (5, 3), 2.0), uniform(51 + step, (5, 1), 2.0))
        rows.append([np.asarray(weight).reshape(-1).tolist() for weight in net.get_weights()])
    kinds = {C.MaxNorm: "maxNorm", C.MinMaxNorm: "minMaxNorm", C.NonNeg: "nonNeg", C.UnitNorm: "unitNorm"}

    def described(rules):
        return {camel(key): {"kind": kinds[make], **named(make(**options).get_config())} for key, (make, options) in rules.items()}

    return {"optimizer": named(optimizer), "first": described(first), "second": described(second), "weights": rows}


FITS = [
    ({"learning_rate": 0.3}, {"kernel_constraint": (C.MaxNorm, {"max_value": 0.8}), "bias_constraint": (C.NonNeg, {})}, {"kernel_constraint": (C.UnitNorm, {})}),
    ({"learning_rate": 0.3, "momentum": 0.9, "gradient_accumulation_steps": 2}, {"kernel_constraint": (C.MinMaxNorm, {"min_value": 0.5, "rate": 0.5})}, {"bias_constraint": (C.NonNeg, {})}),
    ({"learning_rate": 0.2, "use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 3}, {"kernel_constraint": (C.UnitNorm, {"axis": 1})}, {}),
]

write("weight-rules", {
    "note": "a constraint's weight: uniform(20, shape, limit 2); fits: weight i begins as uniform(31 + i, shape, limit 1.5), batch s is x uniform(41 + s, [5, 3], limit 2), "
    "y uniform(51 + s, [5, 1], limit 2); orthogonal: W times its transpose, the shorter side's",
    "constraints": {
        name: [{"options": named(options), "shape": list(shape), "result": tensor(np.asarray(make(**options)(tf.constant(uniform(20, shape, 2.0)))))} for options, shape in cases]
        for name, (make, cases) in CONSTRAINTS.items()
    },
    "regularizers": {name: [penalty(make, options) for options in cases] for name, (make, cases) in REGULARIZERS.items()},
    "initializers": {
        name: [{"options": options, "shape": list(shape), "values": tensor(np.asarray(make(**options)(shape)))} for options, shape in cases]
        for name, (make, cases) in FIXED.items()
    },
    "orthogonal": [
        {"options": options, "shape": list(shape), "gram": tensor((lambda w: w @ w.T if w.shape[0] < w.shape[1] else w.T @ w)(np.asarray(I.Orthogonal(**options, seed=5)(shape))))}
        for options, shape in ORTHOGONAL
    ],
    "drawn": {name: [moments(make, options) for options in cases] for name, (make, cases) in DRAWN.items()},
    "fits": [fit(*one) for one in FITS],
}, keras, tf)
