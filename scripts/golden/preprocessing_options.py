"""Options in camelCase, as our layers take them, as Keras's arguments."""

import re

VALUES = {
    "oneHot": "one_hot", "multiHot": "multi_hot", "tfIdf": "tf_idf", "stripPunctuation": "strip_punctuation",
    "lowerAndStripPunctuation": "lower_and_strip_punctuation", "horizontalAndVertical": "horizontal_and_vertical",
}


def snake(name):
    return re.sub(r"([A-Z])", lambda found: "_" + found[1].lower(), name)


def keras_options(options):
    return {snake(name): VALUES.get(value, value) if isinstance(value, str) else value for name, value in options.items()}
