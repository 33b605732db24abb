"""Metrics of Keras that metric_cases.py lacks: counts, rates under a condition, IoU, losses as metrics, correlations, means; in float64."""

import keras
import tensorflow as tf

from common import np, tensor, uniform, units, write

keras.config.set_floatx("float64")
K = keras.metrics
ROWS, CLASSES = 20, 4


def binary(seed, decimals, pull):
    """Labels [n, 1] and scores [n, 1] that go with them; few decimals make ties."""
    labels = (units(seed, ROWS) > 0.1).astype(np.float64)
    scores = np.clip(0.5 + units(seed + 1, ROWS) + pull * (labels - 0.5), 0.0, 1.0)
    return labels.reshape(-1, 1), np.round(scores, decimals).reshape(-1, 1)


def softmaxed(seed, strength=1.5):
    """Class numbers and probabilities that go with them."""
    labels = np.floor((units(seed, ROWS) + 0.5) * CLASSES).astype(np.int32)
    logits = uniform(seed + 1, (ROWS, CLASSES), 2.0) + strength * np.eye(CLASSES)[labels]
    return labels, np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


PLAIN, TIES, STRONG = binary(70, 12, 0.4), binary(72, 1, 0.3), binary(74, 3, 0.8)
CLASSED = [softmaxed(80), softmaxed(82, 0.3), softmaxed(84, 3.0)]
HOT = [(np.eye(CLASSES)[labels], scores) for labels, scores in CLASSED]
GIVEN = [(labels.reshape(-1, 1), scores.argmax(axis=1).astype(np.float64).reshape(-1, 1)) for labels, scores in CLASSED]
VECTORS = [(truth, truth + uniform(seed + 1, truth.shape, 0.8)) for seed, truth in ((91, uniform(91, (ROWS, 5), 2.0)), (93, uniform(93, (ROWS, 3), 1.0, 2.0)))]
MAPS = (uniform(95, (ROWS, 3, 2), 2.0), uniform(96, (ROWS, 3, 2), 2.0))
COLUMN = (VECTORS[0][0][:, :1], VECTORS[0][1][:, :1])
POSITIVE = [(units(97, ROWS * 3).reshape(ROWS, 3) + 0.6, units(98, ROWS * 3).reshape(ROWS, 3) + 0.7), (PLAIN[0], PLAIN[1])]
SIGNS = (np.where(HOT[0][0] > 0, 1.0, -1.0), uniform(99, (ROWS, CLASSES), 2.0))
BITS = (HOT[1][0], uniform(100, (ROWS, CLASSES), 2.0))
ONE_SIGN = (2 * PLAIN[0] - 1, uniform(101, (ROWS, 1), 2.0))


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def case(kind, data, options, values):
    labels, predictions = data
    return {
        "kind": kind,
        "options": options,
        "labels": tensor(labels),
        "predictions": tensor(predictions),
        "values": [float(value) for value in np.atleast_1d(values)],
    }


def keras_case(kind, make, data, options=None):
    """A metric of Keras, all samples as one batch."""
    labels, predictions = data
    metric = make(**(options or {}), dtype="float64")
    metric.update_state(labels, predictions)
    named = {camel(key): camel(value) if isinstance(value, str) else value for key, value in (options or {}).items()}
    return case(kind, data, named, np.asarray(metric.result()).reshape(-1))


def each(kind, make, *cases):
    return [keras_case(kind, make, *one) if isinstance(one[0], tuple) else keras_case(kind, make, one) for one in cases]


def auc(data, **options):
    """Names of curves are in capitals, which camel would lower."""
    found = keras_case("auc", K.AUC, data, options)
    return {**found, "options": {camel(key): value for key, value in options.items()}}


def of_predictions(kind, make, data):
    metric = make(dtype="float64")
    metric.update_state(data[1])
    return case(kind, data, {}, float(metric.result()))


