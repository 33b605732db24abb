"""Keras's metrics with sample weights over two batches; weighted_metrics of compile in fit and evaluate; stateful layers in evaluate. In float64."""

import keras
import tensorflow as tf

from common import exact, np, tensor, uniform, units, write

keras.config.set_floatx("float64")
K = keras.metrics
ROWS, FIRST, CLASSES = 24, 10, 3
WEIGHTS = np.round((units(7, ROWS) + 0.5) * 8) / 4
CLASS = np.floor((units(11, ROWS) + 0.5) * CLASSES).astype(np.int32)
LOGITS = uniform(12, (ROWS, CLASSES), 2.0) + np.eye(CLASSES)[CLASS]
CLASSED = (CLASS, np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True))
HOT = (np.eye(CLASSES)[CLASS], CLASSED[1])
TRUTH = (units(13, ROWS) > 0).astype(np.float64).reshape(-1, 1)
BINARY = (TRUTH, np.round(np.clip(0.5 + units(14, ROWS).reshape(-1, 1) * 0.8 + 0.3 * (TRUTH - 0.5), 0.001, 0.999), 3))
NUMBERS = (uniform(15, (ROWS, 2), 3.0), uniform(16, (ROWS, 2), 3.0))
POSITIVE = (np.abs(NUMBERS[0]) + 0.1, np.abs(NUMBERS[1]) + 0.1)
GUESSED = (CLASS.astype(np.float64).reshape(-1, 1), np.argmax(CLASSED[1], axis=1).astype(np.float64).reshape(-1, 1))

# (kind, class, data, options)
CASES = [
    ("binaryAccuracy", K.BinaryAccuracy, BINARY, {}), ("categoricalAccuracy", K.CategoricalAccuracy, HOT, {}),
    ("sparseCategoricalAccuracy", K.SparseCategoricalAccuracy, CLASSED, {}), ("topKCategoricalAccuracy", K.TopKCategoricalAccuracy, HOT, {"k": 2}),
    ("sparseTopKCategoricalAccuracy", K.SparseTopKCategoricalAccuracy, CLASSED, {"k": 2}),
    ("precision", K.Precision, BINARY, {}), ("precision", K.Precision, HOT, {"class_id": 1}), ("precision", K.Precision, HOT, {"top_k": 2}),
    ("recall", K.Recall, BINARY, {"thresholds": 0.4}), ("recall", K.Recall, HOT, {}),
    ("truePositives", K.TruePositives, BINARY, {}), ("falsePositives", K.FalsePositives, BINARY, {}), ("trueNegatives", K.TrueNegatives, HOT, {}),
    ("falseNegatives", K.FalseNegatives, BINARY, {"thresholds": 0.6}),
    ("auc", K.AUC, BINARY, {}), ("auc", K.AUC, BINARY, {"curve": "PR", "num_thresholds": 20}), ("auc", K.AUC, HOT, {"multi_label": True}),
    ("specificityAtSensitivity", K.SpecificityAtSensitivity, BINARY, {"sensitivity": 0.6}), ("sensitivityAtSpecificity", K.SensitivityAtSpecificity, BINARY, {"specificity": 0.4}),
    ("precisionAtRecall", K.PrecisionAtRecall, BINARY, {"recall": 0.5}), ("recallAtPrecision", K.RecallAtPrecision, BINARY, {"precision": 0.6}),
    ("f1Score", K.F1Score, HOT, {"average": "macro"}), ("f1Score", K.F1Score, HOT, {"average": "weighted"}), ("fBetaScore", K.FBetaScore, HOT, {"average": "micro", "beta": 2.0}),
    ("meanIoU", K.MeanIoU, GUESSED, {"num_classes": 3}), ("iou", K.IoU, GUESSED, {"num_classes": 3, "target_class_ids": [0, 2]}), ("oneHotMeanIoU", K.OneHotMeanIoU, HOT, {"num_classes": 3}),
    ("binaryIoU", K.BinaryIoU, BINARY, {}), ("oneHotIoU", K.OneHotIoU, HOT, {"num_classes": 3, "target_class_ids": [1]}),
    ("meanSquaredError", K.MeanSquaredError, NUMBERS, {}), ("meanAbsoluteError", K.MeanAbsoluteError, NUMBERS, {}), ("rootMeanSquaredError", K.RootMeanSquaredError, NUMBERS, {}),
    ("meanAbsolutePercentageError", K.MeanAbsolutePercentageError, POSITIVE, {}), ("meanSquaredLogarithmicError", K.MeanSquaredLogarithmicError, POSITIVE, {}),
    ("logCoshError", K.LogCoshError, NUMBERS, {}), ("cosineSimilarity", K.CosineSimilarity, NUMBERS, {}), ("poisson", K.Poisson, POSITIVE, {}), ("klDivergence", K.KLDivergence, HOT, {}),
    ("hinge", K.Hinge, BINARY, {}), ("squaredHinge", K.SquaredHinge, BINARY, {}), ("categoricalHinge", K.CategoricalHinge, HOT, {}),
    ("binaryCrossentropy", K.BinaryCrossentropy, BINARY, {}), ("categoricalCrossentropy", K.CategoricalCrossentropy, HOT, {}), ("sparseCategoricalCrossentropy", K.SparseCategoricalCrossentropy, CLASSED, {}),
    ("r2Score", K.R2Score, NUMBERS, {}), ("r2Score", K.R2Score, NUMBERS, {"class_aggregation": "variance_weighted_average", "num_regressors": 2}),
    ("pearsonCorrelation", K.PearsonCorrelation, HOT, {}), ("concordanceCorrelation", K.ConcordanceCorrelation, HOT, {}),
]


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def measured(kind, make, data, options):
    metric = make(**options, dtype="float64")
    labels, predictions = data
    if "opK" in kind or "top_k" in options:
        predictions = predictions.astype(np.float32)  # tf.math.in_top_k takes no other
    for rows in (slice(0, FIRST), slice(FIRST, ROWS)):
        metric.update_state(labels[rows], predictions[rows], sample_weight=WEIGHTS[rows])
    return {
        "kind": kind, "options": {camel(key): camel(value) if isinstance(value, str) else value for key, value in options.items()},
        "labels": tensor(labels), "predictions": tensor(predictions.astype(np.float64)), "value": float(metric.result()),
    }


