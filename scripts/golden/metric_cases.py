"""Every metric by name, at least three configurations each: Keras where it has the metric, else scikit-learn; in float64."""

import keras
import sklearn
import sklearn.metrics as M
import tensorflow as tf

from common import np, tensor, uniform, units, write

keras.config.set_floatx("float64")
K = keras.metrics
ROWS, CLASSES = 45, 4


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
# Scores in tenths, so that several classes tie; the k-th place is shared.
TIED = (CLASSED[1][0], np.round(CLASSED[1][1], 1))
# A mean far from 0 is where sums of squares lose their digits.
NUMBERS = [
    (truth, truth + uniform(seed + 1, truth.shape, 0.7))
    for seed, truth in ((61, uniform(61, (ROWS, 1), 3.0)), (63, uniform(63, (ROWS, 1), 2.0, 500.0)), (65, uniform(65, (ROWS, 3), 2.0)))
]


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def keras_case(kind, make, data, options=None):
    """A metric of Keras, all samples as one batch."""
    labels, predictions = data
    if "topK" in kind or "TopK" in kind:
        predictions = predictions.astype(np.float32)  # tf.math.in_top_k takes no other
    metric = make(**(options or {}), dtype="float64")
    metric.update_state(labels, predictions)
    named = {camel(key): camel(value) if isinstance(value, str) else value for key, value in (options or {}).items()}
    return case(kind, data, named, np.asarray(metric.result()).reshape(-1))


def case(kind, data, options, values):
    labels, predictions = data
    return {
        "kind": kind,
        "options": options,
        "labels": tensor(labels),
        "predictions": tensor(predictions),
        "values": [float(value) for value in np.atleast_1d(values)],
    }


def answers(data, threshold=0.5):
    labels, scores = data
    if scores.shape[1] == 1:
        return labels.reshape(-1).astype(int), (scores.reshape(-1) > threshold).astype(int)
    return (labels if labels.ndim == 1 else labels.argmax(axis=1)), scores.argmax(axis=1)


def classified(kind, score, data, options=None, threshold=0.5, **own):
    """A metric of scikit-learn on the classes given."""
    return case(kind, data, options or {}, score(*answers(data, threshold), **own))


def log_loss(data):
    labels, scores = data
    if scores.shape[1] == 1:
        return case("logLoss", data, {}, M.log_loss(labels.reshape(-1), np.clip(scores.reshape(-1), 1e-7, 1 - 1e-7), labels=[0, 1]))
    return case("logLoss", data, {}, M.log_loss(answers(data)[0], scores, labels=list(range(CLASSES))))


def confusion(data, classes):
    truth, guess = answers(data)
    return case("confusionMatrix", data, {}, M.confusion_matrix(truth, guess, labels=list(range(classes))).reshape(-1))


def f1(data, average, threshold=None):
    options = {"average": average, **({} if threshold is None else {"threshold": threshold})}
    metric = K.F1Score(average=average, threshold=threshold, dtype="float64")
    labels, scores = data
    metric.update_state(labels, scores)
    return case("f1Score", data, options, np.asarray(metric.result()).reshape(-1))


def specificity(data, threshold=0.5):
    truth, guess = answers(data, threshold)
    options = {} if threshold == 0.5 else {"thresholds": threshold}
    return case("specificity", data, options, M.recall_score(truth, guess, pos_label=0, zero_division=0))


def auc(data, **options):
    found = keras_case("auc", K.AUC, data, options)
    return {**found, "options": {camel(key): value for key, value in options.items()}}


def accuracy(kind):
    return [
        keras_case(kind, K.BinaryAccuracy, PLAIN),
        keras_case(kind, K.SparseCategoricalAccuracy, CLASSED[0]),
        keras_case(kind, K.CategoricalAccuracy, HOT[1]),
    ]


