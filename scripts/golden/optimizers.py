"""Every optimizer alone on given gradients, and every learning rate schedule.

Weights after each of 10 steps, in float64 and float32; the gradients do not depend on the weights.
"""

import keras
import tensorflow as tf

from common import exact, np, uniform, write

STEPS = 10
SHAPES = [(3, 4), (4,)]
O = keras.optimizers
S = O.schedules
# name: (how to make it, what its options are called in camelCase)
CASES = {
    "sgd": (lambda: O.SGD(0.01), {"learningRate": 0.01}),
    "sgdDefault": (lambda: O.SGD(), {}),
    "sgdMomentum": (lambda: O.SGD(0.01, momentum=0.9), {"learningRate": 0.01, "momentum": 0.9}),
    "sgdNesterov": (lambda: O.SGD(0.01, momentum=0.9, nesterov=True), {"learningRate": 0.01, "momentum": 0.9, "nesterov": True}),
    "sgdWeightDecay": (lambda: O.SGD(0.01, weight_decay=0.004), {"learningRate": 0.01, "weightDecay": 0.004}),
    "sgdClipnorm": (lambda: O.SGD(0.01, clipnorm=0.5), {"learningRate": 0.01, "clipnorm": 0.5}),
    "sgdClipvalue": (lambda: O.SGD(0.01, clipvalue=0.1), {"learningRate": 0.01, "clipvalue": 0.1}),
    "sgdGlobalClipnorm": (lambda: O.SGD(0.01, global_clipnorm=0.5), {"learningRate": 0.01, "globalClipnorm": 0.5}),
    "adam": (lambda: O.Adam(), {}),
    "adamOptions": (
        lambda: O.Adam(0.01, beta_1=0.8, beta_2=0.95, epsilon=1e-4),
        {"learningRate": 0.01, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4},
    ),
    "adamAmsgrad": (lambda: O.Adam(0.01, amsgrad=True), {"learningRate": 0.01, "amsgrad": True}),
    "adamw": (lambda: O.AdamW(0.01, weight_decay=0.05), {"learningRate": 0.01, "weightDecay": 0.05}),
    "rmsprop": (lambda: O.RMSprop(), {}),
    "rmspropMomentum": (lambda: O.RMSprop(0.01, momentum=0.9), {"learningRate": 0.01, "momentum": 0.9}),
    "rmspropCentered": (lambda: O.RMSprop(0.01, centered=True), {"learningRate": 0.01, "centered": True}),
    "rmspropCenteredMomentum": (
        lambda: O.RMSprop(0.01, rho=0.8, momentum=0.5, centered=True, epsilon=1e-5),
        {"learningRate": 0.01, "rho": 0.8, "momentum": 0.5, "centered": True, "epsilon": 1e-5},
    ),
    "adagrad": (lambda: O.Adagrad(0.01), {"learningRate": 0.01}),
    "adadelta": (lambda: O.Adadelta(1.0), {"learningRate": 1.0}),
    "adamax": (lambda: O.Adamax(0.01), {"learningRate": 0.01}),
    "nadam": (lambda: O.Nadam(0.01), {"learningRate": 0.01}),
    "lion": (lambda: O.Lion(0.01), {"learningRate": 0.01}),
    "ftrl": (
        lambda: O.Ftrl(0.05, l1_regularization_strength=0.01, l2_regularization_strength=0.01),
        {"learningRate": 0.05, "l1RegularizationStrength": 0.01, "l2RegularizationStrength": 0.01},
    ),
    "adafactor": (lambda: O.Adafactor(0.01), {"learningRate": 0.01}),
    "lamb": (lambda: O.Lamb(0.01), {"learningRate": 0.01}),
    "adamCosineDecay": (
        lambda: O.Adam(O.schedules.CosineDecay(0.01, 8, alpha=0.1, warmup_target=0.05, warmup_steps=3)),
        {"learningRate": "schedule cosineDecayWarmup of this file, with initialLearningRate 0.01, decaySteps 8, alpha 0.1, warmupTarget 0.05, warmupSteps 3"},
    ),
}


def gradient(step, index, shape):
    """Gradients of very different sizes: each element's scale is 10^-3 to 10^1; one element is always 0."""
    size = int(np.prod(shape))
    scale = 10.0 ** (np.arange(size) % 5 - 3)
    value = uniform(100 + 10 * step + index, shape) * scale.reshape(shape)
    value.reshape(-1)[1] = 0.0
    return value


