"""Layers in float64: output, and gradients of sum(output * cotangent) for the input and every trainable weight."""

import keras
import tensorflow as tf

from common import exact, np, tensor, uniform, write

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
K = keras.layers

# label: (layer, options, input shape without the batch)
CONVOLUTIONS = {
    "conv2dValid": ({"filters": 4, "kernel_size": 3}, (7, 6, 3)),
    "conv2dSame": ({"filters": 4, "kernel_size": 3, "padding": "same"}, (7, 6, 3)),
    "conv2dSameEvenKernel": ({"filters": 3, "kernel_size": (2, 4), "padding": "same"}, (6, 7, 2)),
    "conv2dSameStrides": ({"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}, (8, 7, 3)),
    "conv2dSameStridesUneven": ({"filters": 4, "kernel_size": (3, 5), "strides": (3, 2), "padding": "same"}, (8, 9, 3)),
    "conv2dValidStrides": ({"filters": 4, "kernel_size": (3, 2), "strides": (2, 3)}, (9, 8, 3)),
    "conv2dStrideBeyondKernel": ({"filters": 4, "kernel_size": 1, "strides": 2}, (7, 8, 3)),
    "conv2dDilation": ({"filters": 4, "kernel_size": 3, "dilation_rate": 2}, (9, 8, 3)),
    "conv2dDilationSame": ({"filters": 4, "kernel_size": 3, "dilation_rate": (2, 3), "padding": "same"}, (9, 8, 3)),
    "conv2dGroups": ({"filters": 6, "kernel_size": 3, "groups": 2}, (7, 6, 4)),
    "conv2dGroupsSameStrides": ({"filters": 6, "kernel_size": 3, "groups": 3, "strides": 2, "padding": "same"}, (8, 7, 6)),
    "conv2dNoBias": ({"filters": 4, "kernel_size": 3, "use_bias": False}, (5, 5, 3)),
    "conv2dRelu": ({"filters": 4, "kernel_size": 3, "activation": "relu"}, (6, 6, 3)),
}
POOLS = {
    "pool2": {"pool_size": 2},
    "pool2Same": {"pool_size": 2, "padding": "same"},
    "pool3Strides2": {"pool_size": 3, "strides": 2},
    "pool3Strides2Same": {"pool_size": 3, "strides": 2, "padding": "same"},
    "pool3Strides1Same": {"pool_size": 3, "strides": 1, "padding": "same"},
    "pool2x3Strides1x2": {"pool_size": (2, 3), "strides": (1, 2)},
    "pool2Strides3": {"pool_size": 2, "strides": 3},
}
POOL_INPUT = (7, 8, 3)
OTHERS = {
    "globalMaxPooling2d": (K.GlobalMaxPooling2D, {}, POOL_INPUT),
    "globalAveragePooling2d": (K.GlobalAveragePooling2D, {}, POOL_INPUT),
    "globalAveragePooling2dKeepdims": (K.GlobalAveragePooling2D, {"keepdims": True}, POOL_INPUT),
    "dense": (K.Dense, {"units": 5}, (7,)),
    "denseRank3": (K.Dense, {"units": 5, "activation": "tanh"}, (3, 7)),
    "denseNoBias": (K.Dense, {"units": 5, "use_bias": False}, (7,)),
    "rescaling": (K.Rescaling, {"scale": 1 / 127.5, "offset": -1.0}, (2, 3)),
    "flatten": (K.Flatten, {}, (2, 3, 4)),
    "reshape": (K.Reshape, {"target_shape": (4, -1)}, (2, 3, 4)),
}


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def plain(options):
    """The options by their camelCase names."""
    return {camel(key): list(value) if isinstance(value, tuple) else value for key, value in options.items()}


def set_weights(layer, seed):
    """Every weight from the formula: weight w is uniform(seed + 1 + w, shape, limit 0.5)."""
    layer.set_weights([uniform(seed + 1 + i, w.shape, 0.5) for i, w in enumerate(layer.weights)])


def grouped(x, kernel, bias, options):
    """A grouped convolution as one convolution a group: TensorFlow's gradient of groups does not run on every CPU."""
    groups = options["groups"]
    strides = options.get("strides", 1)
    parts = [
        tf.nn.conv2d(part, weights, strides, options.get("padding", "valid").upper())
        for part, weights in zip(tf.split(x, groups, axis=-1), tf.split(kernel, groups, axis=-1))
    ]
    return tf.concat(parts, axis=-1) + bias


def measure(layer, options, shape, seed, batch=2):
    """Output and gradients of one layer. `seed`: input; `seed + 1 …`: weights; `seed + 50`: cotangent."""
    value = uniform(seed, (batch, *shape), 1.0)
    exact(layer)
    x = tf.Variable(value)
    layer.build((batch, *shape))
    set_weights(layer, seed)
    weights = [w.value for w in layer.trainable_weights]
    with tf.GradientTape() as tape:
        y = grouped(x, *weights, options) if "groups" in options else layer(x)
        cotangent = uniform(seed + 50, y.shape)
        total = tf.reduce_sum(y * cotangent)
    slopes = tape.gradient(total, [x, *weights])
    if "groups" in options:
        assert np.allclose(layer(x).numpy(), y.numpy(), rtol=0, atol=1e-12)
    return {
        "options": plain(options),
        "inputShape": [batch, *shape],
        "seed": seed,
        "weights": [{"name": w.path.split("/")[-1], "shape": list(w.shape)} for w in layer.weights],
        "output": tensor(y.numpy()),
        "inputGradient": tensor(slopes[0].numpy()),
        "weightGradients": [tensor(s.numpy()) for s in slopes[1:]],
    }


def batch_normalization(options, shape, seed):
    """Three training steps (output, gradients and moving statistics of each), then inference."""
    layer = K.BatchNormalization(**options)
    layer.build((4, *shape))
    # gamma 0.5 to 1.5, beta -0.5 to 0.5; moving mean 0 and variance 1 as they start.
    trainable = [uniform(seed + 1 + i, w.shape, 0.5, 1.0 if "gamma" in w.path else 0.0) for i, w in enumerate(layer.trainable_weights)]
    layer.set_weights(trainable + [w.numpy() for w in layer.non_trainable_weights])
    steps = []
    for step in range(3):
        x = tf.Variable(uniform(seed + 10 + step, (4, *shape), 1.0 + step, 0.3 * step))
        with tf.GradientTape() as tape:
            y = layer(x, training=True)
            total = tf.reduce_sum(y * uniform(seed + 50, y.shape))
        slopes = tape.gradient(total, [x, *(w.value for w in layer.trainable_weights)])
        steps.append({
            "output": tensor(y.numpy()),
            "inputGradient": tensor(slopes[0].numpy()),
            "weightGradients": [tensor(s.numpy()) for s in slopes[1:]],
            "moving": {w.path.split("/")[-1]: w.numpy().tolist() for w in layer.non_trainable_weights},
        })
    x = tf.Variable(uniform(seed + 10, (4, *shape), 1.0))
    with tf.GradientTape() as tape:
        y = layer(x, training=False)
        total = tf.reduce_sum(y * uniform(seed + 50, y.shape))
    slopes = tape.gradient(total, [x, *(w.value for w in layer.trainable_weights)])
    return {
        "options": plain(options),
        "inputShape": [4, *shape],
        "seed": seed,
        "weights": [{"name": w.path.split("/")[-1], "shape": list(w.shape)} for w in layer.weights],
        "steps": steps,
        "inference": {
            "output": tensor(y.numpy()),
            "inputGradient": tensor(slopes[0].numpy()),
            "weightGradients": [tensor(s.numpy()) for s in slopes[1:]],
        },
    }


cases, seed = {}, 2000
for label, (options, shape) in CONVOLUTIONS.items():
    cases[label] = {"layer": "conv2d", **measure(K.Conv2D(**options), options, shape, seed)}
    seed += 100
for kind, make in (("max", K.MaxPooling2D), ("average", K.AveragePooling2D)):
    for label, options in POOLS.items():
        cases[f"{kind}P{label[1:]}"] = {"layer": f"{kind}Pooling2d", **measure(make(**options), options, POOL_INPUT, seed)}
        seed += 100
for label, (make, options, shape) in OTHERS.items():
    name = make.__name__
    name = (name[0].lower() + name[1:]).replace("2D", "2d")
    cases[label] = {"layer": name, **measure(make(**options), options, shape, seed)}
    seed += 100
normalizations = {}
for label, options, shape in [
    ("default", {}, (3, 2, 4)),
    ("rank2", {}, (5,)),
    ("options", {"momentum": 0.7, "epsilon": 0.01}, (3, 2, 4)),
    ("noScaleNoCenter", {"scale": False, "center": False}, (5,)),
]:
    normalizations[label] = batch_normalization(options, shape, seed)
    seed += 100
write("layers", {
    "note": "input: uniform(seed, inputShape, limit 1); weight w in the order of `weights`: uniform(seed + 1 + w, shape, limit 0.5); "
    "cotangent: uniform(seed + 50, output shape, limit 1). Float64 throughout.",
    "cases": cases,
}, keras, tf)
write("batch-normalization", {
    "note": "trainable weight w: uniform(seed + 1 + w, shape, limit 0.5, middle 1 for gamma, 0 for beta); input of training step s: "
    "uniform(seed + 10 + s, inputShape, limit 1 + s, middle 0.3 * s); inference: the input of step 0 under the statistics after step 2; "
    "cotangent: uniform(seed + 50, inputShape, limit 1).",
    "cases": normalizations,
}, keras, tf)
