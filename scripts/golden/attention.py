"""Embeddings, positions, masked batch normalization and attention in float64: outputs, masks, and gradients of
sum(output * cotangent) for inputs and weights. KerasHub is not needed: its three layers of positions are written out."""

import keras
import tensorflow as tf
from keras.src import backend

from common import exact, np, tensor, uniform, units, write

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
K = keras.layers
BATCH = 2


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def plain(options):
    """The options by their camelCase names."""
    return {camel(key): list(value) if isinstance(value, tuple) else value for key, value in options.items()}


def set_weights(layer, seed):
    """Every weight from the formula: weight w is uniform(seed + 1 + w, shape, limit 0.5)."""
    layer.set_weights([uniform(seed + 1 + i, w.shape, 0.5) for i, w in enumerate(layer.weights)])


def described(layer):
    """Names below the layer's own, in camelCase, and shapes."""
    names = ["/".join(camel(part) for part in w.path.split("/")[1:]) for w in layer.weights]
    return [{"name": name, "shape": list(w.shape)} for name, w in zip(names, layer.weights)]


def class_name(make):
    name = make.__name__.replace("Grouped", "Group")
    return name[0].lower() + name[1:]


def lengths(counts, time):
    """Masks of sequences that end after `counts` places."""
    return None if counts is None else np.arange(time)[None, :] < np.array(counts)[:, None]