def wrapped(function, options, loss, data):
    metric = K.MeanMetricWrapper(function, dtype="float64", **options)
    metric.update_state(*data)
    return case("meanMetricWrapper", data, {"fn": {"fromLogits": False, "labelSmoothing": 0, **loss}}, float(metric.result()))


COUNTS = {"truePositives": K.TruePositives, "falsePositives": K.FalsePositives, "trueNegatives": K.TrueNegatives, "falseNegatives": K.FalseNegatives}
CASES = [
    *[
        one
        for kind, make in COUNTS.items()
        for one in each(kind, make, PLAIN, (TIES, {"thresholds": 0.3}), (HOT[0], {"thresholds": [0.2, 0.5, 0.7]}))
    ],
    *[
        one
        for kind, make in (("precision", K.Precision), ("recall", K.Recall))
        for one in each(
            kind, make,
            (HOT[0], {"top_k": 2}),
            (HOT[1], {"class_id": 1}),
            (HOT[1], {"top_k": 1, "class_id": 2}),
            (HOT[2], {"thresholds": [0.3, 0.6]}),
            (HOT[1], {"top_k": 3, "thresholds": 0.2}),
        )
    ],
    *each("specificityAtSensitivity", K.SpecificityAtSensitivity, (HOT[0], {"sensitivity": 0.7, "class_id": 1}), (PLAIN, {"sensitivity": 0.4, "num_thresholds": 1})),
    *each(
        "sensitivityAtSpecificity", K.SensitivityAtSpecificity,
        (PLAIN, {"specificity": 0.5}), (TIES, {"specificity": 0.8, "num_thresholds": 30}), (HOT[1], {"specificity": 0.6, "class_id": 0}), (STRONG, {"specificity": 1.0}),
    ),
    *each(
        "precisionAtRecall", K.PrecisionAtRecall,
        (PLAIN, {"recall": 0.5}), (TIES, {"recall": 0.8, "num_thresholds": 30}), (HOT[1], {"recall": 0.3}),
    ),
    *each(
        "recallAtPrecision", K.RecallAtPrecision,
        (PLAIN, {"precision": 0.5}), (TIES, {"precision": 0.6, "num_thresholds": 30}), (HOT[0], {"precision": 0.7, "class_id": 3}),
    ),
    *each(
        "fBetaScore", K.FBetaScore,
        (HOT[0], {"average": "macro", "beta": 2.0}), (HOT[1], {"average": "micro", "beta": 0.5}),
        (HOT[2], {"average": "weighted", "beta": 1.5, "threshold": 0.4}), (HOT[1], {"average": None, "beta": 3.0}),
    ),
    auc((HOT[0]), multi_label=True),
    auc((HOT[1]), multi_label=True, num_labels=CLASSES, label_weights=[0.5, 1.0, 2.0, 0.0], curve="PR"),
    auc(PLAIN, thresholds=[0.1, 0.35, 0.4, 0.8]),
    auc(TIES, thresholds=[0.3, 0.7], curve="PR", summation_method="minoring"),
    auc(PLAIN, curve="PRGAIN"),
    auc(HOT[2], curve="PRGAIN", num_thresholds=40, summation_method="majoring"),
    auc(HOT[1], label_weights=[0.5, 1.0, 2.0, 3.0], num_thresholds=50),
    *each(
        "iou", K.IoU,
        (GIVEN[0], {"num_classes": CLASSES, "target_class_ids": [0, 2]}),
        (GIVEN[1], {"num_classes": 6, "target_class_ids": [1, 5]}),
        (CLASSED[1], {"num_classes": CLASSES, "target_class_ids": [3], "sparse_y_pred": False}),
        (GIVEN[2], {"num_classes": CLASSES, "target_class_ids": [0, 1, 2], "ignore_class": 1}),
    ),
    *each(
        "meanIoU", K.MeanIoU,
        (GIVEN[0], {"num_classes": CLASSES}), (GIVEN[1], {"num_classes": 3}), (GIVEN[2], {"num_classes": 5, "ignore_class": 0}),
        (HOT[1], {"num_classes": CLASSES, "sparse_y_true": False, "sparse_y_pred": False}),
    ),
    *each(
        "oneHotIoU", K.OneHotIoU,
        (HOT[0], {"num_classes": CLASSES, "target_class_ids": [0, 2]}), (HOT[1], {"num_classes": CLASSES, "target_class_ids": [1]}),
        ((HOT[2][0], GIVEN[2][1]), {"num_classes": CLASSES, "target_class_ids": [0, 3], "sparse_y_pred": True}),
    ),
    *each(
        "oneHotMeanIoU", K.OneHotMeanIoU,
        (HOT[0], {"num_classes": CLASSES}), (HOT[1], {"num_classes": CLASSES, "ignore_class": 2}),
        ((HOT[2][0], GIVEN[2][1]), {"num_classes": CLASSES, "sparse_y_pred": True}),
    ),
    *each("binaryIoU", K.BinaryIoU, PLAIN, (TIES, {"threshold": 0.3}), (STRONG, {"target_class_ids": [1]})),
    *each("binaryCrossentropy", K.BinaryCrossentropy, PLAIN, (HOT[1], {"label_smoothing": 0.2}), (BITS, {"from_logits": True})),
    *each("categoricalCrossentropy", K.CategoricalCrossentropy, HOT[0], (HOT[1], {"label_smoothing": 0.3}), (BITS, {"from_logits": True})),
    *each("sparseCategoricalCrossentropy", K.SparseCategoricalCrossentropy, CLASSED[0], (CLASSED[1], {"ignore_class": 2}), ((CLASSED[2][0], BITS[1]), {"from_logits": True})),
    *each("klDivergence", K.KLDivergence, HOT[0], POSITIVE[0], (CLASSED[0][1], CLASSED[1][1])),
    *each("poisson", K.Poisson, POSITIVE[0], POSITIVE[1], HOT[1]),
    *[one for kind, make in (("hinge", K.Hinge), ("squaredHinge", K.SquaredHinge)) for one in each(kind, make, SIGNS, BITS, ONE_SIGN)],
    *each("categoricalHinge", K.CategoricalHinge, BITS, HOT[0], SIGNS),
    *each("meanAbsolutePercentageError", K.MeanAbsolutePercentageError, VECTORS[0], VECTORS[1], COLUMN),
    *each("meanSquaredLogarithmicError", K.MeanSquaredLogarithmicError, VECTORS[0], POSITIVE[0], COLUMN),
    *each("logCoshError", K.LogCoshError, VECTORS[0], VECTORS[1], COLUMN),
    *each("cosineSimilarity", K.CosineSimilarity, VECTORS[0], VECTORS[1], (MAPS, {"axis": 1}), (MAPS, {"axis": 2})),
    *each("pearsonCorrelation", K.PearsonCorrelation, VECTORS[0], VECTORS[1], (MAPS, {"axis": 1})),
    *each("concordanceCorrelation", K.ConcordanceCorrelation, VECTORS[0], VECTORS[1], (MAPS, {"axis": 1})),
    *each("r2Score", K.R2Score, (VECTORS[0], {"num_regressors": 3}), (COLUMN, {"num_regressors": 5}), (VECTORS[1], {"num_regressors": 2, "class_aggregation": None})),
    *[of_predictions("mean", K.Mean, data) for data in (PLAIN, VECTORS[0], MAPS)],
    *[of_predictions("sum", K.Sum, data) for data in (PLAIN, VECTORS[1], MAPS)],
    wrapped(keras.losses.huber, {"delta": 0.3}, {"kind": "huber", "delta": 0.3}, VECTORS[0]),
    wrapped(keras.losses.mean_absolute_error, {}, {"kind": "meanAbsoluteError"}, VECTORS[1]),
    wrapped(keras.losses.binary_focal_crossentropy, {"gamma": 1.5}, {"kind": "binaryFocalCrossentropy", "gamma": 1.5}, PLAIN),
]

write("metric-cases-further", {
    "note": "values: what the metric gives, in the order of its names",
    "cases": CASES,
}, keras, tf)
