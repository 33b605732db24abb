"""Temperatures by scipy's minimiser, best thresholds by scikit-learn's curves, expected calibration error by numpy; in float64."""

import scipy
import sklearn
import sklearn.metrics as M
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from common import np, tensor, uniform, units, write

ROWS = 120


def labels_of(seed, probabilities):
    """A class drawn for each row by its probabilities."""
    chance = units(seed, len(probabilities)) + 0.5
    return (chance.reshape(-1, 1) > probabilities.cumsum(axis=1)).sum(axis=1).clip(0, probabilities.shape[1] - 1)


def two_columns(logits):
    return np.concatenate([np.zeros_like(logits), logits], axis=1)


def negative_log_likelihood(logits, labels, temperature):
    return float(-log_softmax(logits / temperature, axis=1)[np.arange(len(labels)), labels].mean())


def error(probabilities, labels, bins=15):
    """The largest probability against the share of right answers."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    edges = np.linspace(0, 1, bins + 1)
    total = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            total += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    return total


def case(seed, columns, strength):
    """Logits `strength` times as large as those that the labels were drawn by."""
    honest = uniform(seed, (ROWS, columns), 2.5)
    wide = two_columns(honest) if columns == 1 else honest
    labels = labels_of(seed + 1, softmax(wide, axis=1))
    logits = wide * strength
    found = minimize_scalar(
        lambda log: negative_log_likelihood(logits, labels, np.exp(log)), bounds=(-4, 4), method="bounded", options={"xatol": 1e-10}
    )
    temperature = float(np.exp(found.x))
    result = {
        "activation": "sigmoid" if columns == 1 else "softmax",
        "logits": tensor(honest * strength),
        "labels": labels.tolist(),
        "temperature": temperature,
        "before": {"logLoss": negative_log_likelihood(logits, labels, 1.0), "error": error(softmax(logits, axis=1), labels)},
        "after": {
            "logLoss": negative_log_likelihood(logits, labels, temperature),
            "error": error(softmax(logits / temperature, axis=1), labels),
        },
    }
    if columns > 2:
        return result
    scores = softmax(logits, axis=1)[:, 1]
    precision, recall, _ = M.precision_recall_curve(labels, scores)
    false_positives, true_positives, _ = M.roc_curve(labels, scores, drop_intermediate=False)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-300)
    return {**result, "bestF1": float(f1.max()), "bestYouden": float((true_positives - false_positives).max())}


write("calibration", {
    "cases": {
        "sigmoidTooSure": case(1, 1, 3.0),
        "sigmoidTooShy": case(3, 1, 0.3),
        "sigmoidHonest": case(5, 1, 1.0),
        "softmaxTwo": case(7, 2, 2.0),
        "softmaxTooSure": case(9, 4, 4.0),
        "softmaxTooShy": case(11, 3, 0.4),
    },
}, scipy, sklearn)
