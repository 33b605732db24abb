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


def timed_for(action, repeats):
    """As `timed`, for steps of any length: two warm up, then at least `repeats`, going on for a second, but no new one begins after eight."""
    seconds = timed(action, 0, 2)
    while sum(seconds) < 8 and (len(seconds) < repeats or sum(seconds) < 1):
        seconds += timed(action, 1, 0)
    return seconds


def parse_work(work):
    """`resnet50-train-b8`: its model, what is done, the batch."""
    model, mode, batch = work.split("-")
    return model, mode, int(batch[1:])


def middle(values):
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


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
