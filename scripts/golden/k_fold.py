"""Sizes of scikit-learn's stratified folds. Writes test/golden/k-fold.json.

Each case has the labels of samples and, for each fold, how many of each class its test part holds.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.model_selection import StratifiedKFold

labels_of = [
    [0] * 10 + [1] * 10,
    [0] * 7 + [1] * 11,
    [0] * 5 + [1] * 6 + [2] * 7,
    [1] * 9 + [0] * 8 + [2] * 13,
    [0, 1, 2] * 7 + [2, 2, 1, 0],
    [2] * 23 + [0] * 5 + [1] * 31,
]
cases = []
for labels in labels_of:
    for folds in (2, 3, 5):
        y = np.array(labels)
        splits = StratifiedKFold(folds, shuffle=True, random_state=1).split(np.zeros(len(y)), y)
        counts = [np.bincount(y[test], minlength=y.max() + 1).tolist() for _, test in splits]
        cases.append({"labels": labels, "folds": folds, "counts": counts})
path = Path(__file__).parents[2] / "test" / "golden" / "k-fold.json"
path.write_text(json.dumps({"versions": {"scikit-learn": sklearn.__version__}, "cases": cases}) + "\n")
