"""Keras's callbacks driven by hand: what ReduceLROnPlateau and LearningRateScheduler do to the rate, when EarlyStopping stops, what CSVLogger writes."""

import tempfile
from pathlib import Path

import keras

from common import np, units, write


def model(rate):
    net = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    net.compile(optimizer=keras.optimizers.SGD(rate), loss="mse", metrics=["accuracy"])
    return net


def plateau(values, rate, **options):
    net = model(rate)
    callback = keras.callbacks.ReduceLROnPlateau(**{"monitor": "loss", **options})
    callback.set_model(net)
    callback.on_train_begin()
    rates, logged = [], []
    for epoch, value in enumerate(values):
        logs = {callback.monitor: value}
        callback.on_epoch_end(epoch, logs)
        logged.append(float(logs["learning_rate"]))
        rates.append(float(net.optimizer.learning_rate))
    return {"values": values, "rate": rate, "options": options, "rates": rates, "logged": logged}


def stopping(values, **options):
    net = model(0.1)
    callback = keras.callbacks.EarlyStopping(**{"monitor": "loss", **options})
    callback.set_model(net)
    callback.on_train_begin()
    stopped = None
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {callback.monitor: value})
        if net.stop_training:
            stopped = epoch
            break
    return {"values": values, "options": options, "stopped": stopped, "best": callback.best, "bestEpoch": callback.best_epoch}


def csv(rows, **options):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "log.csv")
        callback = keras.callbacks.CSVLogger(str(path), **options)
        callback.set_model(model(0.1))
        callback.on_train_begin()
        for epoch, row in enumerate(rows):
            callback.on_epoch_end(epoch, row)
        callback.on_train_end()
        return {"rows": rows, "options": options, "text": path.read_bytes().decode()}


falling = [1.0, 0.9, 0.9, 0.89995, 0.95, 0.9, 0.7, 0.71, 0.72, 0.7, 0.7, 0.7, 0.7, 0.69, 0.69, 0.69, 0.69, 0.69]
noisy = (np.round(1 / np.arange(1, 31) + 0.3 * units(5, 30), 6)).tolist()
write(
    "callbacks",
    {
        "reduceLROnPlateau": [
            plateau(falling, 0.1, patience=2),
            plateau(falling, 0.1, patience=1, factor=0.5, cooldown=2, min_delta=0.01),
            plateau(falling, 0.1, patience=1, factor=0.2, min_lr=0.003),
            plateau(noisy, 0.05, patience=3, factor=0.3, min_delta=0),
            plateau([-value for value in noisy], 0.05, patience=0, factor=0.9, mode="max", cooldown=1),
            plateau([float(v) for v in (1, 1, 1, 1)], 0.1),
        ],
        "earlyStopping": [
            stopping(falling, patience=2),
            stopping(falling, patience=3, min_delta=0.01),
            stopping(noisy, patience=4),
            stopping(noisy, patience=2, baseline=0.2),
            stopping([-value for value in noisy], patience=5, mode="max", start_from_epoch=3),
        ],
        "csvLogger": [
            csv([{"loss": 0.5, "val_loss": 0.25, "accuracy": 1.0}, {"loss": 0.125, "val_loss": 1e-9, "accuracy": 0.1}]),
            csv([{"loss": 0.5, "accuracy": 0.75}, {"loss": 0.25, "accuracy": 0.5, "val_loss": 0.5, "val_accuracy": 0.5}], separator=";"),
            csv([{"loss": 12.5, "mae": 3.0}, {"loss": 1e-12, "mae": 0.25}, {"loss": 7.0, "mae": 1e20}]),
        ],
    },
    keras,
)