# label: (layer, options, options of the call, input shapes without the batch, lengths for masks, kind of attention mask)
HEADS = {
    "self": (K.MultiHeadAttention, {"num_heads": 2, "key_dim": 3}, {}, [(4, 5)] * 2, [None] * 2, None),
    "valueDim": (K.MultiHeadAttention, {"num_heads": 3, "key_dim": 2, "value_dim": 4, "use_bias": False}, {}, [(4, 5), (3, 6)], [None] * 2, None),
    "ownKey": (K.MultiHeadAttention, {"num_heads": 2, "key_dim": 3, "output_shape": 7}, {"return_attention_scores": True}, [(4, 5), (3, 6), (3, 2)], [None] * 3, None),
    "outputShape": (K.MultiHeadAttention, {"num_heads": 2, "key_dim": 3, "output_shape": (2, 3)}, {}, [(4, 5)] * 2, [None] * 2, None),
    "causal": (K.MultiHeadAttention, {"num_heads": 2, "key_dim": 3}, {"use_causal_mask": True}, [(5, 4)] * 2, [None] * 2, None),
    "causalUnequal": (K.MultiHeadAttention, {"num_heads": 2, "key_dim": 3}, {"use_causal_mask": True}, [(3, 4), (5, 4)], [None] * 2, None),
    "valueMask": (K.MultiHeadAttention, {"num_heads": 2, "key_dim": 3}, {}, [(4, 5), (6, 5)], [None, (2, 5)], None),
    "allMasks": (K.MultiHeadAttention, {"num_heads": 2, "key_dim": 3}, {"return_attention_scores": True}, [(4, 5), (6, 5), (6, 3)], [(4, 3), (2, 5), (3, 4)], None),
    "causalMasked": (K.MultiHeadAttention, {"num_heads": 2, "key_dim": 3}, {"use_causal_mask": True, "return_attention_scores": True}, [(5, 4)] * 2, [(3, 5)] * 2, None),
    "attentionMask": (K.MultiHeadAttention, {"num_heads": 2, "key_dim": 3}, {}, [(4, 5), (6, 5)], [None, (5, 6)], "pairs"),
    "attentionMaskCausal": (K.MultiHeadAttention, {"num_heads": 2, "key_dim": 3}, {"use_causal_mask": True}, [(5, 4)] * 2, [None] * 2, "pairs"),
    "attentionMaskHeads": (K.MultiHeadAttention, {"num_heads": 2, "key_dim": 3}, {"return_attention_scores": True}, [(4, 5), (3, 5)], [None] * 2, "heads"),
    "slidingWindow": (K.MultiHeadAttention, {"num_heads": 2, "key_dim": 3, "sliding_window": 2}, {}, [(6, 4)] * 2, [None] * 2, None),
    "slidingWindowCausal": (K.MultiHeadAttention, {"num_heads": 1, "key_dim": 3, "sliding_window": 3}, {"use_causal_mask": True}, [(6, 4)] * 2, [None] * 2, None),
    "gate": (K.MultiHeadAttention, {"num_heads": 2, "key_dim": 3, "value_dim": 2, "use_gate": True}, {}, [(4, 5), (3, 5)], [None] * 2, None),
    "allAxes": (K.MultiHeadAttention, {"num_heads": 2, "key_dim": 3}, {"return_attention_scores": True}, [(2, 3, 4), (3, 2, 4)], [None] * 2, None),
    "oneAxis": (K.MultiHeadAttention, {"num_heads": 2, "key_dim": 3, "attention_axes": (2,)}, {"return_attention_scores": True}, [(2, 3, 4), (2, 5, 4)], [None] * 2, None),
    "firstAxis": (K.MultiHeadAttention, {"num_heads": 2, "key_dim": 3, "attention_axes": (1,)}, {}, [(2, 3, 4), (5, 3, 4)], [None] * 2, None),
    "lastAxes": (K.MultiHeadAttention, {"num_heads": 1, "key_dim": 2, "attention_axes": (-3, -2)}, {"return_attention_scores": True}, [(2, 3, 2, 4), (2, 2, 3, 4)], [None] * 2, None),
    "grouped": (K.GroupQueryAttention, {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}, {}, [(4, 5), (6, 5)], [None] * 2, None),
    "groupedOne": (K.GroupQueryAttention, {"head_dim": 2, "num_query_heads": 3, "num_key_value_heads": 1, "use_bias": False}, {"use_causal_mask": True}, [(4, 5)] * 2, [None] * 2, None),
    "groupedAll": (K.GroupQueryAttention, {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 2, "use_gate": True}, {}, [(4, 5)] * 2, [None] * 2, None),
    "groupedMasks": (K.GroupQueryAttention, {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}, {"return_attention_scores": True}, [(4, 5), (6, 5)], [(4, 3), (2, 5)], "pairs"),
    "groupedHeadsMask": (K.GroupQueryAttention, {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2, "sliding_window": 3}, {"return_attention_scores": True}, [(4, 5)] * 2, [None] * 2, "queryHeads"),
}
PLAIN = {
    "attention": (K.Attention, {}, {}, [(4, 3), (5, 3)], [None] * 2, None),
    "attentionKey": (K.Attention, {"use_scale": True}, {"return_attention_scores": True}, [(4, 3), (5, 2), (5, 3)], [None] * 3, None),
    "attentionConcat": (K.Attention, {"score_mode": "concat"}, {}, [(4, 3), (5, 3)], [None] * 2, None),
    "attentionConcatScale": (K.Attention, {"score_mode": "concat", "use_scale": True}, {"use_causal_mask": True}, [(4, 3), (4, 3)], [(4, 2), (3, 4)], None),
    "attentionMasks": (K.Attention, {"use_scale": True}, {"return_attention_scores": True}, [(4, 3), (5, 3)], [(2, 4), (5, 3)], None),
    "attentionCausal": (K.Attention, {}, {"use_causal_mask": True}, [(4, 3), (4, 3)], [None] * 2, None),
    "additive": (K.AdditiveAttention, {}, {}, [(4, 3), (5, 3)], [None] * 2, None),
    "additiveKey": (K.AdditiveAttention, {"use_scale": False}, {"return_attention_scores": True}, [(4, 3), (5, 2), (5, 3)], [None] * 3, None),
    "additiveMasks": (K.AdditiveAttention, {}, {"return_attention_scores": True, "use_causal_mask": True}, [(4, 3), (5, 3)], [(2, 4), (5, 3)], None),
}


