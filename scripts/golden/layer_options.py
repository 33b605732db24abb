"""Options that many layers share, in float64: channels first, penalties on what a layer gives, constraints of every weight over steps of gradient descent,
batch renormalization, and embeddings that go back."""

import keras
import tensorflow as tf

from common import exact, np, tensor, uniform, write
from layer_cases import K, NOTE, camel, class_name, measured, plain

C, R = keras.constraints, keras.regularizers
FIRST = {"data_format": "channels_first"}
# label: (layer, options, input shape without the batch)
# Left out: SeparableConv2D, which XLA computes otherwise than with channels last, and Resizing, whose gradient is NaN there.
FORMATS = {
    "conv1d": (K.Conv1D, {"filters": 3, "kernel_size": 2, **FIRST}, (2, 5)),
    "conv2d": (K.Conv2D, {"filters": 3, "kernel_size": (2, 3), "padding": "same", "activation": "tanh", **FIRST}, (2, 4, 5)),
    "conv2dTranspose": (K.Conv2DTranspose, {"filters": 3, "kernel_size": 2, "strides": 2, **FIRST}, (2, 3, 2)),
    "depthwiseConv2d": (K.DepthwiseConv2D, {"kernel_size": 2, "depth_multiplier": 2, **FIRST}, (2, 3, 4)),
    "averagePooling2d": (K.AveragePooling2D, {"pool_size": 2, "strides": 1, **FIRST}, (3, 3, 4)),
    "maxPooling2d": (K.MaxPooling2D, {"pool_size": (2, 1), **FIRST}, (3, 4, 3)),
    "globalAveragePooling2d": (K.GlobalAveragePooling2D, {**FIRST}, (3, 2, 4)),
    "globalMaxPooling2dKept": (K.GlobalMaxPooling2D, {"keepdims": True, **FIRST}, (3, 2, 4)),
    "globalAveragePooling1d": (K.GlobalAveragePooling1D, {**FIRST}, (3, 4)),
    "zeroPadding2d": (K.ZeroPadding2D, {"padding": ((1, 0), (2, 1)), **FIRST}, (3, 2, 2)),
    "cropping2d": (K.Cropping2D, {"cropping": ((1, 0), (0, 1)), **FIRST}, (3, 3, 3)),
    "upSampling2d": (K.UpSampling2D, {"size": (2, 1), **FIRST}, (3, 2, 3)),
    "flatten": (K.Flatten, {**FIRST}, (3, 2, 2)),
    "convLstm2d": (K.ConvLSTM2D, {"filters": 2, "kernel_size": 2, "padding": "same", "return_sequences": True, **FIRST}, (2, 2, 3, 3)),
}
ACTIVITY = {
    "dense": (K.Dense, {"units": 3, "activation": "tanh"}, (4,), R.L2, {"l2": 0.5}),
    "conv2d": (K.Conv2D, {"filters": 2, "kernel_size": 2}, (3, 3, 2), R.L1L2, {"l1": 0.25, "l2": 0.125}),
    "lstm": (K.LSTM, {"units": 2, "return_sequences": True}, (3, 2), R.L2, {"l2": 0.5}),
    "layerNormalization": (K.LayerNormalization, {}, (4,), R.L1, {"l1": 0.25}),
}
MAX, NON, UNIT = (C.MaxNorm, {"max_value": 0.5}), (C.NonNeg, {}), (C.UnitNorm, {})
# label: (layer, options, constraints, input shape without the batch)
FITS = {
    "depthwiseConv1d": (K.DepthwiseConv1D, {"kernel_size": 2, "depth_multiplier": 2}, {"depthwise": UNIT, "bias": NON}, (4, 2)),
    "depthwiseConv2d": (K.DepthwiseConv2D, {"kernel_size": 2}, {"depthwise": MAX, "bias": NON}, (3, 3, 2)),
    "separableConv1d": (K.SeparableConv1D, {"filters": 3, "kernel_size": 2}, {"depthwise": MAX, "pointwise": UNIT, "bias": NON}, (4, 2)),
    "separableConv2d": (K.SeparableConv2D, {"filters": 3, "kernel_size": 2}, {"depthwise": UNIT, "pointwise": NON, "bias": MAX}, (3, 3, 2)),
    "embedding": (K.Embedding, {"input_dim": 4, "output_dim": 3}, {"embeddings": (C.UnitNorm, {"axis": 1})}, (3,)),
    "lstm": (K.LSTM, {"units": 2}, {"kernel": MAX, "recurrent": UNIT, "bias": NON}, (3, 2)),
    "gru": (K.GRU, {"units": 2}, {"kernel": NON, "recurrent": MAX, "bias": NON}, (3, 2)),
    "simpleRnn": (K.SimpleRNN, {"units": 3}, {"kernel": UNIT, "recurrent": NON, "bias": MAX}, (3, 2)),
    "convLstm2d": (K.ConvLSTM2D, {"filters": 2, "kernel_size": 2}, {"kernel": NON, "recurrent": MAX, "bias": NON}, (2, 3, 3, 1)),
    "batchNormalization": (K.BatchNormalization, {}, {"gamma": MAX, "beta": NON}, (4,)),
    "layerNormalization": (K.LayerNormalization, {}, {"gamma": NON, "beta": UNIT}, (4,)),
    "groupNormalization": (K.GroupNormalization, {"groups": 2}, {"gamma": UNIT, "beta": NON}, (3, 4)),
    "prelu": (K.PReLU, {}, {"alpha": NON}, (4,)),
    "multiHeadAttention": (K.MultiHeadAttention, {"num_heads": 2, "key_dim": 2}, {"kernel": MAX, "bias": NON}, (3, 4)),
    "groupQueryAttention": (K.GroupQueryAttention, {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1}, {"kernel": UNIT, "bias": NON}, (3, 4)),
}
ATTENTION = (K.MultiHeadAttention, K.GroupQueryAttention)
NAMES = {"GroupedQueryAttention": "groupQueryAttention", "LSTM": "lstm", "GRU": "gru", "SimpleRNN": "simpleRnn", "ConvLSTM2D": "convLstm2d"}
KINDS = {C.MaxNorm: "maxNorm", C.NonNeg: "nonNeg", C.UnitNorm: "unitNorm"}


