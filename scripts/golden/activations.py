"""Every activation that Keras knows by name: values and gradients in float64 on a grid that keeps off kinks, and rows for those that look at a row."""

import keras
import tensorflow as tf

from common import np, tensor, uniform, write

keras.config.set_floatx("float64")
# Off the kinks at whole numbers and halves; far out to see overflow.
GRID = np.concatenate([np.arange(-8.0, 8.0, 0.25) + 0.06, [-700.3, -90.3, -20.3, 20.3, 90.3]])
ROWS = uniform(50, (5, 8), 4.0)
NAMES = [
    "linear", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "mish", "tanh", "sigmoid", "exponential", "softplus",
    "softsign", "hard_sigmoid", "hard_silu", "hard_tanh", "hard_shrink", "soft_shrink", "tanh_shrink", "log_sigmoid", "squareplus",
    "sparse_plus", "sparse_sigmoid",
]
ALIASES = {"swish": "silu", "hard_swish": "hard_silu"}
ROW_NAMES = ["softmax", "log_softmax", "sparsemax", "glu"]
# Activations with other options than their defaults: name, options.
VARIANTS = {
    "gelu_approximate": ("gelu", {"approximate": True}),
    "relu_options": ("relu", {"negative_slope": 0.1, "max_value": 5.0, "threshold": 1.0}),
    "leaky_relu_options": ("leaky_relu", {"negative_slope": 0.3}),
    "elu_options": ("elu", {"alpha": 0.5}),
    "celu_options": ("celu", {"alpha": 0.5}),
    "squareplus_options": ("squareplus", {"b": 1.0}),
    "threshold": ("threshold", {"threshold": 1.0, "default_value": -3.0}),
}


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def measure(function, points, cotangent):
    """The value at each point and the gradient of sum(value * cotangent)."""
    x = tf.Variable(points)
    with tf.GradientTape() as tape:
        y = function(x)
        total = tf.reduce_sum(y * cotangent[:, : y.shape[-1]] if cotangent is not None else y)
    slope = tape.gradient(total, x)
    # An activation may be constant for Keras (no gradient is recorded): its slope is 0.
    gradient = np.zeros_like(points) if slope is None else slope.numpy()
    return {"value": tensor(y.numpy()), "gradient": tensor(gradient)}


COTANGENT = uniform(51, ROWS.shape)
known = {function.__name__ for function in keras.src.activations.ALL_OBJECTS}
assert known == set(NAMES) | set(ROW_NAMES) | {"threshold"}, known
cases = {camel(name): {"kerasName": name, "options": {}, **measure(keras.activations.get(name), GRID, None)} for name in NAMES}
for label, (name, options) in VARIANTS.items():
    function = getattr(keras.activations, name)
    cases[camel(label)] = {
        "kerasName": name,
        "options": {camel(key): value for key, value in options.items()},
        **measure(lambda x, f=function, o=options: f(x, **{key: np.float64(v) if isinstance(v, float) else v for key, v in o.items()}), GRID, None),
    }
write("activations", {
    "grid": tensor(GRID),
    "rows": tensor(ROWS),
    "cotangent": tensor(COTANGENT),
    "note": "elementwise: gradient of sum(value); rows: gradient of sum(value * cotangent), softmax and others over the last axis; glu halves the row, its cotangent is the first half",
    "aliases": {camel(alias): camel(name) for alias, name in ALIASES.items()},
    "elementwise": cases,
    "rowwise": {camel(name): measure(keras.activations.get(name), ROWS, COTANGENT) for name in ROW_NAMES},
}, keras, tf)
