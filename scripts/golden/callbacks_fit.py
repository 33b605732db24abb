"""Keras's callbacks in a fit: SwapEMAWeights and the order of LambdaCallback's calls, in float64. Driven by hand: what ModelCheckpoint saves, the
rates of LearningRateScheduler, where TerminateOnNaN stops."""

import math
import tempfile
from pathlib import Path

import keras

from common import exact, np, uniform, write

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
SHAPES = [(3, 4), (4,), (4, 1), (1,)]
X, Y = uniform(61, (8, 3), 2.0), uniform(62, (8, 1), 2.0)
XV, YV = uniform(63, (5, 3), 2.0), uniform(64, (5, 1), 2.0)
C = keras.callbacks


def net(**options):
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(4, activation="tanh"), keras.layers.Dense(1)])
    model.compile(optimizer=exact(keras.optimizers.SGD(**options)), loss="mse")
    model.set_weights([uniform(31 + index, shape, 1.5) for index, shape in enumerate(SHAPES)])
    return model


def flat(model):
    return [np.asarray(weight).reshape(-1).tolist() for weight in model.get_weights()]


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def swapping(swap_on_epoch, epochs=3, **options):
    model = net(learning_rate=0.2, use_ema=True, **options)
    seen = []
    watch = C.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(flat(model)))
    history = model.fit(
        X, Y, batch_size=4, epochs=epochs, shuffle=False, verbose=0, validation_data=(XV, YV), callbacks=[C.SwapEMAWeights(swap_on_epoch=swap_on_epoch), watch],
    ).history
    return {
        "swapOnEpoch": swap_on_epoch, "epochs": epochs, "optimizer": {camel(key): value for key, value in options.items()},
        "loss": history["loss"], "valLoss": history["val_loss"], "atEpochEnd": seen, "final": flat(model),
    }


def order(epochs, validated):
    events = []

    def note(name, numbered):
        return (lambda number, logs: events.append([name, number])) if numbered else (lambda logs: events.append([name]))

    names = {"on_train_begin": False, "on_train_end": False, "on_epoch_begin": True, "on_epoch_end": True, "on_train_batch_begin": True, "on_train_batch_end": True, "on_test_begin": False, "on_test_end": False}
    callback = C.LambdaCallback(**{name: note(camel(name), numbered) for name, numbered in names.items()})
    # Keras takes those of testing as attributes.
    net(learning_rate=0.1).fit(X, Y, batch_size=4, epochs=epochs, verbose=0, callbacks=[callback], **({"validation_data": (XV, YV)} if validated else {}))
    return {"epochs": epochs, "isValidated": validated, "events": events}


def saved(values, **options):
    with tempfile.TemporaryDirectory() as folder:
        callback = C.ModelCheckpoint(str(Path(folder, "{epoch:02d}-{val_loss:.2f}.weights.h5")), save_weights_only=True, **options)
        callback.set_model(net(learning_rate=0.1))
        callback.on_train_begin()
        for epoch, value in enumerate(values):
            callback.on_epoch_begin(epoch)
            callback.on_epoch_end(epoch, {"val_loss": value})
        return {"values": values, "options": {camel(key): value for key, value in options.items()}, "saved": sorted(path.name.removesuffix(".weights.h5") for path in Path(folder).iterdir())}


SCHEDULES = {
    "halved": lambda epoch, rate: rate / 2 if epoch > 1 else rate,
    "exponential": lambda epoch, rate: rate * math.exp(-0.1),
    "ofEpoch": lambda epoch, rate: 0.1 / (1 + epoch),
}


def scheduled(name, rate):
    model = net(learning_rate=rate)
    callback = C.LearningRateScheduler(SCHEDULES[name])
    callback.set_model(model)
    rates = []
    for epoch in range(6):
        callback.on_epoch_begin(epoch)
        rates.append(float(model.optimizer.learning_rate))
    return {"schedule": name, "rate": rate, "rates": rates}


def terminated(losses):
    model = net(learning_rate=0.1)
    callback = C.TerminateOnNaN()
    callback.set_model(model)
    model.stop_training = False
    for batch, loss in enumerate(losses):
        callback.on_batch_end(batch, {"loss": loss})
        if model.stop_training:
            return {"losses": [str(one) for one in losses], "stopped": batch}
    return {"losses": [str(one) for one in losses], "stopped": None}


FALLING = [0.9, 0.7, 0.75, 0.71, 0.65, 0.66, 0.5]
write("callbacks-fit", {
    "note": "weight i begins as uniform(31 + i, shape, limit 1.5); x, y, and those of validation: uniform(61 to 64, limit 2) of [8, 3], [8, 1], [5, 3], [5, 1]; batches of 4 in order",
    "swapEmaWeights": [
        swapping(False, ema_momentum=0.6),
        swapping(True, ema_momentum=0.6),
        swapping(True, epochs=4, ema_momentum=0.8, momentum=0.9, ema_overwrite_frequency=3),
    ],
    "lambdaCallback": [order(1, False), order(2, True), order(3, False)],
    "modelCheckpoint": [
        saved(FALLING),
        saved(FALLING, save_best_only=True),
        saved([-value for value in FALLING], save_best_only=True, mode="max"),
        saved(FALLING, save_best_only=True, initial_value_threshold=0.72),
    ],
    "learningRateScheduler": [scheduled("halved", 0.1), scheduled("exponential", 0.5), scheduled("ofEpoch", 0.3)],
    "terminateOnNaN": [terminated([0.5, float("nan"), 0.1]), terminated([1.0, 2.0, float("inf")]), terminated([0.3, 0.2, 0.1])],
}, keras)
