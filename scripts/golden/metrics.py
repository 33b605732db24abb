"""Metrics on fixed predictions with ties: scikit-learn's accuracy, precision, recall, F1, exact ROC AUC, confusion matrix; Keras's AUC by thresholds.

Also what the product needs later from scikit-learn: kappa, Matthews, log loss, average precision, balanced accuracy.
"""

import warnings

import keras
import sklearn
import sklearn.metrics as M
import tensorflow as tf

from common import np, tensor, uniform, units, write

keras.config.set_floatx("float64")
warnings.filterwarnings("ignore", category=sklearn.exceptions.UndefinedMetricWarning)


def keras_auc(labels, scores, **options):
    metric = keras.metrics.AUC(**options, dtype="float64")
    metric.update_state(labels, scores)
    return float(metric.result())


def binary(labels, scores, threshold=0.5):
    """Binary metrics; a sample is positive when its score is above the threshold."""
    guess = (scores > threshold).astype(int)
    one_class = len(set(labels.tolist())) < 2
    return {
        "labels": labels.tolist(),
        "scores": tensor(scores),
        "threshold": threshold,
        "accuracy": M.accuracy_score(labels, guess),
        "balancedAccuracy": None if one_class else M.balanced_accuracy_score(labels, guess),
        "precision": M.precision_score(labels, guess, zero_division=0),
        "recall": M.recall_score(labels, guess, zero_division=0),
        "f1": M.f1_score(labels, guess, zero_division=0),
        "auc": None if one_class else M.roc_auc_score(labels, scores),
        "averagePrecision": None if one_class else M.average_precision_score(labels, scores),
        "logLoss": M.log_loss(labels, np.clip(scores, 1e-7, 1 - 1e-7), labels=[0, 1]),
        "matthews": M.matthews_corrcoef(labels, guess),
        "kappa": None if one_class else M.cohen_kappa_score(labels, guess),
        "confusion": M.confusion_matrix(labels, guess, labels=[0, 1]).tolist(),
        "keras": {
            "binaryAccuracy": float(keras.metrics.BinaryAccuracy(threshold=threshold, dtype="float64")(labels, scores)),
            "precision": float(keras.metrics.Precision(threshold, dtype="float64")(labels, scores)),
            "recall": float(keras.metrics.Recall(threshold, dtype="float64")(labels, scores)),
            "auc200": keras_auc(labels, scores, num_thresholds=200),
            "auc50Minoring": keras_auc(labels, scores, num_thresholds=50, summation_method="minoring"),
            "auc50Majoring": keras_auc(labels, scores, num_thresholds=50, summation_method="majoring"),
            "auc200PrecisionRecall": keras_auc(labels, scores, num_thresholds=200, curve="PR"),
        },
    }


