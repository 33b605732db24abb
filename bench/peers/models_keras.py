"""TensorFlow and Keras: known models, inference (models-infer) or one train step (models-train)."""

import argparse

from protocol import CLASSES, SHAPES, arguments, emit, middle, model_cases, timed

options = arguments(argparse.ArgumentParser())

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(options.threads)
tf.config.threading.set_inter_op_parallelism_threads(options.threads)
keras.utils.set_random_seed(0)
L = keras.layers


def transformer(classes):
    inputs = x = L.Input(SHAPES["transformer"])
    for _ in range(4):
        normal = L.LayerNormalization(epsilon=1e-5)(x)
        x = L.Add()([x, L.MultiHeadAttention(8, 32)(normal, normal)])
        inner = L.Dense(1024, activation="relu")(L.LayerNormalization(epsilon=1e-5)(x))
        x = L.Add()([x, L.Dense(256)(inner)])
    x = L.GlobalAveragePooling1D()(L.LayerNormalization(epsilon=1e-5)(x))
    return keras.Model(inputs, L.Dense(classes, activation="softmax")(x))


def mlp(classes):
    return keras.Sequential([L.Input((784,)), L.Dense(128, activation="relu"), L.Dense(classes, activation="softmax")])


APPLICATIONS = {"mobilenet-v2": keras.applications.MobileNetV2, "resnet-50": keras.applications.ResNet50, "vgg-16": keras.applications.VGG16}
for name, batch in model_cases(options):
    keras.backend.clear_session()
    model = APPLICATIONS[name](weights=None) if name in APPLICATIONS else {"transformer": transformer, "mlp": mlp}[name](CLASSES[name])
    model.compile(optimizer="adam" if name == "mlp" else "sgd", loss="sparse_categorical_crossentropy")
    x = tf.constant(np.random.rand(batch, *SHAPES[name]).astype("float32"))
    y = tf.constant((np.arange(batch) % CLASSES[name]).astype("int32"))
    forward = tf.function(lambda images: model(images, training=False))
    run = (lambda: forward(x).numpy()) if options.work == "models-infer" else (lambda: float(model.train_on_batch(x, y)))
    times = [1000 * seconds for seconds in timed(run, options.repeats, 2)]
    versions = {"keras": keras.__version__, "tensorflow": tf.__version__}
    emit("keras", options, ms=middle(times), size=f"{name} {batch}", extra={"repeats": times}, versions=versions)
