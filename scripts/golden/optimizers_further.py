"""Adadelta, Adamax, FTRL, LAMB, Adafactor, Muon and schedule-free AdamW alone on given gradients; lookahead around Keras's optimizers.

Lookahead is written here in numpy after the paper's algorithm 1 (Zhang et al. 2019); what it wraps is Keras's.
"""

import keras
import tensorflow as tf

from common import np, write
from trajectories import CLASSES, O, camel, made, trajectory, variables_of

STEPS = 6
WARM = {"kind": "cosineDecay", "initialLearningRate": 0.01, "decaySteps": 8, "alpha": 0.1, "warmupTarget": 0.05, "warmupSteps": 3}
WEIGHTS = {"matrix": (5, 3), "embedding": (3, 4), "window": (2, 2, 3), "vector": (4,)}
CASES = {
    "adadelta": {
        "default": {},
        "options": {"learning_rate": 1.0, "rho": 0.8, "epsilon": 1e-4},
        "decay": {"learning_rate": WARM, "weight_decay": 0.02, "clipnorm": 0.5},
        "accumulation": {"learning_rate": 0.5, "gradient_accumulation_steps": 2},
    },
    "adamax": {
        "default": {},
        "options": {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-4},
        "decay": {"learning_rate": WARM, "weight_decay": 0.02, "global_clipnorm": 1.0},
        "average": {"learning_rate": 0.01, "use_ema": True, "ema_momentum": 0.7},
    },
    "ftrl": {
        "default": {},
        "penalties": {"learning_rate": 0.1, "l1_regularization_strength": 0.02, "l2_regularization_strength": 0.05, "beta": 0.3},
        "power": {"learning_rate": 0.05, "learning_rate_power": -0.3, "initial_accumulator_value": 0.5},
        "shrinkage": {"learning_rate": WARM, "l2_shrinkage_regularization_strength": 0.1, "clipvalue": 1.0},
        "fixedRate": {"learning_rate": 0.05, "learning_rate_power": 0.0, "weight_decay": 0.01},
    },
    "lamb": {
        "default": {},
        "options": {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-4},
        "decay": {"learning_rate": WARM, "weight_decay": 0.05},
        "accumulation": {"learning_rate": 0.01, "gradient_accumulation_steps": 3},
    },
    "adafactor": {
        "default": {},
        "fast": {"learning_rate": 0.5, "beta_2_decay": -0.6, "clip_threshold": 0.7},
        "epsilons": {"learning_rate": 0.05, "epsilon_1": 1e-6, "epsilon_2": 0.3, "weight_decay": 0.01},
        "schedule": {"learning_rate": WARM, "relative_step": False},
        "average": {"learning_rate": 0.1, "use_ema": True, "ema_momentum": 0.5},
    },
    "muon": {
        "default": {},
        "excluded": {"learning_rate": 0.02, "exclude_layers": ["^mat"], "exclude_embeddings": False},
        "plain": {"learning_rate": 0.02, "nesterov": False, "rms_rate": None, "ns_steps": 3, "momentum": 0.8, "weight_decay": None},
        "adams": {
            "learning_rate": WARM, "adam_beta_1": 0.8, "adam_beta_2": 0.95, "epsilon": 1e-5, "adam_lr_ratio": 0.3, "adam_weight_decay": None,
        },
        "coefficients": {"muon_a": 3.0, "muon_b": -3.2, "muon_c": 1.2, "adam_weight_decay": 0.05, "weight_decay": 0.1},
    },
    "scheduleFreeAdamw": {
        "default": {},
        "warmup": {"learning_rate": 0.05, "warmup_steps": 4},
        "options": {"learning_rate": 0.01, "beta_1": 0.7, "beta_2": 0.95, "epsilon": 1e-4, "weight_decay": 0.02},
        "clipped": {"learning_rate": WARM, "clipnorm": 0.5},
    },
}
LOOKAHEADS = {
    "default": ("adam", {}, {}),
    "momentum": ("sgd", {"learning_rate": 0.05, "momentum": 0.9}, {"syncPeriod": 2, "slowStepSize": 0.8}),
    "schedule": ("rmsprop", {"learning_rate": WARM, "weight_decay": 0.02}, {"syncPeriod": 3, "slowStepSize": 0.3}),
    "accumulation": ("lamb", {"learning_rate": 0.02, "gradient_accumulation_steps": 2}, {"syncPeriod": 1, "slowStepSize": 0.5}),
}

