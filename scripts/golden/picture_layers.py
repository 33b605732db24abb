"""Pictures before and after Keras's random image layers, for given draws: each layer's own transform_images, in float32."""

import keras

from common import np, tensor, uniform, write
from preprocessing_options import keras_options

SHAPE = (2, 7, 9, 3)
NUM, HEIGHT, WIDTH = SHAPE[:3]


def pictures(value_range=(0, 255)):
    low, high = value_range
    x = uniform(51, SHAPE, (high - low) / 2, (high + low) / 2)
    x[1, :, :, 1] = low + (high - low) * 0.25  # a channel of one value
    x[0, 0, 0] = low
    x[0, 1, 1] = high
    x[1, 2, 2] = x[1, 2, 2, 0]
    return np.clip(x, low, high).astype(np.float32)


def column(values):
    return np.asarray(values, dtype=np.float32).reshape(-1, 1, 1, 1)


def given_for(name, layer, draws):
    """What the layer's get_random_transformation would have given for our draws."""
    shape = SHAPE
    if name == "randomFlip":
        return {"flips": np.asarray(draws["isFlipped"], bool).reshape(-1, 1, 1, 1), "input_shape": shape}
    if name == "randomRotation":
        zeros, ones = np.zeros(NUM, np.float32), np.ones(NUM, np.float32)
        return {"rotation_matrix": layer._compute_affine_matrix(
            center_x=0.5, center_y=0.5, angle=np.float32(draws["degrees"]), translate_x=zeros, translate_y=zeros, scale=ones,
            shear_x=zeros, shear_y=zeros, height=HEIGHT, width=WIDTH)}
    if name == "randomZoom":
        return {"height_zoom": np.float32(draws["height"])[:, None], "width_zoom": np.float32(draws["width"])[:, None], "input_shape": shape}
    if name == "randomTranslation":
        return {"translations": np.float32(np.stack([draws["width"], draws["height"]], 1)), "input_shape": shape}
    if name == "randomShear":
        return {"shear_factor": np.float32(np.stack([draws["x"], draws["y"]], 1)), "input_shape": shape}
    if name == "randomPerspective":
        start = np.float32([[[0, 0], [WIDTH - 1, 0], [0, HEIGHT - 1], [WIDTH - 1, HEIGHT - 1]]] * NUM)
        end = start + start * np.float32(draws["growth"])
        return {"apply_perspective": np.asarray(draws["isChanged"], bool), "start_points": start, "end_points": end, "input_shape": shape}
    if name == "randomCrop":
        return draws["top"], draws["left"]
    if name == "randomBrightness":
        return {"rgb_delta": column(draws["added"])}
    if name == "randomContrast":
        return {"contrast_factor": column(draws["factor"])}
    if name in ("randomSaturation", "randomHue", "randomSharpness"):
        return {"factor": np.float32(draws["factor"])}
    if name == "randomColorDegeneration":
        return {"factor": column(draws["factor"])}
    if name == "randomGrayscale":
        return np.asarray(draws["isChanged"], bool).reshape(-1, 1, 1, 1)
    if name == "randomInvert":
        return {"apply_inversion": np.asarray(draws["isChanged"], bool)}
    if name == "randomPosterization":
        return {"shift_factor": np.uint8(8 - np.asarray(draws["numBits"]))}
    if name == "randomGaussianBlur":
        return {"should_apply_blur": np.asarray(draws["isChanged"], bool), "blur_factor": np.float32(draws["sigma"])}
    if name == "randomErasing":
        corners = tuple(np.float32(draws[side]) for side in ["left", "right", "top", "bottom"])
        x = pictures()
        return {"apply_erasing": np.asarray(draws["isErased"], bool), "batch_masks": layer._generate_batch_mask(shape, corners),
                "fill_value": layer._get_fill_value(x, shape, None)}
    if name == "solarization":
        return {"additions": column(draws["additions"]), "thresholds": column(draws["thresholds"])}
    return None


def case(name, options, draws=None):
    layer = getattr(keras.layers, name[0].upper() + name[1:])(**keras_options(options))
    x = pictures(options.get("valueRange", (0, 255)))
    given = given_for(name, layer, draws or {})
    images = keras.ops.convert_to_tensor(x)
    if name == "equalization":  # of a batch, Keras counts the levels of all pictures together, whichever they are
        output = np.concatenate([np.asarray(layer.transform_images(images[row : row + 1], None)) for row in range(NUM)])
    else:
        output = np.asarray(layer.transform_images(images, given))
    return {"layer": name, "options": options, "draws": draws or {}, "output": tensor(np.asarray(output, dtype=np.float32))}


