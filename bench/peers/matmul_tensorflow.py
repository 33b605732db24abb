"""TensorFlow: matrix products of each size."""

import argparse

from protocol import arguments, emit, middle, timed

options = arguments(argparse.ArgumentParser())

import tensorflow as tf  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(options.threads)
tf.config.threading.set_inter_op_parallelism_threads(options.threads)
for size in map(int, options.sizes.split(",")):
    a, b = tf.random.uniform((size, size)) - 0.5, tf.random.uniform((size, size)) - 0.5
    inner = max(1, round(2e8 / (2 * size**3)))

    def run():
        for _ in range(inner):
            float((a @ b)[0, 0])

    ms = 1000 * middle(timed(run, options.repeats, 2)) / inner
    emit("tensorflow", options, ms=ms, extra={"size": size, "gflops": 2 * size**3 / ms / 1e6}, versions={"tensorflow": tf.__version__})
