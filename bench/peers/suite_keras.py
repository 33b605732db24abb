"""TensorFlow and Keras: the models of the wider suite; WORK is MODEL-train-bN or MODEL-infer-bN. --variant nojit: without XLA."""

import argparse

from protocol import arguments, emit, middle, parse_work, timed_for

options = arguments(argparse.ArgumentParser())

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402
from suite_keras_models import make_batch, make_model  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(options.threads)
tf.config.threading.set_inter_op_parallelism_threads(options.threads)
name, mode, batch = parse_work(options.work)
has_xla = options.variant != "nojit"
model = make_model(name)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", jit_compile=has_xla)
x, y = map(tf.constant, make_batch(name, batch))
infer_function = tf.function(lambda inputs: model(inputs, training=False), jit_compile=has_xla)


def train():
    return float(model.train_on_batch(x, y))


def infer():
    return infer_function(x).numpy()[0, 0]


milliseconds = [1000 * seconds for seconds in timed_for(train if mode == "train" else infer, options.repeats)]
emit(
    "keras" + (f"-{options.variant}" if options.variant else ""), options, ms=middle(milliseconds), repeats=milliseconds,
    versions={"keras": keras.__version__, "tensorflow": tf.__version__},
)
