"""Keras's layers of categories and sizes: encoding, ranges, lookups of integers, hashes, resizing; and what `adapt` finds."""

import keras
import tensorflow as tf

from common import np, tensor, uniform, write
from preprocessing_options import keras_options



def layer_of(name, options):
    return getattr(keras.layers, name[0].upper() + name[1:])(**keras_options(options))


def narrow(array):
    array = np.asarray(array)
    return array.astype(np.int32) if array.dtype.kind in "iu" else array.astype(np.float32)


def case(name, options, *inputs):
    arrays = [np.asarray(one) for one in inputs]
    layer = layer_of(name, options)
    if name == "categoryEncoding" and len(arrays) == 2:
        output = layer(arrays[0], count_weights=arrays[1].astype(np.float32))
    else:
        output = layer(arrays[0] if len(arrays) == 1 else arrays)
    return {"layer": name, "options": options, "inputs": [tensor(narrow(one)) for one in arrays], "output": tensor(narrow(output))}


COLUMN = np.array([[0], [3], [2], [1]])
SAMPLES = np.array([[0, 1, 1], [4, 2, 0], [3, 3, 3], [1, 4, 2]])
INTEGERS = np.array([0, 7, -7, 10, 99, 100, -100, 999, 1000, -1234, 12345, -99999, 123456, 1234567, -1234567, 12345678, 123456789, -87654321,
                     987654321, 1234567890, -1234567890, 2147483647, -2147483648])
READINGS = np.array([[-1.5, 0.0], [0.25, 3.5], [1.0, 2.999], [7.0, -3.0]], dtype=np.float32)
LOOKED_UP = np.array([[12, 36], [36, 7], [1138, -5], [0, 42]])

CASES = [
    case("categoryEncoding", {"numTokens": 4, "outputMode": "oneHot"}, COLUMN),
    case("categoryEncoding", {"numTokens": 5, "outputMode": "oneHot"}, SAMPLES),
    case("categoryEncoding", {"numTokens": 5}, SAMPLES),
    case("categoryEncoding", {"numTokens": 6, "outputMode": "count"}, SAMPLES),
    case("categoryEncoding", {"numTokens": 5, "outputMode": "count"}, SAMPLES, uniform(3, SAMPLES.shape, 1.0, 1.0)),
    case("discretization", {"binBoundaries": [0.0, 1.0, 3.0]}, READINGS),
    case("discretization", {"binBoundaries": [0.0, 1.0, 3.0], "outputMode": "oneHot"}, READINGS[:, :1]),
    case("discretization", {"binBoundaries": [-2.0, 1.0], "outputMode": "multiHot"}, READINGS),
    case("discretization", {"binBoundaries": [-2.0, 1.0, 1.0, 3.0], "outputMode": "count"}, READINGS),
    case("integerLookup", {"vocabulary": [12, 36, 1138, 42]}, LOOKED_UP),
    case("integerLookup", {"vocabulary": [42, 12, 36], "numOovIndices": 3, "maskToken": 0}, LOOKED_UP),
    case("integerLookup", {"vocabulary": [0, -1, 42, 12], "maskToken": 0}, LOOKED_UP),
    case("integerLookup", {"vocabulary": [42, 12, 36], "outputMode": "oneHot", "maskToken": 0}, LOOKED_UP),
    case("integerLookup", {"vocabulary": [42, 12, 36, 7], "outputMode": "multiHot", "padToMaxTokens": True, "maxTokens": 8}, LOOKED_UP),
    case("integerLookup", {"vocabulary": [42, 12, 36, 7], "outputMode": "count", "numOovIndices": 2}, LOOKED_UP),
    case("integerLookup", {"vocabulary": [42, 12, 36], "outputMode": "tfIdf", "idfWeights": [0.5, 0.25, 2.0]}, LOOKED_UP),
    case("integerLookup", {"vocabulary": [42, 12], "numOovIndices": 5, "oovMethod": "farmhash"}, LOOKED_UP),
    case("integerLookup", {"vocabulary": [42, 12], "numOovIndices": 5, "oovMethod": "farmhash", "salt": [3, 4]}, LOOKED_UP),
    case("integerLookup", {"vocabulary": [(7919 * index) % 10007 - 5000 for index in range(1, 301)]}, (np.arange(1, 401) * 7919 % 10007 - 5000).reshape(100, 4)),
    case("integerLookup", {"vocabulary": [42, 12, 36], "invert": True}, np.array([[0, 1], [3, 9]])),
    case("integerLookup", {"vocabulary": [42, 12, 36], "invert": True, "maskToken": 0, "oovToken": -9}, np.array([[0, 1], [2, 4]])),
    case("hashing", {"numBins": 5}, INTEGERS),
    case("hashing", {"numBins": 1000003, "maskValue": 7}, INTEGERS),
    case("hashing", {"numBins": 8388608}, INTEGERS),
    case("hashing", {"numBins": 64, "salt": 133}, INTEGERS),
    case("hashing", {"numBins": 100003, "salt": [133, 137]}, INTEGERS),
    case("hashing", {"numBins": 3, "outputMode": "oneHot"}, COLUMN),
    case("hashing", {"numBins": 4, "outputMode": "multiHot"}, SAMPLES),
    case("hashing", {"numBins": 4, "outputMode": "count", "maskValue": 0}, SAMPLES),
    case("hashedCrossing", {"numBins": 5}, INTEGERS, INTEGERS[::-1].copy()),
    case("hashedCrossing", {"numBins": 1000003}, INTEGERS[:, None], INTEGERS[::-1][:, None].copy(), np.roll(INTEGERS, 3)[:, None]),
    case("hashedCrossing", {"numBins": 4, "outputMode": "oneHot"}, COLUMN, COLUMN[::-1].copy()),
]

