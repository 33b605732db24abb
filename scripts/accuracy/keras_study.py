"""What a range-tested rate, one-cycle and MixUp do to Keras's accuracy on cats against dogs: the same split, model and rates as scripts/study.mjs.

Run: node scripts/study.mjs --write; .peers/python/bin/python scripts/accuracy/keras_study.py [--seeds 3] [--write]
Every run trains on the whole training part for a fixed number of epochs; the test part is read once, at the end.
"""

import argparse
import json
import math

import keras_accuracy as base

import keras  # noqa: E402
import numpy as np  # noqa: E402

FILE = base.ROOT / "bench" / "results" / "study.json"


class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """PyTorch's OneCycleLR: up from a 25th within 30 % of the steps, down to a 250,000th, along cosines."""

    def __init__(self, highest, steps):
        super().__init__()
        self.highest, self.steps = highest, steps

    def __call__(self, step):
        step = keras.ops.cast(step, "float32")
        up = 0.3 * self.steps - 1
        begin, end = self.highest / 25, self.highest / 25 / 1e4

        def cosine(start, stop, share):
            return stop + (start - stop) / 2 * (1 + keras.ops.cos(math.pi * share))

        return keras.ops.where(
            step <= up, cosine(begin, self.highest, step / up), cosine(self.highest, end, (step - up) / (self.steps - 1 - up))
        )

    def get_config(self):
        return {"highest": self.highest, "steps": self.steps}


class Mixed(keras.utils.PyDataset):
    """Batches of a generator, mixed by pairs with one share a picture from Beta(alpha, alpha)."""

    def __init__(self, batches, alpha, seed):
        super().__init__()
        self.batches, self.alpha, self.random = batches, alpha, np.random.default_rng(seed)

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, index):
        x, y = self.batches[index]
        other = self.random.permutation(len(x))
        share = self.random.beta(self.alpha, self.alpha, len(x)).astype(np.float32)
        wide = share[:, None, None, None]
        return x * wide + x[other] * (1 - wide), y * share + y[other] * (1 - share)

    def on_epoch_end(self):
        self.batches.on_epoch_end()


def train(variant, row, seed):
    """The test accuracy after the last epoch."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    x, y, classes = base.load(base.ROOT / ".data" / "cats-dogs" / "train", 28)
    generator = base.ImageDataGenerator(rescale=1 / 255, fill_mode="nearest", **base.AUGMENT["light"])
    batches = generator.flow(x, y.astype(np.float32), batch_size=32, seed=seed)
    rate = row["learningRates"][seed]
    steps = len(batches) * row["epochs"]
    model = base.dropout_cnn((28, 28, 3), 2)
    optimizer = keras.optimizers.Adam(OneCycle(rate, steps) if variant == "oneCycle" else rate)
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    model.fit(Mixed(batches, 0.2, seed) if variant == "mixup" else batches, epochs=row["epochs"], verbose=0)
    test_x, test_y, _ = base.load(base.ROOT / ".data" / "cats-dogs" / "test", 28)
    return float(model.evaluate(test_x / 255, test_y, verbose=0)[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    stored = json.loads(FILE.read_text())
    for variant, row in stored.items():
        row["keras"] = [train(variant, row, seed) for seed in range(options.seeds)]
        print(json.dumps({"variant": variant, "keras": row["keras"], "mean": float(np.mean(row["keras"]))}), flush=True)
        if options.write:
            FILE.write_text(json.dumps(stored, indent=2) + "\n")


if __name__ == "__main__":
    main()
