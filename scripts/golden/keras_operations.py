"""Functional models of Keras whose calls are operations, for keras_files.py: each kind of argument, and the operations that are read."""

from common import np, uniform

import keras

I = keras.Input
L = keras.layers
ops = keras.ops


def elementwise(x, y):
    positive = ops.abs(x) + 0.5
    return [
        1 - x, 2 / positive, x / 2.0, x // 0.3, x % 0.4, x**2, positive**0.7, -x, x + np.asarray([1, 2, 3, 4], "float32"),
        x * keras.ops.convert_to_tensor([0.5, 1.0, 1.5, 2.0]), ops.maximum(x, 0.1), ops.minimum(y, x), ops.exp(x), ops.expm1(x), ops.exp2(x),
        ops.log(positive), ops.log1p(positive), ops.log2(positive), ops.log10(positive), ops.sqrt(positive), ops.rsqrt(positive),
        ops.reciprocal(positive), ops.square(x), ops.sign(x), ops.sin(x), ops.cos(x), ops.tan(x), ops.sinh(x), ops.cosh(x), ops.tanh(x),
        ops.erf(x), ops.floor(x), ops.ceil(x), ops.trunc(x * 3), ops.round(x, 1), ops.logaddexp(x, y), ops.clip(x, -0.3, 0.4),
        ops.nan_to_num(x), ops.divide_no_nan(x, ops.relu(y)), ops.where(x > 0, x, y), ops.where(ops.logical_and(x > 0, y <= 0.2), 1.0, y),
        ops.where(ops.logical_or(ops.logical_not(x < 0), y >= 0.5), x, 0.0), ops.where(ops.logical_xor(x > 0, y > 0), x, 0.0),
        ops.where(ops.equal(ops.sign(x), ops.sign(y)), x, y), ops.where(ops.isfinite(x), y, x), ops.stop_gradient(x), ops.zeros_like(x) + y,
        ops.ones_like(x) * y, ops.cast(ops.cast(x * 4, "int32") + 2, "float32") / 3,
    ]


def activations(x):
    return [
        ops.relu(x), ops.relu6(x * 9), ops.sigmoid(x), ops.log_sigmoid(x), ops.softplus(x), ops.softsign(x), ops.silu(x), ops.elu(x, 0.7), ops.selu(x),
        ops.celu(x, 0.6), ops.gelu(x), ops.gelu(x, approximate=False), ops.glu(x), ops.hard_sigmoid(x), ops.hard_silu(x), ops.hard_tanh(x * 2),
        ops.hard_shrink(x), ops.soft_shrink(x), ops.tanh_shrink(x), ops.leaky_relu(x, 0.1), ops.softmax(x, axis=1), ops.log_softmax(x),
        ops.sparse_plus(x), ops.sparse_sigmoid(x), ops.squareplus(x), ops.threshold(x, 0.1, 0.2),
    ]


def reductions(x):
    return [
        ops.mean(x, axis=1), ops.sum(x, axis=(1, 2)), ops.sum(x, axis=-1, keepdims=True), ops.prod(x, axis=1), ops.max(x, axis=1), ops.min(x, axis=2),
        ops.max(x, axis=1, initial=0.2), ops.amax(x, axis=1), ops.amin(x, axis=1), ops.var(x, axis=1), ops.std(x, axis=-1, keepdims=True),
        ops.logsumexp(x, axis=1), ops.argmax(x, axis=-1), ops.argmin(x, axis=1), ops.norm(x, axis=-1), ops.norm(x, ord=1, axis=1),
        ops.normalize(x, axis=-1), ops.normalize(x, axis=1, order=1), ops.cast(ops.any(x > 0.5, axis=1), "float32"),
        ops.cast(ops.all(x > -0.9, axis=1), "float32"), ops.count_nonzero(x > 0, axis=1), *ops.moments(x, axes=[1]), ops.cumsum(x, axis=1),
        ops.rms_normalization(x),
    ]


def movement(x, y, word):
    return [
        x[:, 0], x[:, -1, 1:3], x[:, None], x[..., 0], x[:, ::2], x[:, ::-1, 1:], x[:, 2:0:-1], x[:, :, -2:], ops.concatenate([x, y], axis=-1),
        ops.stack([x, y], axis=1), ops.reshape(x, (-1, 12)), ops.transpose(x, (0, 2, 1)), ops.expand_dims(x, (1, 3)), ops.squeeze(x[:, 1:2], 1),
        *ops.split(x, 2, axis=-1), *ops.split(x, [1], axis=1), *ops.unstack(x, 3, axis=1), ops.swapaxes(x, 1, 2), ops.moveaxis(x, 2, 1),
        ops.flip(x, axis=1), ops.repeat(x, 2, axis=1), ops.tile(x, (1, 2, 1)), ops.pad(x, ((0, 0), (1, 2), (0, 1))),
        ops.pad(x, ((0, 0), (1, 1), (2, 0)), mode="reflect"), ops.pad(x, ((0, 0), (0, 2), (1, 0)), mode="symmetric"),
        ops.pad(x, ((0, 0), (1, 0), (0, 0)), constant_values=0.5), ops.roll(x, 1, axis=1), ops.take(x, 1, axis=1), ops.take(x, [0, -1, 1], axis=2),
        ops.tril(x), ops.triu(x, 1), ops.one_hot(word, 4), ops.one_hot(word, 4, axis=1),
    ]


def products(x, y):
    picture = ops.reshape(ops.concatenate([x, y], axis=1), (-1, 3, 2, 4))
    return [
        ops.matmul(x, ops.transpose(y, (0, 2, 1))), ops.einsum("abc,adc->abd", x, y), ops.tensordot(x, np.ones((4, 2), "float32") * 0.5, axes=1),
        ops.max_pool(picture, 2), ops.average_pool(picture, (2, 1), strides=1, padding="same"), ops.depth_to_space(picture, 2),
        ops.space_to_depth(ops.depth_to_space(picture, 2), 2), ops.image.resize(picture, (5, 4)),
        ops.image.resize(picture, (6, 4), interpolation="nearest"),
    ]


def make_operations(add):
    """@param add keras_files.add"""
    x, y, word = I((3, 4), name="x"), I((3, 4), name="y"), I((5,), dtype="int32", name="word")
    numbers = [uniform(31000 + seed, (3, 3, 4), 1.0).astype("float32") for seed in range(2)]
    words = np.asarray(np.floor(uniform(31002, (3, 5), 2.0) + 2), "int32")
    add("ops_elementwise", keras.Model([x, y], elementwise(x, y)), 320, values=numbers)
    add("ops_activations", keras.Model(x, activations(x)), 321, values=numbers[:1])
    add("ops_reductions", keras.Model(x, reductions(x)), 322, values=numbers[:1])
    add("ops_movement", keras.Model([x, y, word], movement(x, y, word)), 323, values=[*numbers, words])
    add("ops_products", keras.Model([x, y], products(x, y)), 324, values=numbers)
    # A mask goes through layers, not through operations; one that is used as a number is no mask.
    embedded = L.Embedding(7, 3, mask_zero=True)(word)
    counted = ops.expand_dims(ops.cast(ops.not_equal(word, 0), "float32"), -1)
    mean = ops.sum(embedded * counted, axis=1) / ops.maximum(ops.sum(counted, axis=1), 1.0)
    scaled = L.LSTM(2)(embedded * 0.5)
    add("ops_masks", keras.Model(word, [mean, scaled, L.LSTM(2)(embedded), L.Dense(2)(mean)]), 325, values=[words])