def multiclass(labels, scores):
    """Multi-class metrics; the guess is the first largest score."""
    classes = scores.shape[1]
    guess = scores.argmax(axis=1)
    names = list(range(classes))
    precision, recall, f1, support = M.precision_recall_fscore_support(labels, guess, labels=names, zero_division=0)
    average = {
        kind: dict(zip(("precision", "recall", "f1"), map(float, M.precision_recall_fscore_support(labels, guess, labels=names, average=kind, zero_division=0)[:3])))
        for kind in ("macro", "micro", "weighted")
    }
    per_class = [M.roc_auc_score(labels == c, scores[:, c]) for c in names]
    assert abs(np.mean(per_class) - M.roc_auc_score(labels, scores, multi_class="ovr", average="macro", labels=names)) < 1e-12
    one_hot = np.eye(classes)[labels]
    return {
        "labels": labels.tolist(),
        "scores": tensor(scores),
        "accuracy": M.accuracy_score(labels, guess),
        "balancedAccuracy": M.balanced_accuracy_score(labels, guess),
        "top2Accuracy": float(keras.metrics.SparseTopKCategoricalAccuracy(2)(labels, scores.astype(np.float32))),
        "perClass": {"precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(), "support": support.tolist(), "auc": list(map(float, per_class))},
        **average,
        "aucMacroOneAgainstRest": float(np.mean(per_class)),
        "averagePrecisionMacro": float(M.average_precision_score(one_hot, scores)),
        "logLoss": M.log_loss(labels, scores, labels=names),
        "matthews": M.matthews_corrcoef(labels, guess),
        "kappa": M.cohen_kappa_score(labels, guess),
        "confusion": M.confusion_matrix(labels, guess, labels=names).tolist(),
        "keras": {
            "categoricalAccuracy": float(keras.metrics.CategoricalAccuracy(dtype="float64")(one_hot, scores)),
            "sparseCategoricalAccuracy": float(keras.metrics.SparseCategoricalAccuracy(dtype="float64")(labels, scores)),
            "auc200MultiLabel": keras_auc(one_hot, scores, num_thresholds=200, multi_label=True),
            "precision": float(keras.metrics.Precision(dtype="float64")(one_hot, scores)),
            "recall": float(keras.metrics.Recall(dtype="float64")(one_hot, scores)),
        },
    }


def regression():
    truth = uniform(61, (40,), 3.0)
    guess = truth + uniform(62, (40,), 0.7)
    return {
        "targets": tensor(truth),
        "predictions": tensor(guess),
        "meanSquaredError": M.mean_squared_error(truth, guess),
        "rootMeanSquaredError": M.root_mean_squared_error(truth, guess),
        "meanAbsoluteError": M.mean_absolute_error(truth, guess),
        "medianAbsoluteError": M.median_absolute_error(truth, guess),
        "r2": M.r2_score(truth, guess),
        "explainedVariance": M.explained_variance_score(truth, guess),
    }


def scored(seed, size, decimals, pull):
    """Labels and scores that go with them; few decimals make ties."""
    labels = (units(seed, size) > 0.1).astype(int)
    scores = np.clip(0.5 + units(seed + 1, size) + pull * (labels - 0.5), 0.0, 1.0)
    return labels, np.round(scores, decimals)


def softmaxed(seed, size, classes, decimals):
    labels = np.floor((units(seed, size) + 0.5) * classes).astype(int)
    logits = uniform(seed + 1, (size, classes), 2.0) + 1.5 * np.eye(classes)[labels]
    scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    if decimals is None:
        return labels, scores
    # Scores cut to few decimals that still sum to 1: the last takes the rest.
    scores = np.floor(scores * 10**decimals) / 10**decimals
    scores[:, -1] = np.round(1.0 - scores[:, :-1].sum(axis=1), decimals)
    return labels, scores


write("metrics", {
    "note": "precision, recall and f1 are 0 where scikit-learn would divide by 0; auc is exact (ties count half); null: not defined with one class; "
    "logLoss of binary scores: clipped to [1e-7, 1 - 1e-7] first",
    "binary": {
        "plain": binary(*scored(70, 200, 12, 0.4)),
        "ties": binary(*scored(72, 300, 1, 0.3)),
        "atThreshold": binary(np.array([0, 1, 0, 1, 1]), np.array([0.5, 0.5, 0.49, 0.51, 0.5])),
        "allEqual": binary(np.array([0, 1, 1, 0, 1]), np.full(5, 0.7)),
        "perfect": binary(np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.8, 0.9])),
        "reversed": binary(np.array([1, 1, 0, 0]), np.array([0.1, 0.2, 0.8, 0.9])),
        "onlyPositives": binary(np.ones(4, dtype=int), np.array([0.1, 0.6, 0.7, 0.9])),
        "onlyNegatives": binary(np.zeros(4, dtype=int), np.array([0.1, 0.6, 0.7, 0.9])),
        "neverGuessed": binary(np.array([0, 1, 1]), np.array([0.1, 0.2, 0.3])),
        "thresholdLow": binary(*scored(74, 60, 2, 0.5), threshold=0.3),
    },
    "multiclass": {
        "three": multiclass(*softmaxed(80, 150, 3, None)),
        "fiveWithTies": multiclass(*softmaxed(82, 200, 5, 1)),
    },
    "regression": {"plain": regression()},
}, keras, sklearn, tf)