def logged(logs):
    return {camel(key): np.asarray(value).tolist() for key, value in logs.items()}


def fitted(weighted, plain, extra):
    keras.backend.clear_session()
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(CLASSES, activation="softmax")])
    model.set_weights([uniform(3, (3, CLASSES), 0.5), uniform(4, (CLASSES,), 0.5)])
    model.compile(exact(keras.optimizers.SGD(0.1)), "sparse_categorical_crossentropy", metrics=plain, weighted_metrics=weighted)
    x = uniform(1, (ROWS, 3))
    history = model.fit(x, CLASS, epochs=2, batch_size=10, shuffle=False, verbose=0, validation_data=(x, CLASS, WEIGHTS), **extra).history
    return {
        "metrics": plain, "weighted": weighted, "options": {camel(key): value.tolist() if isinstance(value, np.ndarray) else {str(a): b for a, b in value.items()} for key, value in extra.items()},
        "history": logged(history), "evaluated": logged(model.evaluate(x, CLASS, sample_weight=WEIGHTS, batch_size=10, verbose=0, return_dict=True)),
        "unweighted": logged(model.evaluate(x, CLASS, batch_size=10, verbose=0, return_dict=True)),
    }


def several():
    keras.backend.clear_session()
    x = keras.Input((3,))
    model = keras.Model(x, [keras.layers.Dense(CLASSES, activation="softmax", name="kind")(x), keras.layers.Dense(1, name="age")(x)])
    model.set_weights([uniform(3 + i, w.shape, 0.5) for i, w in enumerate(model.weights)])
    model.compile(
        exact(keras.optimizers.SGD(0.1)), ["sparse_categorical_crossentropy", "mean_squared_error"],
        metrics={"kind": ["accuracy"]}, weighted_metrics={"kind": ["accuracy"], "age": ["mean_absolute_error"]},
    )
    data = uniform(1, (ROWS, 3))
    logs = model.evaluate(data, [CLASS, uniform(2, (ROWS, 1))], sample_weight=[WEIGHTS, WEIGHTS[::-1]], batch_size=12, verbose=0, return_dict=True)
    return logged(logs)


def stateful(make):
    """evaluate, twice, of a layer that keeps its states: they move on from batch to batch and from call to call."""
    keras.backend.clear_session()
    model = keras.Sequential([keras.layers.Input(batch_shape=(2, 3, 2)), make(4, stateful=True), keras.layers.Dense(1)])
    model.set_weights([uniform(3 + i, w.shape, 0.5) for i, w in enumerate(model.weights)])
    model.compile(exact(keras.optimizers.SGD(0.1)), "mean_squared_error")
    x, y = uniform(1, (6, 3, 2)), uniform(2, (6, 1))
    losses = [model.evaluate(x, y, batch_size=2, verbose=0) for _ in range(2)]
    losses.append(model.test_on_batch(x[:2], y[:2]))
    states = [tensor(state.numpy()) for state in model.layers[0].states]
    after = model.predict_on_batch(x[:2])
    return {"losses": [float(loss) for loss in losses], "states": states, "after": tensor(np.asarray(after, dtype=np.float64))}


write("weighted-metrics", {
    "note": "weights count in two batches, of `first` and of the other rows; fits: x uniform(1, [rows, 3]), kernel uniform(3, …, limit 0.5), bias uniform(4, …, limit 0.5), batches of 10 in "
    "order; several outputs: weights uniform(3 + i, …, limit 0.5), y of age uniform(2, [rows, 1]), its sample weights in reverse, batches of 12. Stateful: weights uniform(3 + i, …, limit 0.5), "
    "x uniform(1, [6, 3, 2]), y uniform(2, [6, 1]), batches of 2: the losses of two calls of evaluate and one of testOnBatch, the states after them, then a prediction.",
    "first": FIRST,
    "weights": WEIGHTS.tolist(),
    "classes": CLASS.tolist(),
    "cases": [measured(*case) for case in CASES],
    "fits": [
        fitted(["accuracy"], [], {"sample_weight": WEIGHTS}),
        fitted(["accuracy", "sparse_categorical_crossentropy"], ["accuracy"], {"sample_weight": WEIGHTS}),
        fitted(["sparse_categorical_accuracy"], ["accuracy"], {"class_weight": {0: 0.5, 1: 2.0, 2: 1.0}}),
    ],
    "several": several(),
    "stateful": {"lstm": stateful(keras.layers.LSTM), "gru": stateful(keras.layers.GRU), "simpleRnn": stateful(keras.layers.SimpleRNN)},
}, keras, tf)
