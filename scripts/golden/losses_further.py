"""Losses of overlap, of embeddings and of sequences, reductions, and classes that do not count, in float64 and float32.

Keras computes its CTC in float32 alone, and has no triplet and no contrastive loss: these are written here in TensorFlow and float64,
after Graves et al. 2006, Schroff et al. 2015 and Hadsell et al. 2006; the CTC is held against Keras's.
"""

import base64

import keras
import tensorflow as tf

from common import np, tensor, uniform, write
from losses import BITS, CLASS_INDEX, CLIPPED, LOGITS, ONE_HOT, ROWS, TARGETS, UNIT, WEIGHTS, L, camel, case, probabilities

EMBEDDINGS = uniform(47, (ROWS, 3), 2.0)
EMBEDDINGS /= np.sqrt((EMBEDDINGS**2).sum(axis=1, keepdims=True))
PAIRED = np.array([1, 1, 0, 2, 2, 0])
MAPS = [uniform(seed, (ROWS, 2, 3, 2), 0.5, 0.5) for seed in (48, 49)]
MAPS[0] = np.round(MAPS[0])
IGNORED = np.array([1, -1, 0, 3, 2, -1])

# name: (loss, options, targets, predictions)
KERAS_CASES = {
    "categoricalGeneralizedCrossEntropy": (L.CategoricalGeneralizedCrossEntropy, {}, CLASS_INDEX, probabilities(45, False)),
    "categoricalGeneralizedCrossEntropyLow": (L.CategoricalGeneralizedCrossEntropy, {"q": 0.1}, CLASS_INDEX, UNIT),
    "categoricalGeneralizedCrossEntropyHigh": (L.CategoricalGeneralizedCrossEntropy, {"q": 0.9}, CLASS_INDEX, probabilities(50, False)),
    "dice": (L.Dice, {}, BITS, UNIT),
    "diceAxes": (L.Dice, {"axis": [1, 2, 3]}, MAPS[0], MAPS[1]),
    "diceRows": (L.Dice, {"axis": -1}, ONE_HOT, probabilities(45, False)),
    "tversky": (L.Tversky, {}, BITS, UNIT),
    "tverskyAxes": (L.Tversky, {"alpha": 0.3, "beta": 0.7, "axis": [1, 2, 3]}, MAPS[0], MAPS[1]),
    "tverskyRows": (L.Tversky, {"alpha": 0.9, "beta": 0.2, "axis": 1}, ONE_HOT, CLIPPED),
    "circle": (L.Circle, {}, PAIRED, EMBEDDINGS),
    "circleOptions": (L.Circle, {"gamma": 8.0, "margin": 0.25}, PAIRED, EMBEDDINGS),
    "circleDiagonal": (L.Circle, {"gamma": 16.0, "remove_diagonal": False}, PAIRED, EMBEDDINGS),
    "circleAlone": (L.Circle, {"gamma": 10.0}, np.array([1, 1, 0, 3, 2, 0]), EMBEDDINGS),
    "sparseCategoricalCrossentropyIgnored": (L.SparseCategoricalCrossentropy, {"ignore_class": -1, "from_logits": True}, IGNORED, LOGITS),
    "sparseCategoricalCrossentropyIgnoredKnown": (L.SparseCategoricalCrossentropy, {"ignore_class": 0}, CLASS_INDEX, probabilities(45, False)),
    "categoricalFocalCrossentropyClasses": (L.CategoricalFocalCrossentropy, {"alpha": [0.125, 0.375, 0.75, 1.0]}, ONE_HOT, UNIT),
    "meanSquaredErrorSum": (L.MeanSquaredError, {"reduction": "sum"}, TARGETS, LOGITS),
    "meanSquaredErrorWeighted": (L.MeanSquaredError, {"reduction": "mean_with_sample_weight"}, TARGETS, LOGITS),
    "meanSquaredErrorMean": (L.MeanSquaredError, {"reduction": "mean"}, TARGETS, UNIT),
    "sparseCategoricalCrossentropyIgnoredSum": (
        L.SparseCategoricalCrossentropy,
        {"ignore_class": 2, "reduction": "sum"},
        CLASS_INDEX,
        probabilities(45, False),
    ),
    "sparseCategoricalCrossentropyIgnoredWeighted": (
        L.SparseCategoricalCrossentropy,
        {"ignore_class": 3, "reduction": "mean_with_sample_weight"},
        CLASS_INDEX,
        probabilities(45, False),
    ),
}


def ctc(targets, logits):
    """-log of the sum over all alignments, one row after another."""
    found = []
    for row, scores in zip(targets, tf.unstack(tf.nn.log_softmax(logits))):
        states = [0]
        for label in row[row != 0]:
            states += [int(label), 0]
        steps = tf.unstack(scores)
        paths = {index: steps[0][states[index]] for index in range(min(2, len(states)))}
        for step in steps[1:]:
            moved = {}
            for index, label in enumerate(states):
                before = [index, index - 1]
                if label != 0 and index >= 2 and states[index - 2] != label:
                    before.append(index - 2)
                known = [paths[one] for one in before if one in paths]
                if known:
                    moved[index] = tf.reduce_logsumexp(tf.stack(known)) + step[label]
            paths = moved
        ends = [paths[index] for index in (len(states) - 1, len(states) - 2) if index in paths]
        found.append(-tf.reduce_logsumexp(tf.stack(ends)))
    return tf.stack(found)


