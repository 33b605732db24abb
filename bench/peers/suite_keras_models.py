"""The models of the wider suite in Keras, as bench/sinter/models has them."""

import keras
import numpy as np
from keras import layers as L

TRANSFORMER = {"tokens": 128, "vocabulary": 1000, "classes": 10}


def convolved(x, filters, size, stride=1):
    return L.BatchNormalization()(L.Conv2D(filters, size, stride, padding="same", use_bias=False)(x))


def mobilenetv2():
    def relu6(x):
        return L.Activation("relu6")(x)

    x = first = L.Input((224, 224, 3))
    x = relu6(convolved(x, 32, 3, 2))
    for expansion, filters, count, stride in [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]:
        for block in range(count):
            before, strides = x, stride if block == 0 else 1
            if expansion > 1:
                x = relu6(convolved(x, expansion * before.shape[-1], 1))
            x = relu6(L.BatchNormalization()(L.DepthwiseConv2D(3, strides, padding="same", use_bias=False)(x)))
            x = convolved(x, filters, 1)
            if strides == 1 and before.shape[-1] == filters:
                x = L.Add()([before, x])
    x = L.GlobalAveragePooling2D()(relu6(convolved(x, 1280, 1)))
    return keras.Model(first, L.Dense(1000, activation="softmax")(x))


def resnet50():
    def relu(x):
        return L.Activation("relu")(x)

    x = first = L.Input((224, 224, 3))
    x = L.MaxPooling2D(3, 2, padding="same")(relu(convolved(x, 64, 7, 2)))
    for filters, count, stride in [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]:
        for block in range(count):
            strides = stride if block == 0 else 1
            shortcut = convolved(x, 4 * filters, 1, strides) if block == 0 else x
            x = relu(convolved(x, filters, 1, strides))
            x = convolved(relu(convolved(x, filters, 3)), 4 * filters, 1)
            x = relu(L.Add()([shortcut, x]))
    return keras.Model(first, L.Dense(1000, activation="softmax")(L.GlobalAveragePooling2D()(x)))


def vgg16():
    model = keras.Sequential([L.Input((224, 224, 3))])
    for filters, count in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        for _ in range(count):
            model.add(L.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(L.MaxPooling2D(2))
    model.add(L.Flatten())
    model.add(L.Dense(4096, activation="relu"))
    model.add(L.Dense(4096, activation="relu"))
    model.add(L.Dense(1000, activation="softmax"))
    return model


class Embedding(L.Layer):
    """Vectors of the tokens plus those of their places."""

    def build(self, shape):
        self.tokens = self.add_weight(shape=(TRANSFORMER["vocabulary"], 256), initializer=keras.initializers.RandomNormal(stddev=0.02), name="tokens")
        self.places = self.add_weight(shape=(shape[1], 256), initializer=keras.initializers.RandomNormal(stddev=0.02), name="places")

    def call(self, x):
        return keras.ops.take(self.tokens, x, axis=0) + self.places


def transformer():
    def normalized(x, y):
        return L.LayerNormalization(epsilon=1e-5)(L.Add()([x, y]))

    first = L.Input((TRANSFORMER["tokens"],), dtype="int32")
    x = Embedding()(first)
    for _ in range(4):
        x = normalized(x, L.MultiHeadAttention(8, 32)(x, x))
        x = normalized(x, L.Dense(256)(L.Dense(1024, activation="relu")(x)))
    return keras.Model(first, L.Dense(TRANSFORMER["classes"], activation="softmax")(L.GlobalAveragePooling1D()(x)))


def mlp():
    return keras.Sequential([L.Input((784,)), L.Dense(128, activation="relu"), L.Dense(10, activation="softmax")])


def row(shape, *layers):
    return keras.Sequential([L.Input(shape), *layers, L.Dense(10, activation="softmax")])


def cnn1d():
    blocks = [
        layer
        for filters, size in [(128, 8), (256, 5), (128, 3)]
        for layer in (L.Conv1D(filters, size, padding="same"), L.BatchNormalization(), L.Activation("relu"))
    ]
    return row((150, 1), *blocks, L.GlobalAveragePooling1D())


def attention(places):
    x = L.Input((places, 256))
    y = L.GlobalAveragePooling1D()(L.MultiHeadAttention(8, 32)(x, x))
    return keras.Model(x, L.Dense(10, activation="softmax")(y))


SEQUENCES = {
    "lstm": (lambda: row((100, 64), L.LSTM(256)), (100, 64)),
    "gru": (lambda: row((100, 64), L.GRU(256)), (100, 64)),
    "bilstm": (lambda: row((100, 64), L.Bidirectional(L.LSTM(256))), (100, 64)),
    "cnn1d": (cnn1d, (150, 1)),
    "words": (lambda: row((100,), L.Embedding(100_000, 64), L.GlobalAveragePooling1D()), (100,)),
    "attention1024": (lambda: attention(1024), (1024, 256)),
    "attention4096": (lambda: attention(4096), (4096, 256)),
}
MAKERS = {"mobilenetv2": mobilenetv2, "resnet50": resnet50, "vgg16": vgg16, "transformer": transformer, "mlp": mlp}
MAKERS |= {name: make for name, (make, _) in SEQUENCES.items()}


def make_model(name):
    keras.utils.set_random_seed(0)
    return MAKERS[name]()


def make_batch(name, size):
    """Inputs and class numbers."""
    random = np.random.default_rng(0)
    if name == "transformer":
        tokens = random.integers(0, TRANSFORMER["vocabulary"], (size, TRANSFORMER["tokens"]), dtype="int32")
        return tokens, random.integers(0, TRANSFORMER["classes"], size, dtype="int32")
    if name == "words":
        return random.integers(0, 100_000, (size, 100), dtype="int32"), random.integers(0, 10, size, dtype="int32")
    if name in SEQUENCES:
        shape = (size, *SEQUENCES[name][1])
        return random.random(shape, dtype="float32"), random.integers(0, 10, size, dtype="int32")
    shape, classes = ((size, 784), 10) if name == "mlp" else ((size, 224, 224, 3), 1000)
    return random.random(shape, dtype="float32"), random.integers(0, classes, size, dtype="int32")
