"""Activation layers, rearrangements, penalties and noise in float64: output and gradients as in layers.py; moments of the noise."""

import keras
import tensorflow as tf

from common import np, write
from layer_cases import K, NOTE, class_name, measured, plain

PICTURE = (3, 4, 4)
# label: (layer, options, input shape without the batch)
PLAIN = {
    "reluLayer": (K.ReLU, {}, PICTURE),
    "reluMaxValue": (K.ReLU, {"max_value": 0.5}, PICTURE),
    "reluSlope": (K.ReLU, {"negative_slope": 0.1, "max_value": 0.7}, PICTURE),
    "reluThreshold": (K.ReLU, {"negative_slope": 0.25, "threshold": 0.3}, PICTURE),
    "leakyReluLayer": (K.LeakyReLU, {}, PICTURE),
    "leakyReluSlope": (K.LeakyReLU, {"negative_slope": 0.125}, PICTURE),
    "leakyReluZero": (K.LeakyReLU, {"negative_slope": 0.0}, (5,)),
    "eluLayer": (K.ELU, {}, PICTURE),
    "eluAlpha": (K.ELU, {"alpha": 0.5}, PICTURE),
    "eluRank2": (K.ELU, {"alpha": 2.0}, (5,)),
    "preluLayer": (K.PReLU, {}, PICTURE),
    "preluShared": (K.PReLU, {"shared_axes": [1, 2]}, PICTURE),
    "preluSharedOne": (K.PReLU, {"shared_axes": 1}, (5, 3)),
    "softmaxLayer": (K.Softmax, {}, PICTURE),
    "softmaxAxis": (K.Softmax, {"axis": 1}, PICTURE),
    "softmaxAxes": (K.Softmax, {"axis": (1, 2)}, PICTURE),
    "permuteTwo": (K.Permute, {"dims": (2, 1)}, (3, 4)),
    "permuteThree": (K.Permute, {"dims": (3, 1, 2)}, (2, 3, 4)),
    "permuteNone": (K.Permute, {"dims": (1, 2)}, (3, 4)),
    "repeatVector": (K.RepeatVector, {"n": 3}, (4,)),
    "repeatVectorOnce": (K.RepeatVector, {"n": 1}, (4,)),
    "repeatVectorOne": (K.RepeatVector, {"n": 5}, (1,)),
    "identity": (K.Identity, {}, PICTURE),
    "activityRegularizationL1": (K.ActivityRegularization, {"l1": 0.125}, PICTURE),
    "activityRegularizationL2": (K.ActivityRegularization, {"l2": 0.25}, PICTURE),
    "activityRegularizationBoth": (K.ActivityRegularization, {"l1": 0.125, "l2": 0.25}, (5,)),
    "activityRegularizationNone": (K.ActivityRegularization, {}, (5,)),
    "spatialDropout1d": (K.SpatialDropout1D, {"rate": 0.5}, (3, 4)),
    "spatialDropout2d": (K.SpatialDropout2D, {"rate": 0.5}, (2, 3, 2)),
    "spatialDropout3d": (K.SpatialDropout3D, {"rate": 0.5}, (2, 1, 2, 2)),
    "gaussianNoise": (K.GaussianNoise, {"stddev": 0.5}, (3, 4)),
    "gaussianDropout": (K.GaussianDropout, {"rate": 0.5}, (3, 4)),
    "alphaDropout": (K.AlphaDropout, {"rate": 0.5}, (3, 4)),
}
# label: (layer, options); moments over many samples of one value.
NOISES = {
    "gaussianNoise": (K.GaussianNoise, {"stddev": 0.3}),
    "gaussianNoiseOne": (K.GaussianNoise, {"stddev": 1.0}),
    "gaussianDropout": (K.GaussianDropout, {"rate": 0.2}),
    "gaussianDropoutHalf": (K.GaussianDropout, {"rate": 0.5}),
    "alphaDropout": (K.AlphaDropout, {"rate": 0.1}),
    "alphaDropoutHalf": (K.AlphaDropout, {"rate": 0.5}),
    "dropout": (K.Dropout, {"rate": 0.25}),
}
NUM_NOISE, NOISE_INPUT = 100_000, 1.5


def moments(make, options):
    """Of the layer's output for many samples of one value: mean, variance, kurtosis, and where it has few values those and their shares."""
    y = make(**options, seed=7)(np.full((NUM_NOISE, 1), NOISE_INPUT), training=True).numpy().reshape(-1)
    centred = y - y.mean()
    values, counts = np.unique(y, return_counts=True)
    most = {"values": values.tolist(), "shares": (counts / NUM_NOISE).tolist()} if len(values) <= 4 else {}
    return {
        "layer": class_name(make),
        "options": plain(options),
        "mean": float(y.mean()),
        "variance": float((centred**2).mean()),
        "kurtosis": float((centred**4).mean() / (centred**2).mean() ** 2),
        **most,
    }


write("layers-plain", {"note": NOTE, "cases": measured(PLAIN, 60_000)}, keras, tf)
write("layers-noise", {
    "note": "moments of the output when training, of `count` samples of one feature `input`",
    "count": NUM_NOISE,
    "input": NOISE_INPUT,
    "cases": {label: moments(*case) for label, case in NOISES.items()},
}, keras, tf)
