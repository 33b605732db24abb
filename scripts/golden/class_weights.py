"""scikit-learn's balanced class weights."""

import sklearn
from sklearn.utils.class_weight import compute_class_weight

from common import np, write

LABELS = {
    "even": [0, 1, 0, 1],
    "uneven": [0] * 7 + [1] * 2,
    "three": [2, 0, 2, 2, 1, 2, 0, 2],
    "oneMissing": [0, 3, 3, 0, 3],
    "oneClass": [1, 1, 1],
}


def weights(labels):
    classes = np.unique(labels)
    return {str(c): w for c, w in zip(classes.tolist(), compute_class_weight("balanced", classes=classes, y=labels).tolist())}


write("class-weights", {"cases": {name: {"labels": labels, "weights": weights(labels)} for name, labels in LABELS.items()}}, sklearn)
