"""Recurrent layers in float64: outputs, and gradients of the sum of outputs times cotangents, with masks and first states."""

import keras
import tensorflow as tf

from common import exact, np, tensor, uniform, write

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
K = keras.layers

SERIES = (6, 3)
# label: (layer, options for it, shape of a sample, whether masked, shapes of first states, the layer as sinter makes it)
GATED = {
    "simpleRnn": K.SimpleRNN,
    "lstm": K.LSTM,
    "gru": K.GRU,
}
VARIANTS = {
    "": ({"units": 4}, False, 0),
    "Sequences": ({"units": 4, "return_sequences": True, "return_state": True}, False, 0),
    "Backwards": ({"units": 3, "return_sequences": True, "go_backwards": True, "use_bias": False}, False, 0),
    "Masked": ({"units": 4}, True, 0),
    "MaskedSequences": ({"units": 3, "return_sequences": True, "return_state": True}, True, 1),
    "MaskedZeros": ({"units": 3, "return_sequences": True, "zero_output_for_mask": True}, True, 1),
    "MaskedBackwards": ({"units": 3, "return_sequences": True, "go_backwards": True}, True, 0),
    "States": ({"units": 4, "return_state": True}, False, 1),
}
STATES = {"simpleRnn": 1, "lstm": 2, "gru": 1}


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def plain(options):
    """The options by their camelCase names."""
    return {camel(key): camel(value) if isinstance(value, str) else list(value) if isinstance(value, tuple) else value for key, value in options.items()}


def set_weights(layer, seed):
    """Every weight from the formula: weight w is uniform(seed + 1 + w, shape, limit 0.5)."""
    layer.set_weights([uniform(seed + 1 + i, w.shape, 0.5) for i, w in enumerate(layer.weights)])


def weight_names(layer):
    """Names as sinter has them: a wrapper's parts each below their own."""
    if isinstance(layer, K.Bidirectional):
        halves = {"forward": layer.forward_layer, "backward": layer.backward_layer}
        return [f"{half}/{camel(w.name)}" for half, part in halves.items() for w in part.weights]
    names = [camel(weight.name) for weight in layer.weights]
    if isinstance(layer, K.RNN) and isinstance(layer.cell, K.StackedRNNCells):
        names = [
            f"cell{number}/{name.split('/')[-1]}"
            for number, cell in enumerate(layer.cell.cells)
            for name in [camel(w.path.split("/")[-1]) for w in cell.weights]
        ]
    return names


def mask_of(seed, shape):
    return uniform(seed + 90, shape) > -0.3


def measure(layer, options, shape, seed, masked, states, batch=3):
    """Input: seed; states: seed + 30 …; weights: seed + 1 …; mask: uniform(seed + 90) > -0.3; cotangent i: seed + 50 + i."""
    exact(layer)
    x = tf.Variable(uniform(seed, (batch, *shape)))
    first = [tf.Variable(uniform(seed + 30 + i, (batch, *one))) for i, one in enumerate(states)]
    layer.build((batch, *shape))
    set_weights(layer, seed)
    if hasattr(layer, "cell"):
        exact(layer.cell)
    keywords = {}
    if masked:
        keywords["mask"] = tf.constant(mask_of(seed, (batch, shape[0])))
    if first:
        keywords["initial_state"] = first
    weights = [w.value for w in layer.trainable_weights]
    with tf.GradientTape() as tape:
        outputs = layer(x, **keywords)
        outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
        total = sum(tf.reduce_sum(y * uniform(seed + 50 + i, y.shape)) for i, y in enumerate(outputs))
    slopes = tape.gradient(total, [x, *first, *weights])
    return {
        "options": options,
        "inputShape": [batch, *shape],
        "seed": seed,
        "isMasked": masked,
        "stateShapes": [[batch, *one] for one in states],
        "weights": [{"name": n, "shape": list(w.shape)} for n, w in zip(weight_names(layer), layer.weights)],
        "outputs": [tensor(y.numpy()) for y in outputs],
        "inputGradients": [tensor(s.numpy()) for s in slopes[: 1 + len(first)]],
        "weightGradients": [tensor(s.numpy()) for s in slopes[1 + len(first) :]],
    }


def gated():
    seed = 1000
    for kind, maker in GATED.items():
        for variant, (options, masked, given) in VARIANTS.items():
            seed += 100
            states = [(options["units"],)] * (STATES[kind] * given)
            yield kind + variant, {
                "layer": kind,
                **measure(maker(**options), plain(options), SERIES, seed, masked, states),
            }
    extra = {
        "lstmActivations": (K.LSTM, "lstm", {"units": 3, "activation": "relu", "recurrent_activation": "hard_sigmoid"}),
        "gruResetBefore": (K.GRU, "gru", {"units": 4, "reset_after": False, "return_sequences": True}),
        "gruResetBeforeNoBias": (K.GRU, "gru", {"units": 4, "reset_after": False, "use_bias": False}),
        "simpleRnnLinear": (K.SimpleRNN, "simpleRnn", {"units": 3, "activation": "linear"}),
    }
    for label, (maker, kind, options) in extra.items():
        seed += 100
        yield label, {"layer": kind, **measure(maker(**options), plain(options), SERIES, seed, False, [])}


def cell(kind, **options):
    return {"kind": kind, "options": plain(options)}