def moved(name, options, draws):
    """In every fill mode, and with the nearest pixel."""
    modes = [{}, {"fillMode": "constant", "fillValue": 17.0}, {"fillMode": "nearest"}, {"fillMode": "wrap"}]
    return [case(name, {**options, **mode, **more}, draws) for mode in modes for more in [{}, {"interpolation": "nearest"}]]


UNIT = {"valueRange": [0, 1]}
SIGNED = {"valueRange": [-1, 1]}
GROWTH = (uniform(61, (NUM, 4, 2), 0.3) + 0.0).round(4).tolist()
BOX = {"isErased": [1, 1], "top": [0.5, 2.0], "bottom": [4.25, 7.0], "left": [2.75, 0.0], "right": [6.0, 3.1]}
CASES = [
    *[case("randomFlip", {"mode": mode}, {"isFlipped": flips}) for mode in ["horizontal", "vertical", "horizontalAndVertical"] for flips in [[1, 0], [0, 1]]],
    *moved("randomRotation", {"factor": 0.5}, {"degrees": [33.7, -118.9]}),
    *moved("randomZoom", {"heightFactor": 0.5, "widthFactor": 0.5}, {"height": [1.437, 0.613], "width": [0.713, 1.289]}),
    *moved("randomTranslation", {"heightFactor": 1.0, "widthFactor": 1.0}, {"height": [2.3, -6.6], "width": [-8.7, 3.41]}),
    case("randomTranslation", {"heightFactor": 1.0, "widthFactor": 1.0, "fillMode": "constant", "fillValue": 9.0, "interpolation": "nearest"}, {"height": [0.5, -0.5], "width": [1.5, -2.5]}),
    *moved("randomShear", {"xFactor": 0.9, "yFactor": 0.9}, {"x": [0.437, -0.871], "y": [0.211, -0.627]}),
    *[case("randomPerspective", options, {"isChanged": changed, "growth": GROWTH}) for options, changed in
      [({}, [1, 1]), ({"interpolation": "nearest"}, [1, 1]), ({"fillValue": 40.0}, [1, 0])]],
    case("randomCrop", {"height": 4, "width": 5}, {"top": 2, "left": 3}), case("randomCrop", {"height": 6, "width": 8}, {"top": 0, "left": 1}),
    case("randomCrop", {"height": 1, "width": 1}, {"top": 6, "left": 8}),
    case("randomBrightness", {"factor": 0.5}, {"added": [40.0, -77.5]}), case("randomBrightness", {"factor": 1, **UNIT}, {"added": [0.3, -0.9]}),
    case("randomBrightness", {"factor": 0.1, **SIGNED}, {"added": [0.0, 1.5]}),
    case("randomContrast", {"factor": 0.5}, {"factor": [1.5, 0.3]}), case("randomContrast", {"factor": 1, **UNIT}, {"factor": [0.0, 2.0]}),
    case("randomContrast", {"factor": [0.2, 0.9], **SIGNED}, {"factor": [1.9, 0.8]}),
    case("randomSharpness", {"factor": 0.5}, {"factor": [0.0, 0.45]}), case("randomSharpness", {"factor": 1, **UNIT}, {"factor": [1.0, 0.5]}),
    case("randomSharpness", {"factor": 1, **SIGNED}, {"factor": [0.7, 0.2]}),
    case("randomSaturation", {"factor": 0.5}, {"factor": [0.4, 1.7]}), case("randomSaturation", {"factor": 0.5, **UNIT}, {"factor": [0.0, 3.0]}),
    case("randomSaturation", {"factor": 0.5}, {"factor": [-0.5, 1.0]}),
    case("randomHue", {"factor": 1}, {"factor": [0.31, -0.44]}), case("randomHue", {"factor": 1, **UNIT}, {"factor": [0.0, 0.5]}),
    case("randomHue", {"factor": 1, **SIGNED}, {"factor": [-0.1, 0.05]}),
    case("randomColorDegeneration", {"factor": 0.5}, {"factor": [0.4, -0.3]}), case("randomColorDegeneration", {"factor": 1, **UNIT}, {"factor": [1.0, 0.0]}),
    case("randomColorDegeneration", {"factor": 1, **SIGNED}, {"factor": [-1.0, 0.77]}),
    *[case("randomGrayscale", {"factor": 0.5}, {"isChanged": changed}) for changed in [[1, 0], [0, 1], [1, 1]]],
    *[case("randomInvert", options, {"isChanged": changed}) for options, changed in [({}, [1, 0]), (UNIT, [0, 1]), (SIGNED, [1, 1])]],
    *[case("randomPosterization", {"factor": 8, **options}, {"numBits": bits}) for options, bits in [({}, [1, 3]), (UNIT, [5, 2]), (SIGNED, [4, 8])]],
    *[case("randomGaussianBlur", options, {"isChanged": changed, "sigma": sigma}) for options, changed, sigma in
      [({}, [1, 0], [0.9, 0.4]), ({"kernelSize": 5, **UNIT}, [1, 1], [0.7, 1.0]), ({"kernelSize": 1}, [1, 1], [0.3, 0.3]), (SIGNED, [0, 1], [0.05, 0.6])]],
    *[case("randomErasing", {"fillValue": fill}, {**BOX, "isErased": erased}) for fill, erased in [(12.5, [1, 1]), ([1.0, 200.0, 300.0], [1, 0]), (0, [0, 1])]],
    *[case("solarization", {"additionFactor": 0.3, "thresholdFactor": 0.5, **options}, {"additions": additions, "thresholds": thresholds})
      for options, additions, thresholds in [({}, [30.0, 0.0], [128.0, 60.0]), (UNIT, [10.0, 100.0], [0.0, 250.0]), (SIGNED, [0.0, 70.0], [90.0, 10.0])]],
    *[case("autoContrast", options) for options in [{}, UNIT, SIGNED, {"valueRange": [-100, 400]}]],
    *[case("equalization", options) for options in [{}, UNIT, {"bins": 16}, {"bins": 100, "valueRange": [0, 1]}]],
    *[case("contrastLimitedAdaptiveHistogramEqualization", options) for options in [{}, {"tileGridSize": [2, 3], "clipLimit": 2.5}, {"tileGridSize": [3, 2], "clipLimit": 0.0, **UNIT}, {"tileGridSize": [1, 1], **SIGNED}]],
]