def distance(a, b, metric):
    if metric == "angular":
        return 1 - tf.reduce_sum(a * b) / (tf.norm(a) * tf.norm(b))
    squares = tf.reduce_sum((a - b) ** 2)
    return squares if metric == "squaredL2" else tf.sqrt(squares)


def triplet(labels, embeddings, margin=1.0, distanceMetric="L2", mining="semiHard"):
    rows = tf.unstack(embeddings)
    count = len(rows)
    zero = tf.zeros((), embeddings.dtype)
    apart = {(a, b): distance(rows[a], rows[b], distanceMetric) for a in range(count) for b in range(count) if a != b}
    excess = []
    for a, p in apart:
        others = [apart[a, n] for n in range(count) if labels[n] != labels[a]]
        if labels[a] != labels[p] or not others:
            continue
        if mining == "semiHard":
            further = [one for one in others if one > apart[a, p]]
            others = [min(further) if further else max(others)]
        excess += [tf.maximum(apart[a, p] - one + margin, zero) for one in others]
    return tf.add_n(excess) / len(excess)


def contrastive(labels, distances, margin=1.0):
    return tf.reduce_mean(labels * distances**2 + (1 - labels) * tf.maximum(margin - distances, 0) ** 2, axis=-1)


def own_case(function, options, targets, predictions):
    """As losses.case, of a function of one value a sample or one for the batch."""
    def result(dtype):
        y = targets if targets.dtype.kind == "i" else tf.constant(targets.astype(dtype))
        p = tf.Variable(predictions.astype(dtype))
        with tf.GradientTape() as tape:
            values = function(y, p, **options)
            mean = tf.reduce_mean(values)
        return {
            "perSample": values.numpy().astype(np.float64).reshape(-1).tolist(),
            "mean": float(mean),
            "weightedMean": float(tf.reduce_mean(values * tf.constant(WEIGHTS.astype(dtype)))),
            "gradientOfMean": tensor(tape.gradient(mean, p).numpy()),
        }

    return {
        "options": options,
        "targets": tensor(targets.astype(np.int32) if targets.dtype.kind == "i" else targets),
        "predictions": tensor(predictions),
        "sampleWeights": WEIGHTS.tolist(),
        "float64": result("float64"),
        "float32": result("float32"),
    }


SEQUENCES = np.array([[1, 2, 3], [2, 2, 0], [1, 0, 0], [3, 1, 3], [0, 0, 0], [1, 1, 2]])
OWN_CASES = {
    "ctc": (ctc, {}, SEQUENCES, uniform(51, (ROWS, 7, 4), 3.0)),
    "ctcLong": (ctc, {}, SEQUENCES, uniform(52, (ROWS, 12, 4), 8.0)),
    "ctcTight": (ctc, {}, SEQUENCES[:, :2], uniform(53, (ROWS, 3, 5), 1.0)),
    "triplet": (triplet, {}, PAIRED, EMBEDDINGS),
    "tripletSquared": (triplet, {"margin": 0.3, "distanceMetric": "squaredL2"}, PAIRED, uniform(54, (ROWS, 4), 1.5)),
    "tripletAngular": (triplet, {"margin": 0.5, "distanceMetric": "angular"}, np.array([1, 1, 0, 3, 1, 0]), uniform(55, (ROWS, 4), 1.5)),
    "tripletAll": (triplet, {"mining": "all"}, np.array([1, 1, 0, 3, 1, 0]), uniform(54, (ROWS, 4), 1.5)),
    "tripletAllAngular": (triplet, {"mining": "all", "margin": 0.2, "distanceMetric": "angular"}, PAIRED, EMBEDDINGS),
    "contrastive": (contrastive, {}, BITS[:, :1], 2 * UNIT[:, :1]),
    "contrastiveMargin": (contrastive, {"margin": 0.4}, BITS[:, :1], UNIT[:, :1]),
    "contrastiveWide": (contrastive, {"margin": 1.5}, BITS, 3 * UNIT),
}
found = {name: own_case(*values) for name, values in OWN_CASES.items()}
keras.config.set_floatx("float32")
for name, (function, _, targets, predictions) in OWN_CASES.items():
    if function is ctc:
        given = keras.losses.CTC(reduction="none")(targets, predictions.astype(np.float32)).numpy()
        assert np.abs(given - found[name]["float64"]["perSample"]).max() < 1e-4, (name, given)


def keras_case(make, options, targets, predictions):
    """As losses.case; where Keras's gradient is no number it is left out."""
    made = case(make, options, targets, predictions)
    for precision in ("float64", "float32"):
        stored = made[precision]["gradientOfMean"]
        kind = {"f64": "<f8", "f32": "<f4"}[stored["dtype"]]
        if np.isnan(np.frombuffer(base64.b64decode(stored["base64"]), kind)).any():
            made[precision]["gradientOfMean"] = None
    made["options"] = {camel(key): camel(value) if isinstance(value, str) else value for key, value in options.items()}
    return made


write("losses-further", {
    "note": "Keras 3.15 but for ctc, triplet and contrastive, whose numbers are computed in the script; gradientOfMean is null where Keras's is NaN",
    "cases": {**{name: keras_case(*values) for name, values in KERAS_CASES.items()}, **found},
}, keras, tf)
