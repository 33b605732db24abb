"""The same model in Keras 3, with weights converted here by NumPy; see textgenrnn.mjs."""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import h5py  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402

L = keras.layers


class Average(L.Layer):
    def build(self, shape):
        self.W = self.add_weight(shape=(shape[-1], 1), name="W")

    def call(self, x):
        weights = keras.ops.softmax(keras.ops.matmul(x, self.W), axis=1)
        return keras.ops.sum(weights * x, axis=1)


def plain(kernel, recurrent, bias):
    """LSTM weights of cuDNN's layout in Keras's: each gate's buffer is [units, rows]; of the two biases their sum counts."""
    gates = [np.hsplit(value, 4) for value in (kernel, recurrent)]
    turned = [np.hstack([gate.reshape(gate.shape[1], gate.shape[0]).T for gate in parts]) for parts in gates]
    return [*turned, bias[:512] + bias[512:]]


def greedy(model, text, stored):
    """The likeliest letters behind a text."""
    numbers = stored["vocabulary"]
    letters = {number: letter for letter, number in numbers.items()}
    made = ""
    while len(made) < stored["numLetters"]:
        row = [0, *(numbers.get(letter, 0) for letter in text + made)][-40:]
        next_number = int(np.argmax(model(np.asarray([[0] * (40 - len(row)) + row], "int32"), training=False)[0]))
        if next_number not in letters:
            break
        made += letters[next_number]
    return made


def main():
    weights, answer = sys.argv[1:]
    x = L.Input((40,), dtype="int32")
    e = L.Embedding(465, 100, name="embedding")(x)
    a = L.LSTM(128, return_sequences=True, name="rnn_1")(e)
    b = L.LSTM(128, return_sequences=True, name="rnn_2")(a)
    y = L.Dense(465, activation="softmax", name="output")(Average(name="attention")(L.Concatenate()([e, a, b])))
    model = keras.Model(x, y)
    with h5py.File(weights) as file:
        for name in ("embedding", "rnn_1", "rnn_2", "attention", "output"):
            values = [file[name][path][()] for path in file[name].attrs["weight_names"]]
            model.get_layer(name).set_weights(plain(*values) if name.startswith("rnn") else values)
    with open(answer, encoding="utf-8") as file:
        stored = json.load(file)
    expected = np.asarray(model(np.asarray(stored["rows"], "int32"), training=False), "float64")
    found = np.asarray(stored["numbers"]).reshape(expected.shape)
    distance = np.abs(found - expected).max()
    texts = [greedy(model, text, stored) for text in stored["texts"]]
    print(json.dumps({"version": keras.__version__, "distance": float(distance), "keras": texts}))


main()
