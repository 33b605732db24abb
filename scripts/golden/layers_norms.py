"""Normalizations in float64: output and gradients as in layers.py; spectral normalization over several steps."""

import keras
import tensorflow as tf

from common import np, tensor, uniform, write
from layer_cases import K, NOTE, class_name, measured, plain

PICTURE = (3, 4, 4)
# label: (layer, options, input shape without the batch)
NORMS = {
    "groupNormalization": (K.GroupNormalization, {"groups": 2}, PICTURE),
    "groupNormalizationInstance": (K.GroupNormalization, {"groups": -1, "epsilon": 0.01}, PICTURE),
    "groupNormalizationOne": (K.GroupNormalization, {"groups": 1, "scale": False}, (6,)),
    "groupNormalizationFirst": (K.GroupNormalization, {"groups": 3, "axis": 1}, (6, 4)),
    "groupNormalizationMiddle": (K.GroupNormalization, {"groups": 2, "axis": -2, "center": False}, PICTURE),
    "rmsNormalization": (K.RMSNormalization, {}, (5,)),
    "rmsNormalizationRank4": (K.RMSNormalization, {"epsilon": 0.01}, PICTURE),
    "rmsNormalizationAxes": (K.RMSNormalization, {"axis": [2, 3]}, PICTURE),
    "unitNormalization": (K.UnitNormalization, {}, (5,)),
    "unitNormalizationAxis": (K.UnitNormalization, {"axis": 1}, PICTURE),
    "unitNormalizationAxes": (K.UnitNormalization, {"axis": (1, 3)}, PICTURE),
}
# label: (the layer inside, its options, options of the wrapper, input shape without the batch)
SPECTRAL = {
    "dense": (K.Dense, {"units": 3}, {}, (5,)),
    "denseIterations": (K.Dense, {"units": 4, "use_bias": False, "activation": "tanh"}, {"power_iterations": 3}, (3,)),
    "conv2d": (K.Conv2D, {"filters": 3, "kernel_size": 2}, {"power_iterations": 2}, (3, 4, 2)),
}


def spectral(make, inner, options, shape, seed):
    """Three training steps (output, gradients, kernel and vector after each), then inference."""
    layer = K.SpectralNormalization(make(**inner), **options)
    layer.build((2, *shape))
    layer.set_weights([uniform(seed + 1 + i, w.shape, 0.5) for i, w in enumerate(layer.weights)])

    def call(step, training):
        x = tf.Variable(uniform(seed + 10 + step, (2, *shape)))
        with tf.GradientTape() as tape:
            y = layer(x, training=training)
            total = tf.reduce_sum(y * uniform(seed + 50, y.shape))
        slopes = tape.gradient(total, [x, *(w.value for w in layer.trainable_weights)])
        return {
            "output": tensor(y.numpy()),
            "inputGradient": tensor(slopes[0].numpy()),
            "weightGradients": [tensor(s.numpy()) for s in slopes[1:]],
            "weights": [tensor(w.numpy()) for w in layer.weights],
        }

    return {
        "layer": class_name(make),
        "options": plain(inner),
        "wrapper": plain(options),
        "inputShape": [2, *shape],
        "seed": seed,
        "weights": [{"name": w.path.split("/")[-1], "shape": list(w.shape), "path": w.path} for w in layer.weights],
        "trainable": [w.path.split("/")[-1] for w in layer.trainable_weights],
        "steps": [call(step, True) for step in range(3)],
        "inference": call(3, False),
    }


def trained(seed, steps=3):
    """Weights of a model with a wrapped layer after each of some steps of gradient descent on the mean squared error."""
    model = keras.Sequential([keras.Input((4,)), K.SpectralNormalization(K.Dense(3), power_iterations=2), K.Dense(1)])
    model.set_weights([uniform(seed + 1 + i, w.shape, 0.5) for i, w in enumerate(model.weights)])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=np.float64(0.125)), loss="mse")
    x, y = uniform(seed, (6, 4)), uniform(seed + 50, (6, 1))
    after = []
    for _ in range(steps):
        model.train_on_batch(x, y)
        after.append([tensor(w.numpy()) for w in model.weights])
    return {"seed": seed, "shapes": [list(w.shape) for w in model.weights], "weights": after}


write("layers-norms"
, {
    "note": NOTE + " Spectral: weights as there, input of step s: uniform(seed + 10 + s, inputShape), cotangent: uniform(seed + 50, output shape); "
    "`weights` of a step are those after it. "
    "Trained: weight w: uniform(seed + 1 + w, shape, limit 0.5), x: uniform(seed, (6, 4)), y: uniform(seed + 50, (6, 1)), learning rate 0.125.",
    "cases": measured(NORMS, 70_000),
    "spectral": {label: spectral(*case, 75_000 + 100 * index) for index, (label, case) in enumerate(SPECTRAL.items())},
    "trained": trained(79_000),
}, keras, tf)
