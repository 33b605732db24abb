"""TensorFlow: the whole program of docs/guide/seed.md from JPEG files, as people write it with ImageDataGenerator.flow_from_directory.

--data FOLDER with train/ and test/; --variant workers2: two loading threads; --repeats N epochs after the first. msPerImage is an epoch's time
(validation included) over its training images; the first epoch, which traces and compiles, is given beside it.
"""

import argparse
import time

from protocol import arguments, emit, middle

options = arguments(argparse.ArgumentParser())

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras.src.legacy.preprocessing.image import ImageDataGenerator  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(options.threads)
tf.config.threading.set_inter_op_parallelism_threads(options.threads)
keras.utils.set_random_seed(7)
L = keras.layers
training = ImageDataGenerator(
    rescale=1 / 255, rotation_range=40, width_shift_range=0.2, height_shift_range=0.2, shear_range=0.2, zoom_range=0.2,
    horizontal_flip=True, fill_mode="nearest",
)
shared = {"target_size": (150, 150), "batch_size": options.batch, "class_mode": "binary"}


def quietly(function, *arguments_, **named):
    """Keeps "Found … images" out of stdout, where the measurements are."""
    import contextlib
    import io

    with contextlib.redirect_stdout(io.StringIO()):
        return function(*arguments_, **named)


train = quietly(training.flow_from_directory, f"{options.data}/train", **shared, seed=7)
test = quietly(ImageDataGenerator(rescale=1 / 255).flow_from_directory, f"{options.data}/test", **shared, shuffle=False)
if options.variant == "workers2":
    train._workers = test._workers = 2
    assert train.workers == 2
model = keras.Sequential([
    L.Input((150, 150, 3)),
    L.Conv2D(32, 3, activation="relu"), L.MaxPooling2D(2),
    L.Conv2D(64, 3, activation="relu"), L.MaxPooling2D(2),
    L.Conv2D(128, 3, activation="relu"), L.MaxPooling2D(2),
    L.Flatten(), L.Dense(512, activation="relu"), L.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])


class Clock(keras.callbacks.Callback):
    """Seconds of each epoch, validation included."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.start)


clock = Clock()
history = model.fit(train, epochs=1 + options.repeats, validation_data=test, callbacks=[clock], verbose=0)
per_image = [1000 * seconds / train.samples for seconds in clock.seconds]
emit(
    "keras" + (f"-{options.variant}" if options.variant else ""), options, msPerImage=middle(per_image[1:]), repeats=per_image[1:],
    firstEpochMsPerImage=per_image[0], trainImages=train.samples, testImages=test.samples,
    lastValAccuracy=history.history["val_accuracy"][-1], versions={"keras": keras.__version__, "tensorflow": tf.__version__},
)
