"""The Python half of the protocol of bench/README.md: arguments in, one line of JSON a measurement out."""

import json
import os
import sys
import time


def arguments(parser):
    """WORK --repeats N --threads T --batch B; threads are also set for OpenMP and MKL, so call this before importing a framework."""
    parser.add_argument("work")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--variant", default="")
    parser.add_argument("--data", default="")
    parser.add_argument("--sizes", default="64,128,256,512,1024,2048")
    parser.add_argument("--models", default="")
    options = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    return options


def timed(action, repeats, warmup):
    """The seconds of each of `repeats` calls, after `warmup` calls that do not count."""
    for _ in range(warmup):
        action()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return seconds


def middle(values):
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


MODEL_CASES = {
    "models-infer": [
        ("mobilenet-v2", 1), ("mobilenet-v2", 8), ("resnet-50", 1), ("resnet-50", 8), ("vgg-16", 1), ("vgg-16", 8), ("transformer", 8),
    ],
    "models-train": [("mobilenet-v2", 8), ("resnet-50", 8), ("transformer", 8), ("mlp", 32)],
}
SHAPES = {"mobilenet-v2": (224, 224, 3), "resnet-50": (224, 224, 3), "vgg-16": (224, 224, 3), "transformer": (128, 256), "mlp": (784,)}
CLASSES = {"mobilenet-v2": 1000, "resnet-50": 1000, "vgg-16": 1000, "transformer": 10, "mlp": 10}


def model_cases(options):
    """The (name, batch) that are asked for."""
    return [case for case in MODEL_CASES[options.work] if not options.models or case[0] in options.models.split(",")]


def emit(name, options, seconds=None, ms=None, versions=None, extra=None, **fields):
    """Prints a measurement: `seconds` of whole batches become msPerImage; `ms` stands as it is."""
    row = {"name": name, "work": options.work, **fields}
    if seconds is not None:
        row["msPerImage"] = 1000 * middle(seconds) / options.batch
        row["repeats"] = [1000 * s / options.batch for s in seconds]
    if ms is not None:
        row["ms"] = ms
    row.update(extra or {})
    row["versions"] = versions or {}
    print(json.dumps(row), flush=True)
    sys.stdout.flush()
