"""What the scripts for layers share: weights by formula, a layer's output and gradients in float64, ways around what TensorFlow lacks on a CPU."""

import keras
import tensorflow as tf

from common import exact, np, tensor, uniform

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
K = keras.layers
CONVOLUTIONS = (K.Conv1D, K.Conv2D, K.Conv3D)
TRANSPOSED = (K.Conv1DTranspose, K.Conv2DTranspose, K.Conv3DTranspose)
ADAPTED = (K.AdaptiveMaxPooling1D, K.AdaptiveMaxPooling2D, K.AdaptiveMaxPooling3D)
# Layers that `applied` may compute in another way than they do: they are compared in float32.
WAYS_AROUND = (K.Conv1D, K.Conv2D, K.Conv3D, K.MaxPooling3D, *ADAPTED)


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
        tf.nn.convolution(part, weights, strides, options.get("padding", "valid").upper())
        for part, weights in zip(tf.split(x, groups, axis=-1), tf.split(kernel, groups, axis=-1))
    ]
    return tf.concat(parts, axis=-1) + bias


def spread(kernel, rates):
    """A kernel with zeros between its places, as a dilated one reads: TensorFlow's own does not run on a CPU everywhere."""
    for axis, rate in enumerate(rates):
        extent = kernel.shape[axis]
        matrix = np.zeros(((extent - 1) * rate + 1, extent))
        matrix[np.arange(extent) * rate, np.arange(extent)] = 1.0
        kernel = tf.experimental.numpy.moveaxis(tf.tensordot(matrix, kernel, [[1], [axis]]), 0, axis)
    return kernel


def dilated_transpose(x, kernel, bias, layer):
    """A dilated transposed convolution by a spread kernel."""
    shape = layer.compute_output_shape(x.shape)
    wide = spread(kernel, layer.dilation_rate)
    return tf.nn.conv_transpose(x, wide, shape, 1, layer.padding.upper()) + bias


def pooled_by_axis(x, layer):
    """Maxima of windows of a volume, one axis after the other: TensorFlow has none in float64."""
    for axis, (extent, stride) in enumerate(zip(layer.pool_size, layer.strides), 1):
        shape = x.shape
        flat = tf.reshape(x, (np.prod(shape[:axis]), shape[axis], np.prod(shape[axis + 1 :]), 1))
        flat = tf.nn.max_pool2d(flat, (extent, 1), (stride, 1), layer.padding.upper())
        x = tf.reshape(flat, (*shape[:axis], flat.shape[1], *shape[axis + 1 :]))
    return x


def adapted_by_axis(x, layer):
    """Maxima of the windows that adaptive pooling cuts each axis into: as above, and the gradient of one window is none in TensorFlow."""
    for axis, size in enumerate(layer.output_size, 1):
        ends = [(i * x.shape[axis] // size, -(-(i + 1) * x.shape[axis] // size)) for i in range(size)]
        x = tf.concat([tf.reduce_max(tf.gather(x, range(*end), axis=axis), axis, keepdims=True) for end in ends], axis)
    return x


def applied(
layer, x, weights, options):
    """The layer's output, by way of what runs on a CPU where the layer itself does not."""
    if isinstance(layer, CONVOLUTIONS) and "groups" in options:
        return grouped(x, *weights, options)
    if isinstance(layer, TRANSPOSED) and "dilation_rate" in options:
        return dilated_transpose(x, *weights, layer)
    if isinstance(layer, K.MaxPooling3D):
        return pooled_by_axis(x, layer)
    if isinstance(layer, ADAPTED):
        return adapted_by_axis(x, layer)
    if isinstance(layer, K.Conv3D) and "dilation_rate" in options:
        return tf.nn.conv3d(x, spread(weights[0], layer.dilation_rate), (1,) * 5, layer.padding.upper()) + weights[1]
    return layer(x)


def measure(layer, options, shape, seed, batch=2):
    """Output and gradients of one layer. `seed`: input; `seed + 1 …`: weights; `seed + 50`: cotangent. Losses of the layer's own count."""
    value = uniform(seed, (batch, *shape), 1.0)
    exact(layer)
    x = tf.Variable(value)
    layer.build((batch, *shape))
    set_weights(layer, seed)
    weights = [w.value for w in layer.trainable_weights]

    def compute():
        with tf.GradientTape() as tape:
            y = applied(layer, tf.convert_to_tensor(x), weights, options)
            total = tf.reduce_sum(y * uniform(seed + 50, y.shape))
            for loss in layer.losses:
                total += loss
        return y, tape.gradient(total, [x, *weights])

    # The gradient of a convolution of volumes is found only in a graph, means of volumes in float64 and channels first only by XLA.
    is_first = options.get("data_format") == "channels_first"
    by_xla = is_first or isinstance(layer, (K.AveragePooling3D, K.AdaptiveAveragePooling3D))
    y, slopes = tf.function(compute, jit_compile=by_xla)() if len(shape) == 4 or is_first else compute()
    if isinstance(layer, WAYS_AROUND) and not is_first:
        other = type(layer)(**options, dtype="float32")
        other.build((batch, *shape))
        other.set_weights(layer.get_weights())
        assert np.allclose(other(tf.cast(x, "float32")).numpy(), y.numpy(), rtol=0, atol=1e-5)
    return {
        "options": plain(options),
        "inputShape": [batch, *shape],
        "seed": seed,
        "weights": [{"name": w.path.split("/")[-1], "shape": list(w.shape)} for w in layer.weights],
        "output": tensor(y.numpy()),
        "inputGradient": tensor(slopes[0].numpy()),
        "weightGradients": [tensor(s.numpy()) for s in slopes[1:]],
    }


def measure_merge(layer, options, shapes, seed, batch=2):
    """Output and gradients of a layer of several inputs; input i: `seed + i`, cotangent: `seed + 50`."""
    exact(layer)
    inputs = [tf.Variable(uniform(seed + i, (batch, *shape), 1.0)) for i, shape in enumerate(shapes)]
    with tf.GradientTape() as tape:
        y = layer([tf.convert_to_tensor(x) for x in inputs])
        total = tf.reduce_sum(y * uniform(seed + 50, y.shape))
    slopes = tape.gradient(total, inputs)
    return {
        "options": plain(options),
        "inputShapes": [[batch, *shape] for shape in shapes],
        "seed": seed,
        "output": tensor(y.numpy()),
        "inputGradients": [tensor(s.numpy()) for s in slopes],
    }


ACRONYMS = {"ReLU": "relu", "LeakyReLU": "leakyRelu", "PReLU": "prelu", "ELU": "elu", "RMSNormalization": "rmsNormalization"}


def class_name(make):
    """The layer's class name in camelCase."""
    name = make.__name__
    if name in ACRONYMS:
        return ACRONYMS[name]
    for axes in "123":
        name = name.replace(f"{axes}D", f"{axes}d")
    return name[0].lower() + name[1:]


def measured(cases, seed):
    """A case of a table `label: (class, options, input shape)` after the other; 100 seeds each."""
    found = {}
    for index, (label, (make, options, shape)) in enumerate(cases.items()):
        case = measure(make(**options), options, shape, seed + 100 * index)
        case["weights"] = [{**weight, "name": camel(weight["name"])} for weight in case["weights"]]
        found[label] = {"layer": class_name(make), **case}
    return found


NOTE = "input: uniform(seed, inputShape, limit 1); weight w in the order of `weights`: uniform(seed + 1 + w, shape, limit 0.5); " \
    "cotangent: uniform(seed + 50, output shape, limit 1). Float64 throughout."