def named(make):
    return NAMES.get(make.__name__, class_name(make))


def in_sinter(rules):
    return {f"{name}Constraint": {"kind": KINDS[make], **{camel(key): value for key, value in make(**options).get_config().items()}} for name, (make, options) in rules.items()}


def activity(make, options, shape, rule, strength, seed):
    regularizer = rule(**strength)
    for name in ("l1", "l2"):
        if hasattr(regularizer, name):
            setattr(regularizer, name, np.float64(strength.get(name, 0.0)))
    case = measured({"only": (lambda **given: make(**given, activity_regularizer=regularizer), options, shape)}, seed)["only"]
    return {**case, "layer": named(make), "options": {**plain(options), "activityRegularizer": {"kind": "l1l2", "l1": strength.get("l1", 0), "l2": strength.get("l2", 0)}}}


def projections(make, options, shape, seed):
    """Attention with a penalty on what its projections give: its losses, and their gradient by the input alone."""
    layer = make(**options, activity_regularizer=R.L2(0.5))
    x = tf.Variable(uniform(seed, (2, *shape)))
    layer(x, x)
    layer.set_weights([uniform(seed + 1 + i, w.shape, 0.5) for i, w in enumerate(layer.weights)])
    with tf.GradientTape() as tape:
        layer(x, x)
        total = tf.add_n([tf.cast(loss, "float64") for loss in layer.losses])
    return {
        "layer": named(make), "options": {**plain(options), "activityRegularizer": {"kind": "l1l2", "l1": 0, "l2": 0.5}}, "inputShape": [2, *shape], "seed": seed,
        "loss": float(total), "inputGradient": tensor(tape.gradient(total, x).numpy()),
    }