# The first is for the weights that no pattern names.
SEVERAL = {
    "default": (("adam", {"learning_rate": 0.01}), {}),
    "patterns": (("adam", {"learning_rate": 0.01}), {"matrix": ("sgd", {"learning_rate": 0.1, "momentum": 0.9}), "w.*": ("rmsprop", {"learning_rate": 0.005})}),
    "exact": (("nadam", {"learning_rate": 0.02}), {"vector": ("nadam", {"learning_rate": 0.05}), "vec.*": ("sgd", {"learning_rate": 0.5}), "embed.*": ("lion", {"learning_rate": 0.01})}),
    "own": (
        ("sgd", {"learning_rate": 0.1, "use_ema": True, "ema_momentum": 0.5}),
        {"(matrix|window)": ("adamw", {"learning_rate": 0.01, "clipnorm": 0.5, "gradient_accumulation_steps": 2})},
    ),
}


def fresh():
    return variables_of(list(WEIGHTS.values()), list(WEIGHTS))


def described(options):
    return {camel(key): value for key, value in options.items()}


def lookahead(kind, options, own):
    """Keras's optimizer, whose variables go back to slow ones every few updates."""
    variables = fresh()
    slow = [np.array(v.numpy()) for v in variables]
    share = own.get("slowStepSize", 0.5)
    calls = own.get("syncPeriod", 6) * (options.get("gradient_accumulation_steps") or 1)

    def after(step):
        if (step + 1) % calls == 0:
            for index, variable in enumerate(variables):
                slow[index] = slow[index] + share * (variable.numpy() - slow[index])
                variable.assign(slow[index])

    return trajectory(made(kind, options), variables, STEPS, after)

def described_whole(kind, options):
    return {"kind": kind, "options": described(options)}


def several(first, others):
    """Keras's MultiOptimizer."""
    rules = O.OptimizerMap(made(*first))
    for pattern, one in others.items():
        rules[pattern] = made(*one)
    return {
        "options": {"optimizer": described_whole(*first), "optimizers": {pattern: described_whole(*one) for pattern, one in others.items()}},
        **trajectory(O.MultiOptimizer(rules), fresh(), STEPS),
    }



keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
write("optimizers-further", {
    "steps": STEPS,
    "names": list(WEIGHTS),
    "shapes": [list(shape) for shape in WEIGHTS.values()],
    "initialWeights": "variable v: uniform(1 + v, shape, limit 1)",
    "gradients": "variable v at step s: uniform(100 + 10 * s + v, shape, limit 1), element i times 10^(i mod 5 - 3), element 1 is 0",
    "final": "after finalize_variable_values",
    "cases": [
        *[
            {
                "kind": kind,
                "name": f"{kind} {name}",
                "reference": f"Keras 3.15 optimizers.{CLASSES[kind].__name__}",
                "options": described(options),
                **trajectory(made(kind, options), fresh(), STEPS),
            }
            for kind, cases in CASES.items()
            for name, options in cases.items()
        ],
        *[
            {
                "kind": "lookahead",
                "name": f"lookahead {name}",
                "reference": f"numpy, around Keras 3.15 optimizers.{CLASSES[kind].__name__}",
                "options": {"optimizer": {"kind": kind, "options": described(options)}, **own},
                **lookahead(kind, options, own),
            }
            for name, (kind, options, own) in LOOKAHEADS.items()
        ],
        *[
            {"kind": "multiOptimizer", "name": f"multiOptimizer {name}", "reference": "Keras 3.15 optimizers.MultiOptimizer", **several(*one)}
            for name, one in SEVERAL.items()
        ],
    ],
}, keras, tf)
