"""Keras's Normalization in float64: outputs for given statistics, and the statistics that `adapt` finds."""

import keras

from common import np, tensor, uniform, write

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
K = keras.layers

# label: (options, input shape with the batch); Keras rounds what it is given to float32, so these are exact there
GIVEN = {
    "features": ({"mean": [0.5, -1.0, 2.0], "variance": [4.0, 0.25, 0.0078125]}, (5, 3)),
    "scalar": ({"axis": None, "mean": 0.25, "variance": 9.0}, (4, 3, 2)),
    "channels": ({"mean": [0.125, 0.25, 0.375], "variance": [0.0625, 0.125, 0.015625]}, (2, 4, 5, 3)),
    "oneForAll": ({"mean": 3.0, "variance": 2.0}, (4, 3)),
    "invert": ({"mean": [0.5, -1.0, 2.0], "variance": [4.0, 0.25, 0.0], "invert": True}, (5, 3)),
    "flat": ({"mean": [0.5, 1.0], "variance": [1.0, 0.0]}, (3, 2)),
    "places": ({"axis": [1, 3], "mean": [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], "variance": [[1.0, 4.0], [9.0, 0.5], [2.0, 3.0]]}, (2, 3, 4, 2)),
}
# label: (axis, input shape with the batch, limit, middle)
ADAPTED = {
    "features": (-1, (37, 4), 2.0, 1.0),
    "farFromZero": (-1, (50, 3), 1e-3, 1e6),
    "channels": (-1, (6, 5, 7, 3), 127.0, 127.0),
    "all": (None, (9, 3, 2), 1.0, 0.0),
    "places": ((1, 2), (8, 3, 4), 1.0, 5.0),
}


def given(label, options, shape):
    x = uniform(21, shape, 2.0, 0.5)
    layer = K.Normalization(**options)
    layer.build(shape)
    return {"options": {k: v for k, v in options.items()}, "shape": list(shape), "output": tensor(np.asarray(layer(x)))}


def adapted(label, axis, shape, limit, middle):
    x = uniform(22, shape, limit, middle)
    layer = K.Normalization(axis=axis)
    layer.adapt(x)
    return {
        "axis": axis, "shape": list(shape), "limit": limit, "middle": middle,
        "mean": np.asarray(layer.adapt_mean).reshape(-1).tolist(), "variance": np.asarray(layer.adapt_variance).reshape(-1).tolist(),
        "output": tensor(np.asarray(layer(x))),
    }


write("normalization", {
    "note": "given: x = uniform(21, shape, 2, 0.5); adapted: x = uniform(22, shape, limit, middle); all in float64",
    "given": {label: given(label, *case) for label, case in GIVEN.items()},
    "adapted": {label: adapted(label, *case) for label, case in ADAPTED.items()},
}, keras)