def elastic(mode, more):
    """What Keras's elastic_transform does once it has its fields, which it draws inside."""
    x = pictures()
    down, across = uniform(62, SHAPE[:3], 4.0).astype(np.float32), uniform(63, SHAPE[:3], 5.0).astype(np.float32)
    rows, columns = np.meshgrid(np.arange(HEIGHT, dtype=np.float32), np.arange(WIDTH, dtype=np.float32), indexing="ij")
    order = 0 if more.get("interpolation") == "nearest" else 1
    output = np.stack([np.stack([keras.ops.image.map_coordinates(x[n, ..., c], [rows + down[n], columns + across[n]], order=order, fill_mode=mode, fill_value=17.0)
                                 for c in range(3)], -1) for n in range(NUM)])
    options = {"fillMode": mode, "fillValue": 17.0, **more}
    return {"layer": "randomElasticTransform", "options": options, "draws": {}, "output": tensor(np.asarray(output, dtype=np.float32))}


CASES += [elastic(mode, more) for mode in ["constant", "nearest", "wrap", "reflect"] for more in [{}, {"interpolation": "nearest"}]]


def mixed():
    """AugMix of three given rows of operations."""
    layer = keras.layers.AugMix()
    chains = [
        [("random_brightness", {"rgb_delta": column([30.0, -20.0])}), ("random_contrast", {"contrast_factor": column([1.3, 0.6])})],
        [],
        [("random_sharpness", {"factor": np.float32([0.2, 0.9])})],
    ]
    shares, own = [0.2, 0.5, 0.3], 0.35
    output = layer.transform_images(keras.ops.convert_to_tensor(pictures()), {
        "chain_mixing_weights": np.float32(shares), "weight_sample": np.float32(own),
        "chain_transforms": [[{"layer_name": name, "transformation": given} for name, given in chain] for chain in chains],
    })
    return {"added": [30.0, -20.0], "contrast": [1.3, 0.6], "sharpness": [0.2, 0.9], "shares": shares, "own": own, "output": tensor(np.asarray(output, dtype=np.float32))}


write("picture-layers", {
    "note": "x = uniform(51, [2, 7, 9, 3]) over the value range, float32; then channel 1 of picture 1 is a quarter of the range, x[0, 0, 0] its "
            "least and x[0, 1, 1] its largest value, and x[1, 2, 2] grey",
    "cases": CASES,
    "augMix": mixed(),
    "randAugmentOperations": keras.layers.RandAugment._AUGMENT_LAYERS,
}, keras)
