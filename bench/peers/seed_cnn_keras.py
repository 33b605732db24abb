"""TensorFlow and Keras: the seed CNN of docs/guide/seed.md, one train step or one inference, batch 32.

--variant jit | nojit: XLA on or off; default: what compile() chooses by itself. Prints one line of JSON (bench/README.md).
"""

import argparse
import time

from protocol import arguments, emit, timed

options = arguments(argparse.ArgumentParser())

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(options.threads)
tf.config.threading.set_inter_op_parallelism_threads(options.threads)
keras.utils.set_random_seed(0)
L = keras.layers
model = keras.Sequential([
    L.Input((150, 150, 3)),
    L.Conv2D(32, 3, activation="relu"), L.MaxPooling2D(2),
    L.Conv2D(64, 3, activation="relu"), L.MaxPooling2D(2),
    L.Conv2D(128, 3, activation="relu"), L.MaxPooling2D(2),
    L.Flatten(), L.Dense(512, activation="relu"), L.Dense(1, activation="sigmoid"),
])
jit = {"jit": True, "nojit": False}.get(options.variant, "auto")
model.compile(optimizer="adam", loss="binary_crossentropy", jit_compile=jit)
x = tf.constant(np.random.rand(options.batch, 150, 150, 3).astype("float32"))
y = tf.constant(np.random.randint(0, 2, (options.batch, 1)).astype("float32"))


def train_step():
    return float(model.train_on_batch(x, y))


infer_function = tf.function(lambda images: model(images, training=False), jit_compile=jit is True)


def infer():
    return infer_function(x).numpy()


name = "keras" + (f"-{options.variant}" if options.variant else "")
versions = {"keras": keras.__version__, "tensorflow": tf.__version__}
if options.work == "compile":
    start = time.perf_counter()
    train_step()
    first = time.perf_counter() - start
    later = min(timed(train_step, options.repeats, 1))
    emit(name, options, ms=1000 * (first - later), extra={"firstStepMs": 1000 * first, "laterStepMs": 1000 * later}, versions=versions)
else:
    emit(name, options, seconds=timed(train_step if options.work == "train" else infer, options.repeats, 3), versions=versions)
