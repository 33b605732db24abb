"""Accuracy that Keras reaches with the models of examples/series and examples/language on the same splits, mean of seeds.

Run: node scripts/fetch-data.mjs; .peers/python/bin/python scripts/accuracy/keras_sequences.py NAME [--seeds 3]
NAME is GunPoint, ItalyPowerDemand, vowels or spam. The test part is read once, at the end.
"""

import argparse
import os
import re
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras  # noqa: E402
import numpy as np  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
L = keras.layers


def read_series(path):
    """[channels][time] a series, and its class as written."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line and line[0] not in "#@"]
    rows = [line.split(":") for line in lines]
    return [[[float(value) for value in channel.split(",")] for channel in row[:-1]] for row in rows], [row[-1] for row in rows]


def load_series(name):
    folder = ROOT / ".data" / "sktime" / name
    parts = [read_series(folder / f"{name}_{part}.ts") for part in ("TRAIN", "TEST")]
    time = max(len(channel) for series, _ in parts for one in series for channel in one)
    arrays = []
    for series, labels in parts:
        names = sorted(set(labels), key=float)
        x = np.zeros((len(series), time, len(series[0])), "float32")
        for sample, one in enumerate(series):
            for channel, values in enumerate(one):
                x[sample, : len(values), channel] = values
        arrays.append((x, np.array([names.index(label) for label in labels], "int32"), len(names)))
    return arrays


def fcn(name, seed):
    """Wang et al. 2017: the weights of the lowest training loss are tested."""
    (x, y, classes), (test_x, test_y, _) = load_series(name)
    blocks = []
    for filters, size in ((128, 8), (256, 5), (128, 3)):
        blocks += [L.Conv1D(filters, size, padding="same"), L.BatchNormalization(), L.Activation("relu")]
    model = keras.Sequential([L.Input(x.shape[1:]), *blocks, L.GlobalAveragePooling1D(), L.Dense(classes, activation="softmax")])
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(
        x, y, epochs=2000, batch_size=16, verbose=0,
        callbacks=[
            keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=50, min_lr=1e-4),
            keras.callbacks.EarlyStopping(monitor="loss", patience=2000, restore_best_weights=True),
        ],
    )
    return model.evaluate(test_x, test_y, verbose=0)[1]


def vowels(seed):
    (x, y, classes), (test_x, test_y, _) = load_series("JapaneseVowels")
    model = keras.Sequential([
        L.Input(x.shape[1:]), L.Masking(), L.Bidirectional(L.LSTM(64)), L.Dropout(0.3), L.Dense(classes, activation="softmax"),
    ])
    model.compile(keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=60, batch_size=16, verbose=0)
    return model.evaluate(test_x, test_y, verbose=0)[1]


# What JavaScript's \s is.
BLANKS = "[\\t\\n\\v\\f\\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"


def body_of(mail):
    body = "\n\n".join(mail.replace("\r\n", "\n").split("\n\n")[1:])
    text = re.sub(BLANKS + "+", " ", re.sub("<[^>]*>", " ", body))
    return text.strip(" ")


def place(text, seed):
    """The order of examples/language/spam.ts: over the code points of the first 400 UTF-16 units."""
    start = text.encode("utf-16-le", "surrogatepass")[:800].decode("utf-16-le", "surrogatepass")
    result = seed
    for letter in start:
        result = ((result ^ ord(letter)) * 0x01000193) & 0xFFFFFFFF
    return result


def spam(seed):
    folder = ROOT / ".data" / "spam"
    mails = {}
    for label, name in enumerate(("ham", "spam")):
        for file in sorted((folder / name).rglob("*.txt")):
            mails[body_of(file.read_bytes().decode("utf-8-sig", "replace"))] = label
    mails.pop("", None)
    train, test = [], []
    for label in (0, 1):
        own = sorted((text for text, one in mails.items() if one == label), key=lambda text: place(text, seed))
        num_test = round(len(own) / 5)
        test += [(text, label) for text in own[:num_test]]
        train += [(text, label) for text in own[num_test:]]
    vectorize = L.TextVectorization(max_tokens=20_000, output_sequence_length=400)
    vectorize.adapt([text for text, _ in train])
    model = keras.Sequential([
        L.Input((400,)), L.Embedding(20_000, 64, mask_zero=True), L.GlobalAveragePooling1D(), L.Dropout(0.3),
        L.Dense(1, activation="sigmoid"),
    ])
    model.compile(keras.optimizers.Adam(5e-3), "binary_crossentropy", metrics=["accuracy"])

    def arrays(part):
        return np.array(vectorize([text for text, _ in part])), np.array([label for _, label in part], "float32")

    model.fit(*arrays(train), epochs=12, batch_size=64, verbose=0)
    print(f"{len(mails)} different bodies, {len(test)} tested", flush=True)
    return model.evaluate(*arrays(test), verbose=0)[1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=["GunPoint", "ItalyPowerDemand", "vowels", "spam"])
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    scores = []
    for seed in range(options.seeds):
        keras.utils.set_random_seed(seed)
        keras.backend.clear_session()
        run = {"vowels": vowels, "spam": spam}.get(options.name)
        scores.append(run(seed) if run else fcn(options.name, seed))
        print(f"seed {seed}: accuracy {scores[-1]:.4f}", flush=True)
    print(f"Keras {keras.__version__}, {options.name}: mean accuracy {np.mean(scores):.4f} of {len(scores)} seeds")


if __name__ == "__main__":
    main()
