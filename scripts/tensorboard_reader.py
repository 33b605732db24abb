"""Reads event files with TensorBoard's own reader: python scripts/tensorboard_reader.py FOLDER. Prints what it found as JSON; ends with 1 where a
record is not read, or a kind of summary is not known to its plugin."""

import json
import sys
from collections import Counter
from pathlib import Path

import tensorboard
from tensorboard.backend.event_processing import event_accumulator, event_file_loader
from tensorboard.plugins.hparams import metadata as hparams
from tensorboard.plugins.pr_curve import metadata as pr_curve
from tensorboard.util import tensor_util

found = {"tensorboard": tensorboard.__version__, "numEvents": 0, "content": Counter(), "plugins": Counter(), "tags": {}}
for path in sorted(Path(sys.argv[1]).rglob("*tfevents*")):
    for event in event_file_loader.EventFileLoader(str(path)).Load():
        found["numEvents"] += 1
        found["content"][event.WhichOneof("what")] += 1
        for value in event.summary.value:
            content = value.metadata.plugin_data.content
            plugin = value.metadata.plugin_data.plugin_name
            found["plugins"][plugin] += 1
            array = tensor_util.make_ndarray(value.tensor)
            if plugin == "hparams":
                parse = [hparams.parse_experiment_plugin_data, hparams.parse_session_start_info_plugin_data, hparams.parse_session_end_info_plugin_data]
                tags = [hparams.EXPERIMENT_TAG, hparams.SESSION_START_INFO_TAG, hparams.SESSION_END_INFO_TAG]
                parse[tags.index(value.tag)](content)
            elif plugin == "pr_curves":
                assert array.shape == (6, pr_curve.parse_plugin_metadata(content).num_thresholds)
            elif plugin == "histograms":
                assert array.shape[1:] == (3,)
            elif plugin == "scalars":
                assert array.shape == ()
for folder in sorted({path.parent for path in Path(sys.argv[1]).rglob("*tfevents*")}):
    accumulator = event_accumulator.EventAccumulator(str(folder), size_guidance={"tensors": 0, "scalars": 0})
    accumulator.Reload()
    tags = accumulator.Tags()
    last = {tag: float(tensor_util.make_ndarray(accumulator.Tensors(tag)[-1].tensor_proto)) for tag in tags["tensors"] if tag.startswith("epoch_")}
    found["tags"][str(folder.relative_to(sys.argv[1]))] = {"tensors": len(tags["tensors"]), "graph": tags["graph"], "last": last}
print(json.dumps(found, indent=2))