def wrapped():
    seed = 9000
    cases = {
        "rnnLstmCell": (lambda: K.RNN(K.LSTMCell(3), return_sequences=True), "rnn", {"cell": cell("lstmCell", units=3), "returnSequences": True}, False),
        "rnnGruCell": (lambda: K.RNN(K.GRUCell(3), return_state=True), "rnn", {"cell": cell("gruCell", units=3), "returnState": True}, True),
        "rnnSimpleCell": (lambda: K.RNN(K.SimpleRNNCell(3), go_backwards=True), "rnn", {"cell": cell("simpleRnnCell", units=3), "goBackwards": True}, False),
        "rnnStacked": (
            lambda: K.RNN([K.LSTMCell(2), K.GRUCell(3)], return_sequences=True),
            "rnn",
            {"cell": [cell("lstmCell", units=2), cell("gruCell", units=3)], "returnSequences": True},
            False,
        ),
        "rnnStackedLast": (
            lambda: K.RNN([K.SimpleRNNCell(2), K.SimpleRNNCell(4)]),
            "rnn",
            {"cell": [cell("simpleRnnCell", units=2), cell("simpleRnnCell", units=4)]},
            True,
        ),
        "bidirectional": (lambda: K.Bidirectional(K.LSTM(3)), "bidirectional", {"layer": cell("lstm", units=3)}, False),
        "bidirectionalSequences": (
            lambda: K.Bidirectional(K.GRU(3, return_sequences=True), merge_mode="sum"),
            "bidirectional",
            {"layer": cell("gru", units=3, return_sequences=True), "mergeMode": "sum"},
            True,
        ),
        "bidirectionalAverage": (
            lambda: K.Bidirectional(K.SimpleRNN(3, return_sequences=True), merge_mode="ave"),
            "bidirectional",
            {"layer": cell("simpleRnn", units=3, return_sequences=True), "mergeMode": "ave"},
            False,
        ),
        "bidirectionalProduct": (
            lambda: K.Bidirectional(K.LSTM(3, return_sequences=True), merge_mode="mul"),
            "bidirectional",
            {"layer": cell("lstm", units=3, return_sequences=True), "mergeMode": "mul"},
            False,
        ),
        "bidirectionalTwo": (
            lambda: K.Bidirectional(
                K.LSTM(2, return_sequences=True), backward_layer=K.GRU(3, return_sequences=True, go_backwards=True)
            ),
            "bidirectional",
            {
                "layer": cell("lstm", units=2, return_sequences=True),
                "backwardLayer": cell("gru", units=3, return_sequences=True, go_backwards=True),
            },
            False,
        ),
        "timeDistributedDense": (lambda: K.TimeDistributed(K.Dense(4)), "timeDistributed", {"layer": cell("dense", units=4)}, False),
        "timeDistributedConv": (
            lambda: K.TimeDistributed(K.Conv2D(2, 3)),
            "timeDistributed",
            {"layer": cell("conv2d", filters=2, kernel_size=3)},
            False,
        ),
        "timeDistributedFlatten": (lambda: K.TimeDistributed(K.Flatten()), "timeDistributed", {"layer": cell("flatten")}, False),
    }
    shapes = {"timeDistributedConv": (2, 5, 4, 2), "timeDistributedFlatten": (3, 2, 2)}
    for label, (maker, kind, options, masked) in cases.items():
        seed += 100
        yield label, {"layer": kind, **measure(maker(), options, shapes.get(label, SERIES), seed, masked, [])}


def convolutional():
    seed = 20000
    cases = {
        "convLstm1d": (K.ConvLSTM1D, {"filters": 2, "kernel_size": 3}, (3, 6, 2)),
        "convLstm1dSame": (K.ConvLSTM1D, {"filters": 2, "kernel_size": 3, "padding": "same", "return_sequences": True}, (3, 5, 2)),
        "convLstm1dStrides": (K.ConvLSTM1D, {"filters": 3, "kernel_size": 2, "strides": 2, "use_bias": False}, (2, 6, 1)),
        "convLstm2d": (K.ConvLSTM2D, {"filters": 2, "kernel_size": 2}, (2, 4, 3, 2)),
        "convLstm2dSame": (K.ConvLSTM2D, {"filters": 2, "kernel_size": 3, "padding": "same", "return_sequences": True, "return_state": True}, (2, 3, 4, 1)),
        "convLstm2dStrides": (K.ConvLSTM2D, {"filters": 1, "kernel_size": (3, 2), "strides": (2, 1), "go_backwards": True}, (3, 5, 3, 2)),
        "convLstm3d": (K.ConvLSTM3D, {"filters": 2, "kernel_size": 2}, (2, 3, 3, 3, 1)),
        "convLstm3dSame": (K.ConvLSTM3D, {"filters": 1, "kernel_size": 3, "padding": "same", "return_sequences": True}, (2, 2, 3, 2, 2)),
        "convLstm3dStrides": (K.ConvLSTM3D, {"filters": 1, "kernel_size": 2, "strides": 2, "use_bias": False}, (2, 4, 2, 4, 1)),
    }
    for label, (maker, options, shape) in cases.items():
        seed += 100
        yield label, {"layer": label[:10], **measure(maker(**options), plain(options), shape, seed, False, [])}


if __name__ == "__main__":
    write("recurrent", {"cases": dict(gated())}, keras, tf)
    write("recurrent-wrapped", {"cases": {**dict(wrapped()), **dict(convolutional())}}, keras, tf)
