"""Keras's StringLookup and TextVectorization: vocabularies that `adapt` finds, and outputs; TensorFlow's hashes of strings."""

import keras
import tensorflow as tf

from common import np, tensor, write
from preprocessing_options import keras_options

TEXTS = [
    "The cat sat on the mat.", "A dog! A dog, and another DOG.", "the mat -- the cat's mat", "", "  Straße und Ärger,\tüber\nalles  ", "one",
    "cat cat cat cat sat", "日本語 テキスト the", "über the sea",
]
FRESH = ["the cat and the dog", "Unknown words only", "", "MAT mat mAt!", "日本語 cat", "a b c d e f g h"]


def narrow(array):
    array = np.asarray(array)
    return array.astype(np.int32) if array.dtype.kind in "iu" else array.astype(np.float32)


def text_case(options, adapt=True):
    given = keras_options(options)
    if isinstance(given.get("ngrams"), list):
        given["ngrams"] = tuple(given["ngrams"])
    layer = keras.layers.TextVectorization(**given)
    if adapt:
        layer.adapt(TEXTS)
    return {
        "options": options, "isAdapted": adapt, "vocabulary": layer.get_vocabulary(),
        "plain": layer.get_vocabulary(include_special_tokens=False), "size": layer.vocabulary_size(), "output": tensor(narrow(layer(FRESH))),
    }


WORDS = [["a", "b", "c"], ["b", "", "z"], ["a", "a", "y"], ["[UNK]", "c", "x"]]


def lookup_case(options, strings=WORDS, adapt=None):
    layer = keras.layers.StringLookup(**keras_options(options))
    if adapt is not None:
        layer.adapt(np.array(adapt))
    return {
        "options": options, **({} if adapt is None else {"adapt": adapt}), "strings": strings, "vocabulary": layer.get_vocabulary(),
        "output": tensor(narrow(layer(np.array(strings)))),
    }


def inverse(options, indices):
    layer = keras.layers.StringLookup(invert=True, **keras_options(options))
    return {"options": options, "indices": indices, "strings": [one.decode() for one in np.asarray(layer(np.array(indices)))]}


HASHED = ["", "a", "ab", "abc", "abcd", "abcdefg", "abcdefgh", "0123456789abcdef", "0123456789abcdef0", "x" * 32, "y" * 33, "0123456789" * 6, "z" * 64,
          "z" * 65, "0123456789" * 13, "w" * 128, "w" * 129, "äöü日本語"]
LONG = 2**31 - 1

write("text-layers", {
    "texts": TEXTS, "fresh": FRESH,
    "cases": [
        text_case({}), text_case({"maxTokens": 6, "outputSequenceLength": 4}), text_case({"standardize": "lower", "outputSequenceLength": 3}),
        text_case({"standardize": "stripPunctuation"}), text_case({"standardize": None, "maxTokens": 9}), text_case({"split": "character"}),
        text_case({"ngrams": 2}), text_case({"ngrams": [3, 1], "outputMode": "count"}), text_case({"outputMode": "multiHot"}),
        text_case({"outputMode": "count", "maxTokens": 8}), text_case({"outputMode": "tfIdf"}),
        text_case({"outputMode": "tfIdf", "maxTokens": 40, "padToMaxTokens": True}), text_case({"outputMode": "multiHot", "maxTokens": 30, "padToMaxTokens": True}),
        text_case({"vocabulary": ["the", "cat", "mat"]}, False), text_case({"vocabulary": ["", "[UNK]", "the", "cat"]}, False),
        text_case({"vocabulary": ["the", "cat"], "outputMode": "tfIdf", "idfWeights": [0.5, 2.0]}, False),
    ],
    "lookups": [
        lookup_case({"vocabulary": ["a", "b", "c"]}), lookup_case({"vocabulary": ["a", "b", "c"], "maskToken": ""}),
        lookup_case({"vocabulary": ["", "[UNK]", "a", "c"], "maskToken": ""}), lookup_case({"vocabulary": ["a", "b"], "numOovIndices": 3}),
        lookup_case({"vocabulary": ["a", "b"], "numOovIndices": 7, "salt": 5}), lookup_case({"vocabulary": ["a", "b"], "numOovIndices": 7, "salt": [5, 9]}),
        lookup_case({"vocabulary": ["a", "b", "c"], "outputMode": "multiHot", "maskToken": ""}),
        lookup_case({"vocabulary": ["a", "b", "c"], "outputMode": "count"}), lookup_case({"vocabulary": ["a", "b", "c"], "outputMode": "oneHot"}, ["a", "q", "c"]),
        lookup_case({"vocabulary": ["a", "b", "c"], "outputMode": "oneHot"}, [["a"], ["q"], ["c"]]),
        lookup_case({"vocabulary": ["a", "b"], "outputMode": "tfIdf", "idfWeights": [0.5, 2.0]}),
        lookup_case({"vocabulary": ["a", "b"], "outputMode": "count", "maxTokens": 6, "padToMaxTokens": True}), lookup_case({}, adapt=WORDS),
        lookup_case({"maxTokens": 3}, adapt=WORDS), lookup_case({"outputMode": "tfIdf", "maskToken": ""}, adapt=WORDS), lookup_case({}, ["a", "q"], adapt=["b", "a", "b"]),
    ],
    "inverses": [inverse({"vocabulary": ["a", "b"]}, [0, 1, 2, 5]), inverse({"vocabulary": ["a", "b"], "maskToken": "", "oovToken": "?"}, [0, 1, 2, 3, 9])],
    "hashes": {
        "strings": HASHED,
        "fast": tf.strings.to_hash_bucket_fast(HASHED, LONG).numpy().tolist(),
        "strong": tf.strings.to_hash_bucket_strong(HASHED, LONG, key=[3, 12345678901]).numpy().tolist(),
    },
}, keras, tf)
