"""The seed CNN of docs/guide/seed.md, cut to 48 x 48 and 64 dense units: 20 SGD and 20 Adam steps in float64 and float32.

float32 is run by Eigen (the golden values) and by oneDNN, each in a process of its own; how far they are apart is stored
too, since no tolerance can be below it.
"""

import json
import os
import subprocess
import sys

from common import exact, np, samples, summary, tensor, uniform, write

BATCH, STEPS = 8, 20
# name, shape, fan-in + fan-out of the Glorot limit; biases start at uniform(seed, limit 0.1).
KERNELS = [("conv2d", (3, 3, 3, 32)), ("conv2d_1", (3, 3, 32, 64)), ("conv2d_2", (3, 3, 64, 128)), ("dense", (2048, 64)), ("dense_1", (64, 1))]


def weights():
    """The initial weights in Keras's order, each with the limit and seed of its formula."""
    rows = []
    for layer, (name, shape) in enumerate(KERNELS):
        window = int(np.prod(shape[:-2]))
        limit = float(np.sqrt(6.0 / (window * (shape[-2] + shape[-1]))))
        rows.append({"name": f"{name}/kernel", "shape": list(shape), "seed": 10 + 2 * layer, "limit": limit})
        rows.append({"name": f"{name}/bias", "shape": [shape[-1]], "seed": 11 + 2 * layer, "limit": 0.1})
    return rows


def batch(step):
    """Pictures in [0, 1), those of class 0 dimmed to 0.7 of that; labels alternate, shifted by the step."""
    y = ((np.arange(BATCH) + step) % 2).astype(np.float64).reshape(BATCH, 1)
    x = uniform(1000 + step, (BATCH, 48, 48, 3), 0.5, 0.5)
    x[y[:, 0] == 0] *= 0.7
    return x, y


def train(dtype, optimizer_name, learning_rate):
    """Losses of all steps, gradients of the first, weights after the last."""
    import keras
    import tensorflow as tf

    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    layers = keras.layers
    model = keras.Sequential([
        layers.Input((48, 48, 3)),
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(128, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Flatten(), layers.Dense(64, activation="relu"), layers.Dense(1, activation="sigmoid"),
    ])
    model.set_weights([uniform(w["seed"], w["shape"], w["limit"]).astype(dtype) for w in weights()])
    optimizer = keras.optimizers.get({"class_name": optimizer_name, "config": {"learning_rate": learning_rate}})
    if dtype == "float64":
        exact(optimizer)
    loss_function = keras.losses.BinaryCrossentropy()
    losses, gradients, outputs = [], None, None
    for step in range(STEPS):
        x, y = (part.astype(dtype) for part in batch(step))
        with tf.GradientTape() as tape:
            output = model(x, training=True)
            loss = loss_function(y, output)
        found = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(found, model.trainable_weights))
        assert loss.dtype == dtype and found[0].dtype == dtype
        losses.append(float(loss))
        if step == 0:
            gradients, outputs = [g.numpy() for g in found], output.numpy()
    return losses, gradients, outputs, model.get_weights()


def record(dtype, optimizer_name, learning_rate, full):
    """One run as JSON. `full`: the first step's output and gradients with more samples."""
    losses, gradients, outputs, final = train(dtype, optimizer_name, learning_rate)
    names = [w["name"] for w in weights()]
    result = {
        "dtype": dtype,
        "optimizer": optimizer_name,
        "learningRate": learning_rate,
        "losses": losses,
        "finalWeights": {name: summary(value) for name, value in zip(names, final)},
    }
    if full:
        result["firstOutput"] = tensor(outputs)
        result["firstGradients"] = {
            name: {**summary(value, 0), "samples": tensor(samples(value, 1024))} for name, value in zip(names, gradients)
        }
    return result, final


RUNS = [("float64", "SGD", 0.01), ("float64", "Adam", 0.001), ("float32", "SGD", 0.01), ("float32", "Adam", 0.001)]


def child():
    """Runs everything under the environment given and leaves weights and records in the file named."""
    content = []
    arrays = {}
    for dtype, optimizer, rate in RUNS:
        result, final = record(dtype, optimizer, rate, optimizer == "SGD")
        content.append(result)
        for index, value in enumerate(final):
            arrays[f"{dtype}.{optimizer}.{index}"] = value
    np.savez(sys.argv[2] + ".npz", **arrays)
    with open(sys.argv[2] + ".json", "w") as file:
        json.dump(content, file)


def run(onednn, place):
    """Runs this script again with oneDNN on or off; gives its records and weights."""
    environment = {**os.environ, "TF_ENABLE_ONEDNN_OPTS": onednn}
    subprocess.run([sys.executable, __file__, "--child", place], env=environment, check=True)
    with open(place + ".json") as file:
        return json.load(file), np.load(place + ".npz")


def main():
    import tempfile

    import keras
    import tensorflow

    with tempfile.TemporaryDirectory() as folder:
        plain, plain_weights = run("0", folder + "/eigen")
        other, other_weights = run("1", folder + "/onednn")
        for mine, its in zip(plain, other):
            if mine["dtype"] != "float32":
                continue
            keys = [f"float32.{mine['optimizer']}.{index}" for index in range(2 * len(KERNELS))]
            mine["distanceToOneDnn"] = {
                "losses": float(np.max(np.abs(np.subtract(mine["losses"], its["losses"])))),
                "weights": max(float(np.max(np.abs(plain_weights[key] - other_weights[key]))) for key in keys),
            }
            print(mine["optimizer"], mine["distanceToOneDnn"], mine["losses"][0], mine["losses"][-1])
        exact = {r["optimizer"]: r for r in plain if r["dtype"] == "float64"}
        for mine in plain:
            if mine["dtype"] == "float32":
                wide = [plain_weights[f"float64.{mine['optimizer']}.{i}"] for i in range(2 * len(KERNELS))]
                narrow = [plain_weights[f"float32.{mine['optimizer']}.{i}"] for i in range(2 * len(KERNELS))]
                mine["distanceToFloat64"] = {
                    "losses": float(np.max(np.abs(np.subtract(mine["losses"], exact[mine["optimizer"]]["losses"])))),
                    "weights": max(float(np.max(np.abs(a - b))) for a, b in zip(narrow, wide)),
                }
        write("seed-cnn", {
            "model": "input 48x48x3; conv2d 32, 64, 128 (3x3, valid, relu), each then maxPooling2d 2; flatten; dense 64 relu; dense 1 sigmoid; binaryCrossentropy",
            "batchSize": BATCH,
            "batches": {
                "x": "uniform(1000 + step, [8, 48, 48, 3], limit 0.5, middle 0.5); pictures with label 0 are then multiplied by 0.7; float32: rounded after that",
                "y": "label of picture i at step s: (i + s) mod 2, shape [8, 1]",
            },
            "initialWeights": weights(),
            "runs": plain,
        }, keras, tensorflow)


if __name__ == "__main__":
    child() if "--child" in sys.argv else main()