def fit(make, options, rules, shape, seed):
    """Three steps of train_on_batch on the mean squared error; all weights after each."""
    words = make is K.Embedding
    x = keras.Input(shape, dtype="int32" if words else "float64")
    layer = exact(make(**options, **{f"{name}_constraint": rule(**given) for name, (rule, given) in rules.items()}))
    y = layer(x, x) if make in ATTENTION else layer(x)
    model = keras.Model(x, y)
    model.compile(optimizer=exact(keras.optimizers.SGD(learning_rate=0.5)), loss="mse")
    model.set_weights([uniform(seed + 1 + i, w.shape, 1.0) for i, w in enumerate(model.weights)])
    rows = []
    for step in range(3):
        batch = uniform(seed + 20 + step, (2, *shape), 2.0)
        if words:
            batch = np.floor(batch + 2).astype("int32")
        model.train_on_batch(batch, uniform(seed + 40 + step, (2, *y.shape[1:]), 2.0))
        rows.append([tensor(w) for w in model.get_weights()])
    return {"layer": named(make), "options": {**plain(options), **in_sinter(rules)}, "inputShape": list(shape), "outputShape": list(y.shape[1:]), "seed": seed, "weights": rows}


def renormed(options, shape, seed):
    """Three training steps of batch renormalization: output, gradients, and weights after each."""
    layer = exact(K.BatchNormalization(renorm=True, **options))
    layer.build((4, *shape))
    layer.set_weights([uniform(seed + 1 + i, w.shape, 0.5, 1.0) for i, w in enumerate(layer.weights)])
    steps = []
    for step in range(3):
        x = tf.Variable(uniform(seed + 20 + step, (4, *shape), 2.0))
        with tf.GradientTape() as tape:
            y = layer(x, training=True)
            total = tf.reduce_sum(y * uniform(seed + 50, y.shape))
        slopes = tape.gradient(total, [x, *(w.value for w in layer.trainable_weights)])
        steps.append({"output": tensor(y.numpy()), "gradients": [tensor(s.numpy()) for s in slopes], "weights": [tensor(w.numpy()) for w in layer.weights]})
    clipping = {"renormClipping": options["renorm_clipping"]} if "renorm_clipping" in options else {}
    return {
        "options": {"renorm": True, **plain(options), **clipping}, "inputShape": [4, *shape], "seed": seed, "steps": steps,
        "weights": [{"name": camel(w.path.split("/")[-1]), "shape": list(w.shape)} for w in layer.weights], "trainable": [camel(w.path.split("/")[-1]) for w in layer.trainable_weights],
        "inference": tensor(layer(uniform(seed + 30, (4, *shape), 2.0)).numpy()),
    }


def reversible(options, seed):
    """Words to vectors, through tanh, and back: output and gradients of the weights."""
    layer = exact(K.ReversibleEmbedding(**options))
    layer.build((2, 3))
    layer.set_weights([uniform(seed + 1 + i, w.shape, 1.0) for i, w in enumerate(layer.weights)])
    words = np.array([[0, 3, 1], [4, 3, 2]], dtype="int32")
    with tf.GradientTape() as tape:
        vectors = layer(words)
        y = layer(tf.tanh(vectors), reverse=True)
        total = tf.reduce_sum(y * uniform(seed + 50, y.shape))
    slopes = tape.gradient(total, [w.value for w in layer.trainable_weights])
    return {
        "options": plain(options), "seed": seed, "words": words.tolist(), "vectors": tensor(vectors.numpy()), "output": tensor(y.numpy()),
        "weights": [{"name": camel(w.path.split("/")[-1]), "shape": list(w.shape)} for w in layer.weights],
        "gradients": [tensor(tf.convert_to_tensor(s).numpy()) for s in slopes],
    }