def trajectory(make, dtype):
    """The variables after each step, as flat lists."""
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    optimizer = make()
    if dtype == "float64":
        exact(optimizer)
        if isinstance(optimizer._learning_rate, S.LearningRateSchedule):
            exact(optimizer._learning_rate)
    variables = [keras.Variable(uniform(1 + i, shape).astype(dtype), dtype=dtype) for i, shape in enumerate(SHAPES)]
    optimizer.build(variables)
    rows = []
    for step in range(STEPS):
        gradients = [tf.constant(gradient(step, i, shape).astype(dtype)) for i, shape in enumerate(SHAPES)]
        optimizer.apply(gradients, variables)
        rows.append([v.numpy().astype(np.float64).reshape(-1).tolist() for v in variables])
    assert all(v.dtype == dtype for v in variables)
    return rows


# The learning rate at steps 0 to 24 and at a few far ones.
SCHEDULES = {
    "constant": (lambda: (lambda step: 0.01), {"learningRate": 0.01}),
    "exponentialDecay": (lambda: S.ExponentialDecay(0.1, 7, 0.6), {"initialLearningRate": 0.1, "decaySteps": 7, "decayRate": 0.6}),
    "exponentialDecayStaircase": (
        lambda: S.ExponentialDecay(0.1, 7, 0.6, staircase=True),
        {"initialLearningRate": 0.1, "decaySteps": 7, "decayRate": 0.6, "staircase": True},
    ),
    "cosineDecay": (lambda: S.CosineDecay(0.1, 20), {"initialLearningRate": 0.1, "decaySteps": 20}),
    "cosineDecayAlpha": (lambda: S.CosineDecay(0.1, 20, alpha=0.05), {"initialLearningRate": 0.1, "decaySteps": 20, "alpha": 0.05}),
    "cosineDecayWarmup": (
        lambda: S.CosineDecay(0.01, 15, alpha=0.1, warmup_target=0.2, warmup_steps=5),
        {"initialLearningRate": 0.01, "decaySteps": 15, "alpha": 0.1, "warmupTarget": 0.2, "warmupSteps": 5},
    ),
    "cosineDecayRestarts": (
        lambda: S.CosineDecayRestarts(0.1, 5, t_mul=2.0, m_mul=0.8, alpha=0.01),
        {"initialLearningRate": 0.1, "firstDecaySteps": 5, "tMul": 2.0, "mMul": 0.8, "alpha": 0.01},
    ),
    "polynomialDecay": (
        lambda: S.PolynomialDecay(0.1, 10, 0.001, power=2.0),
        {"initialLearningRate": 0.1, "decaySteps": 10, "endLearningRate": 0.001, "power": 2.0},
    ),
    "polynomialDecayCycle": (
        lambda: S.PolynomialDecay(0.1, 10, 0.001, power=0.5, cycle=True),
        {"initialLearningRate": 0.1, "decaySteps": 10, "endLearningRate": 0.001, "power": 0.5, "cycle": True},
    ),
    "inverseTimeDecay": (lambda: S.InverseTimeDecay(0.1, 4, 0.5), {"initialLearningRate": 0.1, "decaySteps": 4, "decayRate": 0.5}),
    "inverseTimeDecayStaircase": (
        lambda: S.InverseTimeDecay(0.1, 4, 0.5, staircase=True),
        {"initialLearningRate": 0.1, "decaySteps": 4, "decayRate": 0.5, "staircase": True},
    ),
    "piecewiseConstantDecay": (
        lambda: S.PiecewiseConstantDecay([3, 8], [0.1, 0.05, 0.01]),
        {"boundaries": [3, 8], "values": [0.1, 0.05, 0.01]},
    ),
}
AT = [*range(25), 100, 1000]


def rates(make):
    """The schedule in float64."""
    keras.config.set_floatx("float64")
    schedule = make()
    if isinstance(schedule, S.LearningRateSchedule):
        exact(schedule)
    return [float(schedule(tf.constant(step, "int64"))) for step in AT]


write("optimizers", {
    "steps": STEPS,
    "shapes": [list(shape) for shape in SHAPES],
    "initialWeights": "variable v: uniform(1 + v, shape, limit 1)",
    "gradients": "variable v at step s: uniform(100 + 10 * s + v, shape, limit 1), element i times 10^(i mod 5 - 3), element 1 is 0",
    "cases": {
        name: {"options": options, **{dtype: trajectory(make, dtype) for dtype in ("float64", "float32")}}
        for name, (make, options) in CASES.items()
    },
}, keras, tf)
write("schedules", {
    "at": AT,
    "cases": {name: {"options": options, "rates": rates(make)} for name, (make, options) in SCHEDULES.items()},
}, keras, tf)
