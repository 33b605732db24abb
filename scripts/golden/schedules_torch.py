"""Learning rates of PyTorch's schedulers, as JSON on standard output: optimizers.py puts them into schedules.json.

Run by optimizers.py with the steps to print as its argument.
"""

import json
import sys
import warnings

import torch
import torch.optim.lr_scheduler as T

AT = json.loads(sys.argv[1])
TORCH = f"PyTorch {torch.__version__.rpartition('.')[0]}"


def torch_rates(rate, make):
    """The rate that PyTorch's SGD has before each step; past the end of a schedule that ends, the last."""
    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64, requires_grad=True)], lr=rate)
    warnings.simplefilter("ignore")
    scheduler = make(optimizer)
    rates = []
    for _ in range(AT[-1] + 1):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if getattr(scheduler, "total_steps", AT[-1] + 2) > len(rates):
            scheduler.step()
    return [float(rates[at]) for at in AT]


ONE_CYCLE = {
    "default": {"maxLearningRate": 0.1, "totalSteps": 20},
    "linear": {"maxLearningRate": 0.1, "totalSteps": 23, "pctStart": 0.4, "annealStrategy": "linear", "divFactor": 10, "finalDivFactor": 100},
    "threePhase": {"maxLearningRate": 0.5, "totalSteps": 24, "pctStart": 0.35, "threePhase": True},
    "long": {"maxLearningRate": 0.01, "totalSteps": 900, "pctStart": 0.1, "threePhase": True, "annealStrategy": "linear", "divFactor": 5},
}


def one_cycle(options):
    names = {"pctStart": "pct_start", "annealStrategy": "anneal_strategy", "divFactor": "div_factor", "finalDivFactor": "final_div_factor", "threePhase": "three_phase"}
    given = {names[key]: value for key, value in options.items() if key in names}
    return torch_rates(1.0, lambda optimizer: T.OneCycleLR(optimizer, options["maxLearningRate"], options["totalSteps"], cycle_momentum=False, **given))


def warmed(first, rate, steps, after):
    """PyTorch's LinearLR from `first` to `rate`, then another schedule."""
    return torch_rates(rate, lambda optimizer: T.SequentialLR(
        optimizer, [T.LinearLR(optimizer, first / rate, 1.0, steps), after(optimizer)], [steps]))


WARMUPS = {
    "constant": (
        {"learningRate": 0.1, "warmupSteps": 5, "initialLearningRate": 0.01},
        lambda: warmed(0.01, 0.1, 5, lambda optimizer: T.ConstantLR(optimizer, 1.0, 1)),
    ),
    "exponential": (
        {
            "learningRate": {"kind": "exponentialDecay", "initialLearningRate": 0.2, "decaySteps": 1, "decayRate": 0.9},
            "warmupSteps": 8, "initialLearningRate": 0.002,
        },
        lambda: warmed(0.002, 0.2, 8, lambda optimizer: T.ExponentialLR(optimizer, 0.9)),
    ),
    "polynomial": (
        {
            "learningRate": {"kind": "polynomialDecay", "initialLearningRate": 0.05, "decaySteps": 12, "endLearningRate": 0, "power": 2},
            "warmupSteps": 3, "initialLearningRate": 0.04,
        },
        lambda: warmed(0.04, 0.05, 3, lambda optimizer: T.PolynomialLR(optimizer, 12, 2.0)),
    ),
}

print(json.dumps([
    *[
        {"kind": "linearWarmup", "name": f"linearWarmup {name}", "reference": f"{TORCH} SequentialLR of LinearLR", "options": options, "rates": rates()}
        for name, (options, rates) in WARMUPS.items()
    ],
    *[
        {"kind": "oneCycle", "name": f"oneCycle {name}", "reference": f"{TORCH} OneCycleLR", "options": options, "rates": one_cycle(options)}
        for name, options in ONE_CYCLE.items()
    ],
]))
