"""Losses: value per sample and batch mean, and the gradient of the mean, in float64 and float32.

What losses_further.py shares: `case` and the rows of numbers.
"""

import keras
import tensorflow as tf

from common import np, tensor, uniform, write

L = keras.losses
ROWS, CLASSES = 6, 4


def probabilities(seed, extreme):
    """Rows that sum to 1; `extreme` puts an exact 0 and 1 into the first."""
    raw = uniform(seed, (ROWS, CLASSES), 0.5, 0.55)
    rows = raw / raw.sum(axis=1, keepdims=True)
    if extreme:
        rows[0] = [1.0, 0.0, 0.0, 0.0]
        rows[1] = [0.0, 1.0, 0.0, 0.0]
    return rows


CLASS_INDEX = np.array([1, 1, 0, 3, 2, 0])
ONE_HOT = np.eye(CLASSES)[CLASS_INDEX]
BITS = (uniform(40, (ROWS, CLASSES)) > 0).astype(np.float64)
LOGITS = uniform(41, (ROWS, CLASSES), 6.0)
LOGITS[0, :2] = [40.0, -60.0]
UNIT = uniform(42, (ROWS, CLASSES), 0.49, 0.5)
CLIPPED = UNIT.copy()
CLIPPED[0] = [0.0, 1.0, 1e-9, 1.0 - 1e-9]
TARGETS = uniform(43, (ROWS, CLASSES), 2.0)
SIGNS = np.where(BITS > 0, 1.0, -1.0)
SOFT = probabilities(44, False)

