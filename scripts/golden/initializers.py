"""Initializers: what Keras draws, as the bounds, mean and variance that a draw of the same shape must have.

`measured` comes from a large draw by Keras and backs the formula; `expected` is the formula, exact.
"""

import math

import keras
import tensorflow as tf

from common import np, write

I = keras.initializers
# The standard deviation of a normal cut at two standard deviations.
CUT = 0.87962566103423978
NAMES = {
    "glorotUniform": (I.GlorotUniform, "fanAverage", 1.0, "uniform"),
    "glorotNormal": (I.GlorotNormal, "fanAverage", 1.0, "truncatedNormal"),
    "heUniform": (I.HeUniform, "fanIn", 2.0, "uniform"),
    "heNormal": (I.HeNormal, "fanIn", 2.0, "truncatedNormal"),
    "lecunUniform": (I.LecunUniform, "fanIn", 1.0, "uniform"),
    "lecunNormal": (I.LecunNormal, "fanIn", 1.0, "truncatedNormal"),
}
SHAPES = [(400, 300), (3, 3, 64, 128), (5, 3, 7, 1000), (1, 1, 2000, 50)]
OTHERS = {
    "randomNormal": (lambda: I.RandomNormal(seed=1), "normal", 0.05),
    "randomUniform": (lambda: I.RandomUniform(seed=1), "uniform", 0.05),
    "truncatedNormal": (lambda: I.TruncatedNormal(seed=1), "truncatedNormal", 0.05),
}


def fans(shape):
    """Window times channels in, window times channels out."""
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


def law(kind, variance=None, width=None):
    """Bounds, variance and fourth moment over the squared variance of a law with that variance (or that parameter)."""
    if kind == "uniform":
        limit = math.sqrt(3.0 * variance) if width is None else width
        return {"limit": limit, "mean": 0.0, "variance": limit**2 / 3.0, "kurtosis": 1.8}
    if kind == "truncatedNormal":
        deviation = math.sqrt(variance) / CUT if width is None else width
        # Fourth moment of a standard normal cut at 2, over its variance squared.
        z = math.erf(2 / math.sqrt(2))
        phi = math.exp(-2) / math.sqrt(2 * math.pi)
        second = 1 - 4 * phi / z
        fourth = 3 * second - 16 * phi / z
        return {"deviation": deviation, "limit": 2 * deviation, "mean": 0.0, "variance": second * deviation**2, "kurtosis": fourth / second**2}
    return {"deviation": width, "mean": 0.0, "variance": width**2, "kurtosis": 3.0}


def measured(values):
    values = np.asarray(values, dtype=np.float64).reshape(-1)
    variance = float(values.var())
    return {
        "min": float(values.min()), "max": float(values.max()), "mean": float(values.mean()), "variance": variance,
        "kurtosis": float(((values - values.mean()) ** 4).mean() / variance**2),
    }


def check(expected, found, size):
    """The draw must fit the law: mean within 5 standard errors, variance within 3 %, no value beyond the limit."""
    assert abs(found["mean"]) < 5 * math.sqrt(expected["variance"] / size), (expected, found)
    assert abs(found["variance"] / expected["variance"] - 1) < 0.03, (expected, found)
    if "limit" in expected:
        assert max(-found["min"], found["max"]) <= expected["limit"] * (1 + 1e-6), (expected, found)


rows = []
for name, (make, mode, scale, kind) in NAMES.items():
    for shape in SHAPES:
        fan_in, fan_out = fans(shape)
        fan = fan_in if mode == "fanIn" else (fan_in + fan_out) / 2
        expected = law(kind, scale / fan)
        found = measured(make(seed=1)(shape))
        check(expected, found, math.prod(shape))
        rows.append({
            "initializer": name, "shape": list(shape), "fanIn": fan_in, "fanOut": fan_out, "mode": mode, "scale": scale,
            "distribution": kind, "expected": expected, "measured": found,
        })
for name, (make, kind, width) in OTHERS.items():
    expected = law(kind, width=width)
    found = measured(make()((400, 300)))
    check(expected, found, 120_000)
    rows.append({"initializer": name, "shape": [400, 300], "distribution": kind, "expected": expected, "measured": found})
write("initializers", {
    "note": "variance = scale / fan; uniform: limit sqrt(3 * variance); truncatedNormal: a normal of deviation sqrt(variance) / 0.87962566103423978, "
    "values beyond two deviations drawn again. zeros and ones are what they say; biases start at zeros.",
    "cases": rows,
}, keras, tf)