def pairs_mask(kind, layer_options, shapes, seed):
    """About three quarters of all pairs, and always the first key, so that each query sees one."""
    if kind is None:
        return None
    heads = {"pairs": [], "heads": [layer_options.get("num_heads")], "queryHeads": [layer_options.get("num_query_heads")]}[kind]
    shape = (BATCH, *heads, shapes[0][0], shapes[1][0])
    mask = units(seed + 40, int(np.prod(shape))).reshape(shape) > -0.25
    mask[..., 0] = True
    return mask


def called(layer, inputs, masks, pairs, call):
    """The layer's outputs, as a list."""
    if isinstance(layer, K.Attention):
        known = masks if any(mask is not None for mask in masks) else None
        outputs = layer(inputs, mask=known, **call)
    else:
        for x, mask in zip(inputs, masks):
            if mask is not None:
                backend.set_keras_mask(x, tf.constant(mask))
        outputs = layer(*inputs, **({} if pairs is None else {"attention_mask": tf.constant(pairs)}), **call)
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def measure(make, options, call, shapes, counts, pairs_kind, seed):
    """Input i: `seed + i`; weights: `seed + 11 …`; cotangent of output i: `seed + 50 + i`."""
    layer = exact(make(**options))
    values = [tf.Variable(uniform(seed + i, (BATCH, *shape), 1.0)) for i, shape in enumerate(shapes)]
    masks = [lengths(count, shape[0]) for count, shape in zip(counts, shapes)]
    pairs = pairs_mask(pairs_kind, options, shapes, seed)
    called(layer, [tf.convert_to_tensor(x) for x in values], masks, pairs, call)
    exact(layer)
    set_weights(layer, seed + 10)
    weights = [w.value for w in layer.trainable_weights]
    with tf.GradientTape() as tape:
        outputs = called(layer, [tf.convert_to_tensor(x) for x in values], masks, pairs, call)
        total = sum(tf.reduce_sum(y * uniform(seed + 50 + i, y.shape)) for i, y in enumerate(outputs))
    slopes = tape.gradient(total, [*values, *weights])
    return {
        "layer": class_name(make),
        "options": plain({**options, **call}),
        "inputShapes": [[BATCH, *shape] for shape in shapes],
        "masks": [None if mask is None else mask.astype(int).tolist() for mask in masks],
        "attentionMask": None if pairs is None else tensor(pairs.astype(np.uint8)),
        "seed": seed,
        "weights": described(layer),
        "outputs": [tensor(y.numpy()) for y in outputs],
        "inputGradients": [tensor(s.numpy()) for s in slopes[: len(values)]],
        # A scalar's shape is [], which `tensor` makes [1].
        "weightGradients": [{**tensor(s.numpy()), "shape": list(s.shape)} for s in slopes[len(values):]],
    }


def embedding(options, ids, seed):
    layer = K.Embedding(**options)
    layer.build()
    layer.set_weights([uniform(seed + 11, w.shape, 0.5) for w in layer.weights])
    with tf.GradientTape() as tape:
        y = layer(tf.constant(ids))
        total = tf.reduce_sum(y * uniform(seed + 50, y.shape))
    slope = tf.convert_to_tensor(tape.gradient(total, layer.trainable_weights[0].value))
    mask = backend.get_keras_mask(y)
    return {
        "layer": "embedding",
        "options": plain(options),
        "input": tensor(ids),
        "mask": None if mask is None else mask.numpy().astype(int).tolist(),
        "seed": seed,
        "weights": [{"name": "embeddings", "shape": [options["input_dim"], options["output_dim"]]}],
        "output": tensor(y.numpy()),
        "weightGradients": [tensor(slope.numpy())],
    }


def masking(options, shape, empty, seed):
    value = uniform(seed, (BATCH, *shape), 1.0)
    for place in empty:
        value[place] = options.get("mask_value", 0.0)
    x = tf.Variable(value)
    layer = exact(K.Masking(**options))
    with tf.GradientTape() as tape:
        y = layer(tf.convert_to_tensor(x))
        total = tf.reduce_sum(y * uniform(seed + 50, y.shape))
    return {
        "layer": "masking",
        "options": plain(options),
        "input": tensor(value),
        "mask": backend.get_keras_mask(y).numpy().astype(int).tolist(),
        "seed": seed,
        "weights": [],
        "output": tensor(y.numpy()),
        "inputGradient": tensor(tape.gradient(total, x).numpy()),
        "weightGradients": [],
    }


