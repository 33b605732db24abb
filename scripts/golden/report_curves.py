"""ROC and precision-recall curves, average precision and calibration of fixed scores with ties, by scikit-learn."""

import sklearn
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_curve

from common import np, units, write


def case(seed, size, digits):
    """Scores of two overlapping classes, rounded so that some are equal."""
    labels = (units(seed, size) > 0.1).astype(int)
    scores = np.round(np.clip(units(seed + 1, size) * 0.8 + 0.35 + 0.3 * labels, 0, 1), digits)
    false_positive, true_positive, _ = roc_curve(labels, scores, drop_intermediate=False)
    precision, recall, _ = precision_recall_curve(labels, scores)
    # Off the borders of the bins: there, rounding decides.
    confidence = np.clip(scores, 0.001, 0.999) * 0.98 + 0.013
    accuracies, means = calibration_curve(labels, confidence, n_bins=10, strategy="uniform")
    bins = np.minimum(9, np.floor(confidence * 10).astype(int))
    counts = np.bincount(bins, minlength=10)
    counts = counts[counts > 0]
    return {
        "labels": labels.tolist(),
        "scores": scores.tolist(),
        "falsePositiveRates": false_positive.tolist(),
        "truePositiveRates": true_positive.tolist(),
        # From the highest score down, without the point (0, 1).
        "precisions": precision[::-1][1:].tolist(),
        "recalls": recall[::-1][1:].tolist(),
        "averagePrecision": float(average_precision_score(labels, scores)),
        "confidences": confidence.tolist(),
        "binAccuracies": accuracies.tolist(),
        "binConfidences": means.tolist(),
        "binCounts": counts.tolist(),
        "expectedCalibrationError": float(np.sum(np.abs(accuracies - means) * counts) / size),
    }


cases = [case(11, 40, 1), case(21, 60, 2), case(31, 12, 1)]
write("report-curves", {"cases": cases}, sklearn)
