"""Every optimizer alone on given gradients, and every learning rate schedule.

Weights after each of 10 steps, in float64; the gradients do not depend on the weights.
"""

import json
import subprocess
import sys
from pathlib import Path

import keras
import tensorflow as tf

from common import exact, write
from trajectories import CLASSES, S, camel, made, trajectory, variables_of

STEPS = 10
SHAPES = [(3, 4), (4,)]
WARM = {"kind": "cosineDecay", "initialLearningRate": 0.01, "decaySteps": 8, "alpha": 0.1, "warmupTarget": 0.05, "warmupSteps": 3}
# kind: {case: options in snake_case}
CASES = {
    "sgd": {
        "default": {},
        "momentum": {"learning_rate": 0.01, "momentum": 0.9},
        "nesterov": {"learning_rate": 0.01, "momentum": 0.9, "nesterov": True},
        "weightDecay": {"learning_rate": 0.01, "weight_decay": 0.004},
        "clipnorm": {"learning_rate": 0.01, "clipnorm": 0.5},
        "clipvalue": {"learning_rate": 0.01, "clipvalue": 0.1},
        "globalClipnorm": {"learning_rate": 0.01, "global_clipnorm": 0.5},
        "accumulation": {"learning_rate": 0.01, "momentum": 0.9, "gradient_accumulation_steps": 3, "clipnorm": 0.5},
        "average": {"learning_rate": 0.05, "use_ema": True, "ema_momentum": 0.8},
        "averageOverwritten": {"learning_rate": 0.05, "use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 4},
    },
    "adam": {
        "default": {},
        "options": {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-4},
        "amsgrad": {"learning_rate": 0.01, "amsgrad": True},
        "cosineDecay": {"learning_rate": WARM},
        "accumulation": {"learning_rate": 0.01, "gradient_accumulation_steps": 2, "weight_decay": 0.02},
        "accumulationAverage": {
            "learning_rate": WARM, "gradient_accumulation_steps": 3, "use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 2,
        },
    },
    "adamw": {
        "default": {},
        "decay": {"learning_rate": 0.01, "weight_decay": 0.05},
        "amsgrad": {"learning_rate": 0.02, "amsgrad": True, "beta_1": 0.85, "clipvalue": 0.5},
        "average": {"learning_rate": 0.02, "use_ema": True},
    },
    "nadam": {
        "default": {},
        "options": {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-4},
        "decay": {"learning_rate": WARM, "weight_decay": 0.02, "global_clipnorm": 1.0},
        "accumulation": {"learning_rate": 0.01, "gradient_accumulation_steps": 2},
    },
    "rmsprop": {
        "default": {},
        "momentum": {"learning_rate": 0.01, "momentum": 0.9},
        "centered": {"learning_rate": 0.01, "centered": True},
        "centeredMomentum": {"learning_rate": 0.01, "rho": 0.8, "momentum": 0.5, "centered": True, "epsilon": 1e-5},
    },
    "adagrad": {
        "default": {},
        "options": {"learning_rate": 0.05, "initial_accumulator_value": 0.5, "epsilon": 1e-3},
        "decay": {"learning_rate": 0.01, "weight_decay": 0.1, "clipnorm": 1.0},
        "fromZero": {"learning_rate": 0.01, "initial_accumulator_value": 0.0, "gradient_accumulation_steps": 2},
    },
    "lion": {
        "default": {},
        "options": {"learning_rate": 0.01, "beta_1": 0.7, "beta_2": 0.9},
        "decay": {"learning_rate": WARM, "weight_decay": 0.1},
        "average": {"learning_rate": 0.01, "use_ema": True, "ema_momentum": 0.5},
    },
}

# The learning rate at steps 0 to 24 and at a few far ones; kind: {case: options in snake_case}.
KERAS_SCHEDULES = {
    "exponentialDecay": (S.ExponentialDecay, {
        "plain": {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.6},
        "staircase": {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.6, "staircase": True},
        "slow": {"initial_learning_rate": 0.03, "decay_steps": 100, "decay_rate": 0.96},
    }),
    "cosineDecay": (S.CosineDecay, {
        "plain": {"initial_learning_rate": 0.1, "decay_steps": 20},
        "alpha": {"initial_learning_rate": 0.1, "decay_steps": 20, "alpha": 0.05},
        "warmup": {"initial_learning_rate": 0.01, "decay_steps": 15, "alpha": 0.1, "warmup_target": 0.2, "warmup_steps": 5},
        "warmupFromZero": {"initial_learning_rate": 0.0, "decay_steps": 12, "warmup_target": 0.05, "warmup_steps": 8},
    }),
    "cosineDecayRestarts": (S.CosineDecayRestarts, {
        "default": {"initial_learning_rate": 0.1, "first_decay_steps": 5},
        "smaller": {"initial_learning_rate": 0.1, "first_decay_steps": 5, "t_mul": 2.0, "m_mul": 0.8, "alpha": 0.01},
        "equal": {"initial_learning_rate": 0.05, "first_decay_steps": 7, "t_mul": 1.0, "m_mul": 0.5},
        "longer": {"initial_learning_rate": 0.05, "first_decay_steps": 3, "t_mul": 1.5, "m_mul": 0.9, "alpha": 0.1},
    }),
    "polynomialDecay": (S.PolynomialDecay, {
        "default": {"initial_learning_rate": 0.1, "decay_steps": 10},
        "square": {"initial_learning_rate": 0.1, "decay_steps": 10, "end_learning_rate": 0.001, "power": 2.0},
        "cycle": {"initial_learning_rate": 0.1, "decay_steps": 10, "end_learning_rate": 0.001, "power": 0.5, "cycle": True},
    }),
    "inverseTimeDecay": (S.InverseTimeDecay, {
        "plain": {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5},
        "staircase": {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5, "staircase": True},
        "everyStep": {"initial_learning_rate": 0.02, "decay_steps": 1, "decay_rate": 0.01},
    }),
    "piecewiseConstantDecay": (S.PiecewiseConstantDecay, {
        "two": {"boundaries": [3, 8], "values": [0.1, 0.05, 0.01]},
        "one": {"boundaries": [10], "values": [0.01, 0.1]},
        "many": {"boundaries": [1, 2, 5, 50], "values": [0.5, 0.4, 0.3, 0.2, 0.1]},
    }),
}
AT = [*range(25), 100, 1000]


def keras_rates(make, options):
    """The schedule in float64."""
    schedule = exact(make(**options))
    return [float(schedule(tf.constant(step, "int64"))) for step in AT]


keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
KERAS = "Keras 3.15"
# PyTorch in a process of its own: the two libraries do not bear each other.
TORCH_SCRIPT = Path(__file__).with_name("schedules_torch.py")
TORCH_CASES = json.loads(subprocess.run([sys.executable, TORCH_SCRIPT, json.dumps(AT)], check=True, capture_output=True, text=True).stdout)
constant = [
    {"kind": "constant", "name": f"constant{index}", "reference": KERAS, "options": {"learningRate": rate}, "rates": [float(CLASSES["sgd"](rate).learning_rate.numpy())] * len(AT)}
    for index, rate in enumerate([0.01, 1.0, 0.0])
]
write("optimizers", {
    "steps": STEPS,
    "shapes": [list(shape) for shape in SHAPES],
    "initialWeights": "variable v: uniform(1 + v, shape, limit 1)",
    "gradients": "variable v at step s: uniform(100 + 10 * s + v, shape, limit 1), element i times 10^(i mod 5 - 3), element 1 is 0",
    "final": "after finalize_variable_values",
    "cases": [
        {
            "kind": kind,
            "name": f"{kind} {name}",
            "reference": f"{KERAS} optimizers.{CLASSES[kind].__name__}",
            "options": {camel(key): value for key, value in options.items()},
            **trajectory(made(kind, options), variables_of(SHAPES), STEPS),
        }
        for kind, cases in CASES.items()
        for name, options in cases.items()
    ],
}, keras, tf)
write("schedules", {
    "at": AT,
    "cases": [
        *[{**case, "reference": f"{KERAS} a rate that is a number"} for case in constant],
        *[
            {
                "kind": kind,
                "name": f"{kind} {name}",
                "reference": f"{KERAS} optimizers.schedules.{make.__name__}",
                "options": {camel(key): value for key, value in options.items()},
                "rates": keras_rates(make, options),
            }
            for kind, (make, cases) in KERAS_SCHEDULES.items()
            for name, options in cases.items()
        ],
        *TORCH_CASES,
    ],
}, keras, tf)