def position_case(layer, options, shape, seed, weights, compute):
    """`compute` gives the output from the input and the weights, in TensorFlow."""
    x = tf.Variable(uniform(seed, (BATCH, *shape), 1.0))
    values = [tf.Variable(uniform(seed + 11 + i, weight["shape"], 0.5)) for i, weight in enumerate(weights)]
    with tf.GradientTape() as tape:
        y = compute(tf.convert_to_tensor(x), *values)
        total = tf.reduce_sum(y * uniform(seed + 50, y.shape))
    slopes = tape.gradient(total, [x, *values], unconnected_gradients="zero")
    return {
        "layer": layer,
        "options": options,
        "input": tensor(x.numpy()),
        "mask": None,
        "seed": seed,
        "weights": weights,
        "output": tensor(y.numpy()),
        "inputGradient": tensor(slopes[0].numpy()),
        "weightGradients": [tensor(s.numpy()) for s in slopes[1:]],
    }


def learned(x, embeddings):
    """keras_hub.layers.PositionEmbedding."""
    return tf.broadcast_to(embeddings[: x.shape[-2]], x.shape)


def sine(max_wavelength):
    """keras_hub.layers.SinePositionEncoding."""

    def compute(x):
        time, size = x.shape[-2:]
        timescales = np.power(1 / max_wavelength, (2 * (np.arange(size) // 2)) / size)
        angles = np.arange(time)[:, None] * timescales[None, :]
        cosines = np.arange(size) % 2
        return tf.broadcast_to(np.sin(angles) * (1 - cosines) + np.cos(angles) * cosines, x.shape)

    return compute


def rotary(max_wavelength=10000, scaling_factor=1.0, sequence_axis=1, feature_axis=-1):
    """keras_hub.layers.RotaryEmbedding."""

    def compute(x):
        moved = keras.ops.moveaxis(x, (feature_axis, sequence_axis), (-1, 1))
        time, size = moved.shape[1], moved.shape[-1]
        inverse = 1.0 / (max_wavelength ** (np.arange(0, size, 2) / size))
        angles = np.outer(np.arange(time) / scaling_factor, inverse)
        angles = np.concatenate([angles, angles], axis=-1).reshape([1, time, *[1] * (len(moved.shape) - 3), size])
        first, second = tf.split(moved, 2, axis=-1)
        turned = moved * np.cos(angles) + tf.concat([-second, first], axis=-1) * np.sin(angles)
        return keras.ops.moveaxis(turned, (-1, 1), (feature_axis, sequence_axis))

    return compute


def masked_normalization(options, shape, counts, seed):
    """One training step of batch normalization over the places that count."""
    layer = K.BatchNormalization(**options)
    layer.build((BATCH, *shape))
    trainable = [uniform(seed + 11 + i, w.shape, 0.5, 1.0 if "gamma" in w.path else 0.0) for i, w in enumerate(layer.trainable_weights)]
    layer.set_weights(trainable + [w.numpy() for w in layer.non_trainable_weights])
    mask = lengths(counts, shape[0])
    x = tf.Variable(uniform(seed, (BATCH, *shape), 1.0, 0.3))
    with tf.GradientTape() as tape:
        y = layer(x, training=True, mask=tf.constant(mask))
        total = tf.reduce_sum(y * uniform(seed + 50, y.shape))
    slopes = tape.gradient(total, [x, *(w.value for w in layer.trainable_weights)])
    return {
        "options": plain(options),
        "inputShape": [BATCH, *shape],
        "mask": mask.astype(int).tolist(),
        "seed": seed,
        "weights": [{"name": camel(w.path.split("/")[-1]), "shape": list(w.shape)} for w in layer.weights],
        "output": tensor(y.numpy()),
        "inputGradient": tensor(slopes[0].numpy()),
        "weightGradients": [tensor(s.numpy()) for s in slopes[1:]],
        "moving": {camel(w.path.split("/")[-1]): w.numpy().tolist() for w in layer.non_trainable_weights},
    }


IDS = (units(77, 10) * 7 + 3.5).astype(np.int32).reshape(2, 5)
IDS[0, 3:] = 0
beginnings = {
    "embedding": embedding({"input_dim": 7, "output_dim": 3}, IDS, 31_000),
    "embeddingMask": embedding({"input_dim": 7, "output_dim": 4, "mask_zero": True}, IDS, 31_100),
    "embeddingFloats": embedding({"input_dim": 9, "output_dim": 2, "mask_zero": True}, IDS.astype(np.float64), 31_200),
    "embeddingPlanes": embedding({"input_dim": 7, "output_dim": 2}, IDS.reshape(1, 5, 2), 31_300),
    "masking": masking({}, (4, 3), [(0, 3), (1, 1)], 31_400),
    "maskingValue": masking({"mask_value": -1.5}, (4, 3), [(0, 0), (1, 3), (1, 2, 0)], 31_500),
    "maskingPlanes": masking({}, (2, 3, 2), [(0, 1, 2), (1, 0)], 31_600),
    "positionEmbedding": position_case("positionEmbedding", {"sequenceLength": 6}, (4, 3), 31_700, [{"name": "embeddings", "shape": [6, 3]}], learned),
    "positionEmbeddingWhole": position_case("positionEmbedding", {"sequenceLength": 4}, (4, 2), 31_800, [{"name": "embeddings", "shape": [4, 2]}], learned),
    "positionEmbeddingPlanes": position_case("positionEmbedding", {"sequenceLength": 5}, (2, 3, 4), 31_900, [{"name": "embeddings", "shape": [5, 4]}], learned),
    "sinePositionEncoding": position_case("sinePositionEncoding", {}, (5, 6), 32_000, [], sine(10000)),
    "sinePositionEncodingOdd": position_case("sinePositionEncoding", {"maxWavelength": 100}, (7, 5), 32_100, [], sine(100)),
    "sinePositionEncodingPlanes": position_case("sinePositionEncoding", {}, (2, 3, 4), 32_200, [], sine(10000)),
    "rotaryEmbedding": position_case("rotaryEmbedding", {}, (5, 6), 32_300, [], rotary()),
    "rotaryEmbeddingHeads": position_case("rotaryEmbedding", {"maxWavelength": 500, "scalingFactor": 2}, (4, 3, 4), 32_400, [], rotary(500, 2.0)),
    "rotaryEmbeddingAxes": position_case("rotaryEmbedding", {"sequenceAxis": 2, "featureAxis": -1}, (3, 5, 4), 32_500, [], rotary(sequence_axis=2)),
}
normalizations = {
    "default": masked_normalization({}, (5, 3), (3, 5), 33_000),
    "options": masked_normalization({"momentum": 0.7, "epsilon": 0.01, "scale": False}, (4, 2), (4, 1), 33_100),
    "firstAxis": masked_normalization({"axis": 1, "center": False}, (4, 3), (3, 4), 33_200),
}
heads, seed = {}, 40_000
for label, case in HEADS.items():
    heads[label] = measure(*case, seed)
    seed += 100
plains, seed = {}, 50_000
for label, case in PLAIN.items():
    plains[label] = measure(*case, seed)
    seed += 100
FORMULAS = "weight w: uniform(seed + 11 + w, shape, limit 0.5); Float64 throughout."
write("sequence-layers", {
    "note": f"embeddings, masking, positions; cotangent: uniform(seed + 50, output shape, limit 1); {FORMULAS} "
    "`masked` is a training step of batch normalization with a mask: input uniform(seed, inputShape, limit 1, middle 0.3), gamma with middle 1.",
    "cases": beginnings,
    "masked": normalizations,
}, keras, tf)
write("attention", {
    "note": f"input i: uniform(seed + i, inputShapes[i], limit 1); cotangent of output i: uniform(seed + 50 + i, shape, limit 1); {FORMULAS}",
    "heads": heads,
    "plain": plains,
}, keras, tf)
