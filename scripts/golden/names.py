"""Every name of Keras's layers, losses, metrics, optimizers, schedules, initializers, regularizers, constraints, callbacks and activations."""

import inspect

import keras

from common import write


def classes(module, base):
    """The public classes below `base`, the base too: each by its own name, with the other names that it goes by."""
    found = {}
    for name in dir(module):
        value = getattr(module, name)
        if inspect.isclass(value) and issubclass(value, base) and not name.startswith("_"):
            found.setdefault(value, []).append(name)
    rows = []
    for value, names in found.items():
        main = value.__name__ if value.__name__ in names else sorted(names, key=len)[0]
        # Functions of the module such as keras.initializers.zeros are the class under its snake-case name.
        others = sorted(name for name in names if name != main and name[0].isupper())
        rows.append({"name": main, "aliases": others})
    return sorted(rows, key=lambda row: row["name"].lower())


def extra(module, names):
    """Names that are no classes below the base."""
    return [{"name": name, "aliases": []} for name in names if hasattr(module, name)]


ACTIVATIONS = [name for name in dir(keras.activations) if inspect.isfunction(getattr(keras.activations, name)) and name not in ("get", "serialize", "deserialize")]
FUNCTIONS = {}
for name in ACTIVATIONS:
    FUNCTIONS.setdefault(getattr(keras.activations, name), []).append(name)

write("keras-names", {
    "note": "classes by their own names; aliases are other names of the same class; activations are functions",
    "layers": sorted(classes(keras.layers, keras.layers.Layer) + extra(keras.layers, ["Input", "InputSpec"]), key=lambda row: row["name"].lower()),
    "losses": classes(keras.losses, keras.losses.Loss),
    "metrics": classes(keras.metrics, keras.metrics.Metric),
    "optimizers": sorted(classes(keras.optimizers, keras.optimizers.Optimizer) + extra(keras.optimizers, ["OptimizerMap"]), key=lambda row: row["name"].lower()),
    "schedules": classes(keras.optimizers.schedules, keras.optimizers.schedules.LearningRateSchedule),
    "initializers": classes(keras.initializers, keras.initializers.Initializer),
    "regularizers": classes(keras.regularizers, keras.regularizers.Regularizer),
    "constraints": classes(keras.constraints, keras.constraints.Constraint),
    "callbacks": sorted(classes(keras.callbacks, keras.callbacks.Callback), key=lambda row: row["name"].lower()),
    "activations": sorted(
        ({"name": function.__name__ if function.__name__ in names else names[0], "aliases": sorted(set(names) - {function.__name__})} for function, names in FUNCTIONS.items()),
        key=lambda row: row["name"],
    ),
}, keras)
