"""What optimizers.py and optimizers_further.py share: an optimizer alone on given gradients, in float64.

The gradients do not depend on the weights. Nothing here writes a file.
"""

import inspect
import textwrap

import keras
import tensorflow as tf

from common import exact, np, uniform

O = keras.optimizers
S = O.schedules
CLASSES = {
    "sgd": O.SGD, "adam": O.Adam, "adamw": O.AdamW, "nadam": O.Nadam, "rmsprop": O.RMSprop, "adagrad": O.Adagrad, "lion": O.Lion,
    "adadelta": O.Adadelta, "adamax": O.Adamax, "ftrl": O.Ftrl, "lamb": O.Lamb, "adafactor": O.Adafactor, "muon": O.Muon,
}


class ScheduleFree(O.ScheduleFreeAdamW):
    """Keras's, with the momentum before its update where the paper and Keras on JAX have it: on TensorFlow `momentum.value` is the variable itself, which
    the update changes."""

    source = textwrap.dedent(inspect.getsource(O.ScheduleFreeAdamW.update_step))
    assert source.count("momentum.value") == 1
    found = {"ops": keras.ops}
    exec(source.replace("momentum.value", "ops.copy(momentum)"), found)
    update_step = found["update_step"]


CLASSES["scheduleFreeAdamw"] = ScheduleFree


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def made(kind, options):
    """Keras's optimizer in float64; a schedule is described as sinter does."""
    rate = options.get("learning_rate")
    if isinstance(rate, dict):
        rate = S.CosineDecay(rate["initialLearningRate"], rate["decaySteps"], rate["alpha"], warmup_target=rate["warmupTarget"], warmup_steps=rate["warmupSteps"])
        options = {**options, "learning_rate": rate}
    optimizer = exact(CLASSES[kind](**options))
    if isinstance(optimizer._learning_rate, S.LearningRateSchedule):
        exact(optimizer._learning_rate)
    return optimizer


def gradient(step, index, shape):
    """Gradients of very different sizes: each element's scale is 10^-3 to 10^1; one element is always 0."""
    size = int(np.prod(shape))
    scale = 10.0 ** (np.arange(size) % 5 - 3)
    value = uniform(100 + 10 * step + index, shape) * scale.reshape(shape)
    value.reshape(-1)[1] = 0.0
    return value


def variables_of(shapes, names=None):
    return [
        keras.Variable(uniform(1 + i, shape), dtype="float64", **({} if names is None else {"name": names[i]}))
        for i, shape in enumerate(shapes)
    ]


def trajectory(optimizer, variables, steps, after=lambda step: None):
    """The variables after each step, and what they are to be in the end, as flat lists. @param after may change them"""
    optimizer.build(variables)
    rows = []
    for step in range(steps):
        gradients = [tf.constant(gradient(step, i, tuple(v.shape))) for i, v in enumerate(variables)]
        optimizer.apply(gradients, variables)
        after(step)
        rows.append([v.numpy().reshape(-1).tolist() for v in variables])
    optimizer.finalize_variable_values(variables)
    assert all(v.dtype == "float64" for v in variables)
    return {"weights": rows, "final": [v.numpy().reshape(-1).tolist() for v in variables]}