PICTURES = (2, 7, 9, 3)


def picture_case(name, options, shape=PICTURES):
    x = uniform(31, shape, 100.0, 100.0).astype(np.float32)
    return {"layer": name, "options": options, "shape": list(shape), "output": tensor(np.asarray(layer_of(name, options)(x), dtype=np.float32))}


SIZES = [(5, 12), (14, 18), (3, 4), (7, 20)]
RESIZED = [
    *[picture_case("resizing", {"height": h, "width": w, "interpolation": method})
      for h, w in SIZES for method in ["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5", "area"]],
    *[picture_case("resizing", {"height": h, "width": w, "interpolation": method, "antialias": True})
      for h, w in [(3, 4), (5, 12)] for method in ["bilinear", "bicubic", "lanczos3", "lanczos5", "nearest", "area"]],
    picture_case("resizing", {"height": 6, "width": 6, "cropToAspectRatio": True}),
    picture_case("resizing", {"height": 4, "width": 9, "cropToAspectRatio": True, "interpolation": "bicubic"}),
    picture_case("resizing", {"height": 6, "width": 6, "padToAspectRatio": True}),
    picture_case("resizing", {"height": 4, "width": 9, "padToAspectRatio": True, "fillValue": 9.0, "interpolation": "nearest"}),
    picture_case("resizing", {"height": 5, "width": 9, "padToAspectRatio": True, "fillValue": 3.5}, (1, 8, 3, 2)),
    picture_case("centerCrop", {"height": 4, "width": 6}),
    picture_case("centerCrop", {"height": 7, "width": 8}),
    picture_case("centerCrop", {"height": 9, "width": 5}),
    picture_case("centerCrop", {"height": 12, "width": 10}),
]


def bins(num_bins, epsilon, batches):
    layer = keras.layers.Discretization(num_bins=num_bins, epsilon=epsilon)
    layer.adapt(batches)
    return layer.bin_boundaries


def adapted_bins(num_bins, epsilon, size, batch):
    data = uniform(41, (size,), 5.0, 1.0).astype(np.float32)
    data = data**3
    batches = [data[start : start + batch] for start in range(0, size, batch)]
    return {"numBins": num_bins, "epsilon": epsilon, "size": size, "batch": batch, "boundaries": bins(num_bins, epsilon, batches)}


def adapted_vocabulary(options, data):
    layer = layer_of("integerLookup", options)
    layer.adapt(np.asarray(data))
    found = {"options": options, "data": np.asarray(data).tolist(), "vocabulary": [int(one) for one in layer.get_vocabulary()]}
    if options.get("outputMode") == "tfIdf":
        found["idfWeights"] = np.asarray(layer.idf_weights).tolist()
    found["output"] = tensor(narrow(layer(np.asarray(data))))
    return found


SEEN = [[3, 3, 5], [5, 3, 8], [8, 1, -4], [3, 9, 9]]
write("preprocessing", {
    "note": "pictures: x = uniform(31, shape, 100, 100), float32; bins: the cubes of float32 uniform(41, [size], 5, 1), in batches",
    "cases": CASES,
    "resized": RESIZED,
    "bins": [adapted_bins(4, 0.01, 37, 37), adapted_bins(10, 0.01, 1000, 1000), adapted_bins(5, 0.1, 300, 77), adapted_bins(7, 0.01, 501, 100), adapted_bins(8, 0.01, 5, 5)],
    "vocabularies": [
        adapted_vocabulary({}, SEEN), adapted_vocabulary({"maxTokens": 4}, SEEN), adapted_vocabulary({"maskToken": 3, "numOovIndices": 2}, SEEN),
        adapted_vocabulary({"outputMode": "tfIdf"}, SEEN), adapted_vocabulary({"outputMode": "tfIdf", "maxTokens": 5}, SEEN),
    ],
}, keras, tf)