# name: (loss, options, targets, predictions)
CASES = {
    "meanSquaredError": (L.MeanSquaredError, {}, TARGETS, LOGITS),
    "meanSquaredErrorOneUnit": (L.MeanSquaredError, {}, TARGETS[:, :1], UNIT[:, :1]),
    "meanSquaredErrorUnit": (L.MeanSquaredError, {}, SOFT, UNIT),
    "meanAbsoluteError": (L.MeanAbsoluteError, {}, TARGETS, LOGITS),
    "meanAbsoluteErrorOneUnit": (L.MeanAbsoluteError, {}, TARGETS[:, :1], UNIT[:, :1]),
    "meanAbsoluteErrorUnit": (L.MeanAbsoluteError, {}, SOFT, UNIT),
    "meanAbsolutePercentageError": (L.MeanAbsolutePercentageError, {}, TARGETS, LOGITS),
    "meanAbsolutePercentageErrorZeros": (L.MeanAbsolutePercentageError, {}, BITS, UNIT),
    "meanAbsolutePercentageErrorOneUnit": (L.MeanAbsolutePercentageError, {}, TARGETS[:, :1], UNIT[:, :1]),
    "meanSquaredLogarithmicError": (L.MeanSquaredLogarithmicError, {}, UNIT, SOFT),
    "meanSquaredLogarithmicErrorNegative": (L.MeanSquaredLogarithmicError, {}, TARGETS, LOGITS),
    "meanSquaredLogarithmicErrorOneUnit": (L.MeanSquaredLogarithmicError, {}, UNIT[:, :1], SOFT[:, :1]),
    "huber": (L.Huber, {"delta": 1.5}, TARGETS, LOGITS),
    "huberDefault": (L.Huber, {}, TARGETS, UNIT),
    "huberSmall": (L.Huber, {"delta": 0.2}, SOFT, UNIT),
    "logCosh": (L.LogCosh, {}, TARGETS, LOGITS),
    "logCoshUnit": (L.LogCosh, {}, SOFT, UNIT),
    "logCoshOneUnit": (L.LogCosh, {}, TARGETS[:, :1], UNIT[:, :1]),
    "cosineSimilarity": (L.CosineSimilarity, {}, TARGETS, LOGITS),
    "cosineSimilarityUnit": (L.CosineSimilarity, {"axis": 1}, SOFT, UNIT),
    "cosineSimilarityAxis": (L.CosineSimilarity, {"axis": 1}, TARGETS[..., None], UNIT[..., None]),
    "binaryCrossentropyLogits": (L.BinaryCrossentropy, {"from_logits": True}, BITS, LOGITS),
    "binaryCrossentropy": (L.BinaryCrossentropy, {}, BITS, UNIT),
    "binaryCrossentropyClipped": (L.BinaryCrossentropy, {}, BITS, CLIPPED),
    "binaryCrossentropySoftTargets": (L.BinaryCrossentropy, {"from_logits": True}, SOFT, LOGITS),
    "binaryCrossentropyOneUnit": (L.BinaryCrossentropy, {"from_logits": True}, BITS[:, :1], LOGITS[:, :1]),
    "binaryCrossentropySmoothed": (L.BinaryCrossentropy, {"label_smoothing": 0.2}, BITS, UNIT),
    "binaryFocalCrossentropy": (L.BinaryFocalCrossentropy, {"gamma": 2.0}, BITS, UNIT),
    "binaryFocalCrossentropyBalanced": (
        L.BinaryFocalCrossentropy,
        {"apply_class_balancing": True, "alpha": 0.7, "gamma": 1.5},
        BITS,
        UNIT,
    ),
    "binaryFocalCrossentropyLogits": (
        L.BinaryFocalCrossentropy,
        {"from_logits": True, "label_smoothing": 0.1},
        BITS,
        uniform(46, (ROWS, CLASSES), 4.0),
    ),
    "binaryFocalCrossentropyClipped": (L.BinaryFocalCrossentropy, {"gamma": 3.0}, BITS, CLIPPED),
    "categoricalCrossentropyLogits": (L.CategoricalCrossentropy, {"from_logits": True}, ONE_HOT, LOGITS),
    "categoricalCrossentropy": (L.CategoricalCrossentropy, {}, ONE_HOT, probabilities(45, False)),
    "categoricalCrossentropyClipped": (L.CategoricalCrossentropy, {}, ONE_HOT, probabilities(45, True)),
    "categoricalCrossentropyNotNormalized": (L.CategoricalCrossentropy, {}, ONE_HOT, UNIT),
    "categoricalCrossentropySoftTargets": (L.CategoricalCrossentropy, {"from_logits": True}, SOFT, LOGITS),
    "categoricalFocalCrossentropy": (L.CategoricalFocalCrossentropy, {"gamma": 2.0}, ONE_HOT, probabilities(45, False)),
    "categoricalFocalCrossentropySmoothed": (
        L.CategoricalFocalCrossentropy,
        {"label_smoothing": 0.2, "alpha": 0.6, "gamma": 1.0},
        ONE_HOT,
        UNIT,
    ),
    "categoricalFocalCrossentropyLogits": (
        L.CategoricalFocalCrossentropy,
        {"from_logits": True, "gamma": 2.5},
        ONE_HOT,
        uniform(46, (ROWS, CLASSES), 4.0),
    ),
    "categoricalCrossentropySmoothed": (L.CategoricalCrossentropy, {"label_smoothing": 0.3}, ONE_HOT, SOFT),
    "sparseCategoricalCrossentropyLogits": (L.SparseCategoricalCrossentropy, {"from_logits": True}, CLASS_INDEX, LOGITS),
    "sparseCategoricalCrossentropy": (L.SparseCategoricalCrossentropy, {}, CLASS_INDEX, probabilities(45, False)),
    "sparseCategoricalCrossentropyClipped": (L.SparseCategoricalCrossentropy, {}, CLASS_INDEX, probabilities(45, True)),
    "klDivergence": (L.KLDivergence, {}, SOFT, probabilities(45, False)),
    "klDivergenceClipped": (L.KLDivergence, {}, ONE_HOT, CLIPPED),
    "klDivergenceNotNormalized": (L.KLDivergence, {}, UNIT, CLIPPED),
    "poisson": (L.Poisson, {}, UNIT, SOFT),
    "poissonCounts": (L.Poisson, {}, np.floor(5 * UNIT), 4 * UNIT),
    "poissonOneUnit": (L.Poisson, {}, UNIT[:, :1], SOFT[:, :1]),
    "hinge": (L.Hinge, {}, SIGNS, LOGITS),
    "hingeBits": (L.Hinge, {}, BITS, LOGITS),
    "hingeSoft": (L.Hinge, {}, TARGETS, UNIT),
    "squaredHinge": (L.SquaredHinge, {}, SIGNS, LOGITS),
    "squaredHingeBits": (L.SquaredHinge, {}, BITS, UNIT),
    "squaredHingeOneUnit": (L.SquaredHinge, {}, SIGNS[:, :1], UNIT[:, :1]),
    "categoricalHinge": (L.CategoricalHinge, {}, ONE_HOT, LOGITS),
    "categoricalHingeUnit": (L.CategoricalHinge, {}, ONE_HOT, UNIT),
    "categoricalHingeSigns": (L.CategoricalHinge, {}, SIGNS, LOGITS),
}
WEIGHTS = np.array([1.0, 0.5, 2.0, 0.0, 1.5, 3.0])


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def result(make, options, targets, predictions, dtype):
    """Per sample (reduction "none"), mean, weighted mean, gradient of the mean."""
    keras.config.set_floatx(dtype)
    y = tf.constant(targets if targets.dtype.kind == "i" else targets.astype(dtype))
    p = tf.Variable(predictions.astype(dtype))
    with tf.GradientTape() as tape:
        mean = make(**options)(y, p)
    return {
        "perSample": make(**{**options, "reduction": "none"})(y, p).numpy().astype(np.float64).reshape(-1).tolist(),
        "mean": float(mean),
        "weightedMean": float(make(**options)(y, p, sample_weight=tf.constant(WEIGHTS.astype(dtype)))),
        "gradientOfMean": tensor(tape.gradient(mean, p).numpy()),
    }


def case(make, options, targets, predictions):
    stored = targets.astype(np.int32) if targets.dtype.kind == "i" else targets
    return {
        "options": {camel(key): value for key, value in options.items()},
        "targets": tensor(stored),
        "predictions": tensor(predictions),
        "sampleWeights": WEIGHTS.tolist(),
        "float64": result(make, options, targets, predictions, "float64"),
        "float32": result(make, options, targets, predictions, "float32"),
    }


if __name__ == "__main__":
    write("losses", {
        "note": "predictions are probabilities unless fromLogits; the float32 run rounds targets, predictions and weights once. "
        "Keras clips probabilities to [1e-7, 1 - 1e-7]; categorical ones are first divided by their row's sum.",
        "cases": {name: case(*values) for name, values in CASES.items()},
    }, keras, tf)
