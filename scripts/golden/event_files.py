"""Event files as Keras's callback and TensorFlow's own functions write them, as base64, with what TensorBoard reads in them. Needs TensorBoard beside
the packages of scripts/peers.mjs: python3 -m venv .peers/tensorboard; .peers/tensorboard/bin/pip install tensorboard==2.21.0"""

import base64
import sys
import tempfile
from pathlib import Path

sys.path.append(str(next((Path(__file__).resolve().parents[2] / ".peers" / "tensorboard" / "lib").glob("python3*")) / "site-packages"))

import keras  # noqa: E402
import tensorboard  # noqa: E402
import tensorflow as tf  # noqa: E402
from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader  # noqa: E402
from tensorboard.plugins.hparams import api as hp  # noqa: E402
from tensorboard.plugins.histogram import summary_v2 as histogram  # noqa: E402
from tensorboard.plugins.pr_curve import summary as pr_curve  # noqa: E402
from tensorboard.util import tensor_util  # noqa: E402

from common import np, uniform, write  # noqa: E402


def read(path):
    """The file and, of every event, what TensorBoard reads: its step and, for a value, tag, plugin, shape and numbers."""
    found = []
    for event in LegacyEventFileLoader(str(path)).Load():
        for value in event.summary.value:
            array = tensor_util.make_ndarray(value.tensor) if value.HasField("tensor") else np.zeros(0)
            numbers = [] if array.dtype == object else array.astype("float64").reshape(-1).tolist()
            found.append({"step": event.step, "tag": value.tag, "plugin": value.metadata.plugin_data.plugin_name, "shape": list(array.shape), "numbers": numbers})
    return {"base64": base64.b64encode(path.read_bytes()).decode(), "name": path.parent.name}, found


def fitted(folder):
    """A fit with everything that the callback writes but the graph of operations, which is large."""
    keras.utils.set_random_seed(1)
    keras.backend.clear_session()
    model = keras.Sequential([
        keras.Input((6, 6, 1)), keras.layers.Conv2D(2, 3, activation="relu"), keras.layers.Flatten(), keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy", keras.metrics.MeanAbsoluteError()])
    x, y = uniform(1, (16, 6, 6, 1)).astype("float32"), (np.arange(16) % 2).reshape(16, 1).astype("float32")
    board = keras.callbacks.TensorBoard(folder, histogram_freq=1, write_images=True, update_freq=2, write_graph=False, write_steps_per_second=True)
    model.fit(x, y, batch_size=4, epochs=2, validation_data=(x, y), verbose=0, callbacks=[board])


def every_kind(folder):
    labels, predictions = np.array([1, 0, 1, 1, 0], dtype=bool), np.array([0.9, 0.3, 0.4, 1.0, 0.75], dtype="float32")
    with tf.summary.create_file_writer(str(folder)).as_default():
        tf.summary.scalar("a/scalar", 0.1, step=3, description="of *one* kind")
        tf.summary.histogram("a/histogram", [1.0, 2.0, 4.0, 4.0], step=3, buckets=3)
        tf.summary.histogram("a/equal", [2.0, 2.0], step=3, buckets=3)
        tf.summary.image("a/image", np.arange(24, dtype="uint8").reshape(2, 2, 2, 3) * 10, step=3)
        tf.summary.text("a/text", ["**bold**", "grüße"], step=3)
        for summary in [
            pr_curve.pb("a/curve", labels, predictions, num_thresholds=5),
            hp.hparams_config_pb(
                [hp.HParam("units", hp.Discrete([4, 8])), hp.HParam("rate", hp.RealInterval(0.1, 0.5)), hp.HParam("optimizer", hp.Discrete(["sgd", "adam"]))],
                [hp.Metric("epoch_loss", group="validation", display_name="loss")], time_created_secs=12.5,
            ) if hasattr(hp, "hparams_config_pb") else None,
            hp.hparams_pb({"units": 4, "rate": 0.25, "optimizer": "sgd", "deep": True}, trial_id="first", start_time_secs=13.5),
        ]:
            if summary is not None:
                tf.summary.experimental.write_raw_pb(summary.SerializeToString(), step=0)
        old = tf.compat.v1.Summary()
        old.value.add(tag="old/scalar", simple_value=0.5)
        counts = tf.compat.v1.HistogramProto(min=-1, max=2, num=3, sum=1, sum_squares=5, bucket_limit=[0, 1, 3], bucket=[1, 0, 2])
        old.value.add(tag="old/histogram", histo=counts)
        tf.summary.experimental.write_raw_pb(old.SerializeToString(), step=4)
        again = tf.compat.v1.Summary()
        again.value.add(tag="a/scalar", tensor=tf.compat.v1.make_tensor_proto(0.75))
        again.value.add(tag="ones", tensor=tf.compat.v1.make_tensor_proto(np.ones((3, 4), "float32")))
        tf.summary.experimental.write_raw_pb(again.SerializeToString(), step=5)


with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    fitted(folder / "fit")
    every_kind(folder / "kinds")
    files = {}
    for path in sorted(folder.rglob("*tfevents*")):
        file, found = read(path)
        files[str(path.parent.relative_to(folder))] = {"file": file, "values": found}
    equal = histogram.histogram_pb("x", uniform(5, (50,)), buckets=7).value[0].tensor
    write("event-files", {"files": files, "histogram": tensor_util.make_ndarray(equal).reshape(-1).tolist()}, keras, tf, tensorboard)
