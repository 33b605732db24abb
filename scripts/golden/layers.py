"""Layers in float64: output, and gradients of sum(output * cotangent) for the input and every trainable weight."""

import keras
import tensorflow as tf

from common import tensor, uniform, write
from layer_cases import K, class_name, measure, measure_merge, measured, plain

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

PICTURE = (7, 6, 3)
SINGLE = {
    "depthwiseConv2d": (K.DepthwiseConv2D, {"kernel_size": 3}, PICTURE),
    "depthwiseConv2dMultiplier": (K.DepthwiseConv2D, {"kernel_size": (2, 3), "depth_multiplier": 3, "padding": "same", "activation": "tanh"}, PICTURE),
    "depthwiseConv2dStrides": (K.DepthwiseConv2D, {"kernel_size": 3, "strides": 2, "padding": "same", "use_bias": False}, (8, 7, 3)),
    "depthwiseConv2dDilation": (K.DepthwiseConv2D, {"kernel_size": 2, "dilation_rate": 2, "depth_multiplier": 2}, PICTURE),
    "depthwiseConv2dStridesDilation": (K.DepthwiseConv2D, {"kernel_size": 3, "strides": 2, "dilation_rate": 2, "padding": "same"}, (9, 8, 2)),
    "separableConv2d": (K.SeparableConv2D, {"filters": 4, "kernel_size": 3}, PICTURE),
    "separableConv2dMultiplier": (K.SeparableConv2D, {"filters": 5, "kernel_size": 3, "depth_multiplier": 2, "padding": "same", "activation": "relu"}, PICTURE),
    "separableConv2dStrides": (K.SeparableConv2D, {"filters": 2, "kernel_size": (3, 2), "strides": 2, "use_bias": False}, (8, 7, 3)),
    "separableConv2dDilation": (K.SeparableConv2D, {"filters": 2, "kernel_size": 2, "dilation_rate": 2, "padding": "same"}, PICTURE),
    "conv2dTranspose": (K.Conv2DTranspose, {"filters": 4, "kernel_size": 3}, (4, 3, 3)),
    "conv2dTransposeStrides": (K.Conv2DTranspose, {"filters": 2, "kernel_size": 3, "strides": 2}, (4, 3, 3)),
    "conv2dTransposeStrideBeyondKernel": (K.Conv2DTranspose, {"filters": 2, "kernel_size": 2, "strides": 3}, (3, 4, 2)),
    "conv2dTransposeSame": (K.Conv2DTranspose, {"filters": 2, "kernel_size": 4, "strides": 2, "padding": "same", "activation": "relu"}, (4, 3, 3)),
    "conv2dTransposeSameUneven": (K.Conv2DTranspose, {"filters": 2, "kernel_size": (3, 5), "strides": (2, 3), "padding": "same", "use_bias": False}, (4, 3, 3)),
    "conv2dTransposeOutputPadding": (K.Conv2DTranspose, {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1}, (4, 3, 3)),
    "conv2dTransposeOutputPaddingNone": (K.Conv2DTranspose, {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 0}, (4, 3, 3)),
    "conv2dTransposeOutputPaddingValid": (K.Conv2DTranspose, {"filters": 2, "kernel_size": 3, "strides": (3, 2), "output_padding": (2, 0)}, (3, 3, 2)),
    "conv2dTransposeDilation": (K.Conv2DTranspose, {"filters": 2, "kernel_size": 3, "dilation_rate": 2}, (4, 3, 3)),
    "layerNormalization": (K.LayerNormalization, {}, (5,)),
    "layerNormalizationRank4": (K.LayerNormalization, {"epsilon": 0.01}, (3, 2, 4)),
    "layerNormalizationAxes": (K.LayerNormalization, {"axis": (1, 3)}, (3, 2, 4)),
    "layerNormalizationAxesOutOfOrder": (K.LayerNormalization, {"axis": (3, 2), "center": False}, (3, 2, 4)),
    "layerNormalizationFirst": (K.LayerNormalization, {"axis": 1, "scale": False}, (5, 3)),
    "layerNormalizationPlain": (K.LayerNormalization, {"scale": False, "center": False}, (3, 5)),
    "zeroPadding2d": (K.ZeroPadding2D, {}, (2, 3, 2)),
    "zeroPadding2dPair": (K.ZeroPadding2D, {"padding": (2, 1)}, (2, 3, 2)),
    "zeroPadding2dSides": (K.ZeroPadding2D, {"padding": ((0, 1), (3, 2))}, (2, 3, 2)),
    "upSampling2d": (K.UpSampling2D, {}, (2, 3, 2)),
    "upSampling2dSize": (K.UpSampling2D, {"size": (3, 1)}, (2, 3, 2)),
    "upSampling2dBilinear": (K.UpSampling2D, {"interpolation": "bilinear"}, (3, 4, 2)),
    "upSampling2dBilinearSize": (K.UpSampling2D, {"size": (3, 4), "interpolation": "bilinear"}, (2, 3, 2)),
    "upSampling2dBilinearOneRow": (K.UpSampling2D, {"size": (5, 2), "interpolation": "bilinear"}, (1, 3, 2)),
}
# label: (layer, options, shapes of the inputs without the batch)
MERGES = {
    "addTwo": (K.Add, {}, [(3, 4), (3, 4)]),
    "addThree": (K.Add, {}, [(2, 3, 4)] * 3),
    "addBroadcast": (K.Add, {}, [(3, 4), (1, 4), (3, 1)]),
    "addRanks": (K.Add, {}, [(4,), (3, 4)]),
    "addOne": (K.Add, {}, [(3, 4)]),
    "subtractTwo": (K.Subtract, {}, [(3, 4), (3, 4)]),
    "subtractBroadcast": (K.Subtract, {}, [(3, 1), (3, 4)]),
    "subtractRanks": (K.Subtract, {}, [(2, 3, 4), (4,)]),
    "multiplyTwo": (K.Multiply, {}, [(3, 4), (3, 4)]),
    "multiplyThree": (K.Multiply, {}, [(5,)] * 3),
    "multiplyBroadcast": (K.Multiply, {}, [(2, 3, 4), (1, 1, 4)]),
    "averageTwo": (K.Average, {}, [(3, 4), (3, 4)]),
    "averageThree": (K.Average, {}, [(5,)] * 3),
    "averageBroadcast": (K.Average, {}, [(3, 1), (1, 4)]),
    "maximumTwo": (K.Maximum, {}, [(3, 4), (3, 4)]),
    "maximumThree": (K.Maximum, {}, [(5,)] * 3),
    "maximumBroadcast": (K.Maximum, {}, [(3, 1), (3, 4)]),
    "minimumTwo": (K.Minimum, {}, [(3, 4), (3, 4)]),
    "minimumThree": (K.Minimum, {}, [(5,)] * 3),
    "minimumBroadcast": (K.Minimum, {}, [(3, 1), (3, 4)]),
    "concatenateLast": (K.Concatenate, {}, [(2, 3), (2, 1), (2, 4)]),
    "concatenateFirst": (K.Concatenate, {"axis": 1}, [(2, 3), (4, 3)]),
    "concatenateMiddle": (K.Concatenate, {"axis": -2}, [(2, 3, 4), (2, 1, 4)]),
    "dotVectors": (K.Dot, {"axes": 1}, [(5,), (5,)]),
    "dotVectorsLast": (K.Dot, {"axes": -1, "normalize": True}, [(5,), (5,)]),
    "dotMatrices": (K.Dot, {"axes": (1, 2)}, [(3, 5), (4, 3)]),
    "dotMatricesNormalized": (K.Dot, {"axes": 2, "normalize": True}, [(3, 5), (4, 5)]),
    "dotMatrixVector": (K.Dot, {"axes": (2, 1)}, [(3, 5), (5,)]),
    "dotRank4": (K.Dot, {"axes": (3, 1)}, [(2, 3, 5), (5, 2)]),
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
    cases[label] = {"layer": class_name(make), **measure(make(**options), options, shape, seed)}
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
singles = measured(SINGLE, 10_000)
merges, seed = {}, 20_000
for label, (make, options, shapes) in MERGES.items():
    merges[label] = {"layer": class_name(make), **measure_merge(make(**options), options, shapes, seed)}
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
write("layers-pictures", {
    "note": "depthwise, separable and transposed convolutions, layer normalization, padding, upsampling; formulas as in layers.json",
    "cases": singles,
}, keras, tf)
write("layers-merge", {
    "note": "input i: uniform(seed + i, inputShapes[i], limit 1); cotangent: uniform(seed + 50, output shape, limit 1). Float64 throughout.",
    "cases": merges,
}, keras, tf)