def nested():
    """A model inside another whose kernel has a penalty: it counts once."""
    inner = keras.Sequential([keras.Input((3,)), K.Dense(2, kernel_regularizer=R.L2(np.float64(0.5)))])
    model = keras.Sequential([keras.Input((3,)), inner, K.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    model.set_weights([uniform(98_001 + i, w.shape, 0.5) for i, w in enumerate(model.weights)])
    return {"seed": 98_000, "loss": float(model.test_on_batch(uniform(98_000, (4, 3)), uniform(98_050, (4, 1))))}


PIPELINES = [
    [("rescaling", K.Rescaling, {"scale": 0.5, "offset": 0.25}), ("centerCrop", K.CenterCrop, {"height": 3, "width": 2})],
    [("zeroPadding2d", K.ZeroPadding2D, {"padding": 1}), ("rescaling", K.Rescaling, {"scale": 3.0}), ("averagePooling2d", K.AveragePooling2D, {"pool_size": 2})],
    [("randomFlip", K.RandomFlip, {"mode": "horizontal"}), ("rescaling", K.Rescaling, {"scale": 2.0})],
]


def pipeline(parts, seed):
    """Layers in a row in inference."""
    layer = K.Pipeline([make(**options) for _, make, options in parts])
    y = layer(tf.constant(uniform(seed, (2, 4, 4, 3)), dtype="float64"), training=False)
    return {"layers": [{"kind": kind, "options": plain(options)} for kind, _, options in parts], "seed": seed, "output": tensor(np.asarray(y, dtype=np.float64))}


def formats():
    cases = {}
    for index, (label, (make, options, shape)) in enumerate(FORMATS.items()):
        case = measured({label: (make, options, shape)}, 90_000 + 100 * index)[label]
        cases[label] = {**case, "layer": named(make), "options": {**case["options"], "dataFormat": "channelsFirst"}}
    return cases


write("layer-options", {
    "note": NOTE + " Fits: weight i begins as uniform(seed + 1 + i, shape, limit 1), batch s is uniform(seed + 20 + s, shape, limit 2), for embeddings floor(2 + that), targets "
    "uniform(seed + 40 + s, shape, limit 2). Renorm: weights uniform(seed + 1 + i, shape, limit 0.5, middle 1), inputs uniform(seed + 20 + s, shape, limit 2), then "
    "inference of uniform(seed + 30, shape, limit 2). Reversible: weights uniform(seed + 1 + i, shape, limit 1).",
    "formats": formats(),
    "activity": {label: activity(*case, 92_000 + 100 * index) for index, (label, case) in enumerate(ACTIVITY.items())},
    "projections": {
        "multiHeadAttention": projections(K.MultiHeadAttention, {"num_heads": 2, "key_dim": 2}, (3, 4), 93_000),
        "groupQueryAttention": projections(K.GroupQueryAttention, {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1}, (3, 4), 93_100),
    },
    "fits": {label: fit(*case, 94_000 + 100 * index) for index, (label, case) in enumerate(FITS.items())},
    "renorm": [
        renormed({}, (3,), 96_000),
        renormed({"renorm_clipping": {"rmax": 1.25, "rmin": 0.75, "dmax": 0.5}, "renorm_momentum": 0.75, "momentum": 0.5}, (2, 3), 96_100),
        renormed({"renorm_clipping": {"dmax": 0.25}, "scale": False, "axis": 1}, (3, 2), 96_200),
    ],
    "nested": nested(),
    "pipeline": [pipeline(parts, 98_100 + 100 * index) for index, parts in enumerate(PIPELINES)],
    "reversible": [
        reversible({"input_dim": 5, "output_dim": 3}, 97_000),
        reversible({"input_dim": 5, "output_dim": 4, "tie_weights": False}, 97_100),
        reversible({"input_dim": 5, "output_dim": 3, "logit_soft_cap": 0.5}, 97_200),
    ],
}, keras, tf)