CASES = [
    *accuracy("accuracy"),
    *accuracy("acc"),
    keras_case("binaryAccuracy", K.BinaryAccuracy, PLAIN),
    keras_case("binaryAccuracy", K.BinaryAccuracy, TIES, {"threshold": 0.3}),
    keras_case("binaryAccuracy", K.BinaryAccuracy, HOT[0], {"threshold": 0.6}),
    *(keras_case("categoricalAccuracy", K.CategoricalAccuracy, data) for data in HOT),
    *(keras_case("sparseCategoricalAccuracy", K.SparseCategoricalAccuracy, data) for data in CLASSED),
    *(
        keras_case(kind, make, data, options)
        for kind, make in (("precision", K.Precision), ("recall", K.Recall))
        for data, options in ((PLAIN, {}), (TIES, {"thresholds": 0.3}), (HOT[0], {"thresholds": 0.4}))
    ),
    f1(PLAIN, "macro", 0.5),
    f1(HOT[0], "macro"),
    f1(HOT[1], "micro"),
    f1(HOT[2], "weighted", 0.4),
    f1(HOT[1], None),
    auc(PLAIN),
    auc(TIES, num_thresholds=50, summation_method="majoring"),
    auc(PLAIN, curve="PR"),
    auc(STRONG, curve="PR", num_thresholds=31),
    auc(HOT[0], curve="PR", summation_method="minoring"),
    confusion(PLAIN, 2),
    confusion(CLASSED[0], CLASSES),
    confusion(HOT[1], CLASSES),
    keras_case("topKCategoricalAccuracy", K.TopKCategoricalAccuracy, HOT[0], {"k": 2}),
    keras_case("topKCategoricalAccuracy", K.TopKCategoricalAccuracy, HOT[1], {"k": 3}),
    keras_case("topKCategoricalAccuracy", K.TopKCategoricalAccuracy, HOT[2], {"k": 1}),
    keras_case("topKCategoricalAccuracy", K.TopKCategoricalAccuracy, HOT[2]),
    keras_case("sparseTopKCategoricalAccuracy", K.SparseTopKCategoricalAccuracy, CLASSED[0], {"k": 2}),
    keras_case("sparseTopKCategoricalAccuracy", K.SparseTopKCategoricalAccuracy, CLASSED[1], {"k": 3}),
    keras_case("sparseTopKCategoricalAccuracy", K.SparseTopKCategoricalAccuracy, TIED, {"k": 2}),
    specificity(PLAIN),
    specificity(TIES, 0.3),
    specificity(STRONG, 0.7),
    keras_case("specificityAtSensitivity", K.SpecificityAtSensitivity, PLAIN, {"sensitivity": 0.5}),
    keras_case("specificityAtSensitivity", K.SpecificityAtSensitivity, STRONG, {"sensitivity": 0.9}),
    keras_case("specificityAtSensitivity", K.SpecificityAtSensitivity, TIES, {"sensitivity": 0.8, "num_thresholds": 30}),
    keras_case("specificityAtSensitivity", K.SpecificityAtSensitivity, PLAIN, {"sensitivity": 1.0, "num_thresholds": 5}),
    classified("matthewsCorrelation", M.matthews_corrcoef, PLAIN),
    classified("matthewsCorrelation", M.matthews_corrcoef, TIES, {"threshold": 0.3}, 0.3),
    classified("matthewsCorrelation", M.matthews_corrcoef, CLASSED[0]),
    classified("matthewsCorrelation", M.matthews_corrcoef, HOT[1]),
    classified("cohenKappa", M.cohen_kappa_score, STRONG),
    classified("cohenKappa", M.cohen_kappa_score, TIES, {"threshold": 0.3}, 0.3),
    classified("cohenKappa", M.cohen_kappa_score, CLASSED[1]),
    classified("cohenKappa", M.cohen_kappa_score, CLASSED[0], {"weights": "linear"}, weights="linear"),
    classified("cohenKappa", M.cohen_kappa_score, HOT[2], {"weights": "quadratic"}, weights="quadratic"),
    *map(log_loss, (PLAIN, TIES, CLASSED[0], HOT[1])),
    *(
        keras_case(kind, make, data)
        for kind, make in (
            ("meanAbsoluteError", K.MeanAbsoluteError),
            ("meanSquaredError", K.MeanSquaredError),
            ("rootMeanSquaredError", K.RootMeanSquaredError),
        )
        for data in NUMBERS
    ),
    *(keras_case("r2Score", K.R2Score, data) for data in NUMBERS),
    keras_case("r2Score", K.R2Score, NUMBERS[2], {"class_aggregation": "variance_weighted_average"}),
    keras_case("r2Score", K.R2Score, NUMBERS[2], {"class_aggregation": None}),
]

write("metric-cases", {
    "note": "values: what the metric gives, in the order of its names; binary log loss: scores clipped to [1e-7, 1 - 1e-7] first",
    "cases": CASES,
}, keras, sklearn, tf)
