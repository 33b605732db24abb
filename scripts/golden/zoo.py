"""Known picture classifiers with weights from the formula: their weights' names and shapes, outputs and gradients.

Everything is float64, batch normalization in inference mode. Weight i is uniform(100 + i): a kernel within sqrt(6 / inputs of an output),
a scale within 0.2 around 1, a variance within 0.3 around 1, all else within 0.1. The loss is the sum of outputs times uniform(2). Of each
gradient the norm and the product with uniform(50,000 + i) are kept, and by how much Keras's own in float32 differ at most, relative to the
norm. Keras counts the samples that a normalization layer has seen as a weight; that one is left out here.

Run: .peers/python/bin/python scripts/golden/zoo.py [NAME ...]; without names all of them (minutes).
"""

import hashlib
import re
import sys

import keras
import tensorflow as tf

from common import math, np, tensor, uniform, write

A = keras.applications
# name here: (maker, size, options)
MODELS = {
    "vgg16": (A.VGG16, 32, {}),
    "vgg19": (A.VGG19, 32, {}),
    "resnet50": (A.ResNet50, 32, {}),
    "resnet101": (A.ResNet101, 32, {}),
    "resnet152": (A.ResNet152, 32, {}),
    "resnet50V2": (A.ResNet50V2, 32, {}),
    "resnet101V2": (A.ResNet101V2, 32, {}),
    "resnet152V2": (A.ResNet152V2, 32, {}),
    "mobileNet": (A.MobileNet, 32, {}),
    "mobileNetV2": (A.MobileNetV2, 32, {}),
    "mobileNetV2 half": (A.MobileNetV2, 40, {"alpha": 0.5}),
    "mobileNetV3Large": (A.MobileNetV3Large, 32, {}),
    "mobileNetV3Small": (A.MobileNetV3Small, 33, {}),
    **{f"efficientNetB{n}": (getattr(A, f"EfficientNetB{n}"), 32, {}) for n in range(8)},
    "denseNet121": (A.DenseNet121, 32, {}),
    "denseNet169": (A.DenseNet169, 32, {}),
    "denseNet201": (A.DenseNet201, 32, {}),
    "xception": (A.Xception, 71, {}),
    "inceptionV3": (A.InceptionV3, 75, {}),
    "convNeXtTiny": (A.ConvNeXtTiny, 32, {}),
    "convNeXtSmall": (A.ConvNeXtSmall, 32, {}),
    "convNeXtBase": (A.ConvNeXtBase, 32, {}),
}
CLASSES = 7


def path_of(weight):
    """Keras leaves the scales of ConvNeXt without a name."""
    return re.sub(r"layer_scale/variable.*", "layer_scale/gamma", weight.path)


def formula(index, weight):
    """Values of a weight."""
    name, shape = path_of(weight).rsplit("/", 1)[-1], tuple(weight.shape)
    if name in ("kernel", "depthwise_kernel", "pointwise_kernel"):
        inputs = math.prod(shape[:2]) if name == "depthwise_kernel" or "depthwise" in weight.path or "dwconv" in weight.path or "conv_dw" in weight.path else math.prod(shape[:-1])
        return uniform(100 + index, shape, math.sqrt(6 / inputs))
    if name == "gamma":
        return uniform(100 + index, shape, 0.2, 1)
    if "variance" in name:
        return uniform(100 + index, shape, 0.3, 1)
    return uniform(100 + index, shape, 0.1)


def weights_of(model):
    return [weight for weight in model.weights if not weight.path.endswith("/count")]


def run(name, dtype):
    """Of the small model: weights, output, norms and products of gradients."""
    make, size, options = MODELS[name]
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    keras.backend.clear_session()
    further = {"include_top": False, "pooling": "avg"} if name.startswith("vgg") else {"classes": CLASSES, "classifier_activation": None}
    model = make(weights=None, input_shape=(size, size, 3), **further, **options)
    weights = weights_of(model)
    for index, weight in enumerate(weights):
        weight.assign(formula(index, weight))
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()  # takes over the statistics that were assigned
    x = tf.constant(uniform(1, (1, size, size, 3), 127.5, 127.5) / (1 if any(part in name for part in ("fficient", "V3", "NeXt")) else 255), dtype)
    with tf.GradientTape() as tape:
        y = model(x, training=False)
        loss = tf.reduce_sum(y * uniform(2, y.shape).astype(dtype))
    gradients = [gradient.numpy().astype(np.float64) for gradient in tape.gradient(loss, model.trainable_variables)]
    places = {weight.path: index for index, weight in enumerate(weights)}
    norms = np.array([np.sqrt((values * values).sum()) for values in gradients])
    along = [uniform(50_000 + places[weight.path], weight.shape) for weight in model.trainable_variables]
    products = np.array([(values * other).sum() for values, other in zip(gradients, along)])
    return weights, y.numpy(), norms, products


def entry(name):
    make, size, options = MODELS[name]
    keras.backend.clear_session()
    count = sum(math.prod(weight.shape) for weight in weights_of(make(weights=None, **options)))
    _, _, rough_norms, rough_products = run(name, "float32")
    weights, y, norms, products = run(name, "float64")
    rounding = max((np.abs(rough_norms - norms) / norms).max(), (np.abs(rough_products - products) / norms).max() * math.sqrt(3))
    names = [f"{path_of(weight).lower()} [{', '.join(map(str, weight.shape))}]" for weight in weights]
    print(name, count, len(names), "output", y.std(), "float32 differs by", rounding, flush=True)
    return {
        "numWeights": count,
        "size": size,
        "weights": len(names),
        "names": hashlib.sha256("\n".join(names).encode()).hexdigest(),
        "some": [names[0], names[len(names) // 2], names[-1]],
        "output": tensor(y),
        "norms": tensor(norms.astype(np.float32)),
        "products": tensor(products.astype(np.float32)),
        "rounding": float(rounding),
    }


chosen = sys.argv[1:] or list(MODELS)
write("zoo" if len(chosen) == len(MODELS) else "zoo-some", {"models": {name: entry(name) for name in chosen}}, keras, tf)
