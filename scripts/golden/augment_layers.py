"""Pictures before and after Keras's RandomErasing, CutMix and MixUp layers and each operation of RandAugment, for fixed parameters.

Parameters are handed to the layers in place of what they would draw. Pictures and results are f32, 0 to 255, stored in steps of 1/256.
"""

import base64

import keras

from common import np, tensor, uniform, write

HEIGHT, WIDTH = 14, 18
SHAPE = (HEIGHT, WIDTH, 3)


def pictures():
    """Three pictures: a ramp with noise, one with a flat channel and a narrow range, and noise."""
    ramp = np.linspace(10, 240, HEIGHT)[:, None, None] + uniform(1, SHAPE, 15.0)
    narrow = 90 + uniform(2, SHAPE, 40.0)
    narrow[..., 1] = 77
    noise = 127.5 + uniform(3, SHAPE, 127.4)
    return np.round(np.clip(np.stack([ramp, narrow, noise]), 0, 255)).astype(np.uint8)


def packed(values):
    """Values 0 to 255 in steps of 1/256."""
    fixed = np.round(np.asarray(values, dtype=np.float64) * 256).astype("<u2")
    return {"shape": list(fixed.shape), "dtype": "u16", "unit": 1 / 256, "base64": base64.b64encode(fixed.tobytes()).decode()}


IMAGES = pictures()
X = IMAGES.astype(np.float32)
LABELS = np.eye(4, dtype=np.float32)[[2, 0, 3]]
STRENGTHS = {
    "brightness": [40.0, -25.0, 200.0],
    "colorDegeneration": [0.0, 0.4, 1.0],
    "contrast": [1.5, 1.0, 0.3],
    "sharpness": [0.0, 0.7, 1.9],
    "posterization": [5, 7, 3],
}
ADDITIONS, THRESHOLDS = [30.0, 0.0, 100.0], [128.0, 80.0, 10.0]
SHEARS = [[0.3, -0.2], [0.0, 0.45], [-0.5, 0.1]]
TRANSLATIONS = [[4.0, -2.5], [0.25, 6.0], [-9.5, 0.0]]  # right, down
DEGREES = [30.0, 123.4, -90.0]


def equalized():
    """One picture at a time: of a batch, Keras counts the levels of all pictures together, whichever they are."""
    layer = keras.layers.Equalization()
    return np.concatenate([np.asarray(layer.transform_images(keras.ops.convert_to_tensor(X[row : row + 1]), None)) for row in range(3)])


def column(values):
    return np.asarray(values, dtype=np.float32).reshape(-1, 1, 1, 1)


def operations():
    layers = keras.layers
    rotation = layers.RandomRotation(0.5)
    zeros, ones = np.zeros(3, np.float32), np.ones(3, np.float32)
    matrix = rotation._compute_affine_matrix(
        center_x=0.5, center_y=0.5, angle=np.float32(DEGREES), translate_x=zeros, translate_y=zeros, scale=ones,
        shear_x=zeros, shear_y=zeros, height=HEIGHT, width=WIDTH,
    )
    calls = {
        "shear": (layers.RandomShear(0.5, 0.5), {"shear_factor": np.float32(SHEARS), "input_shape": X.shape}),
        "translation": (layers.RandomTranslation(0.5, 0.5), {"translations": np.float32(TRANSLATIONS), "input_shape": X.shape}),
        "rotation": (rotation, {"rotation_matrix": matrix}),
        "brightness": (layers.RandomBrightness(0.5), {"rgb_delta": column(STRENGTHS["brightness"])}),
        "colorDegeneration": (layers.RandomColorDegeneration(0.5), {"factor": column(STRENGTHS["colorDegeneration"])}),
        "contrast": (layers.RandomContrast(0.5), {"contrast_factor": column(STRENGTHS["contrast"])}),
        # The layer doubles what it drew.
        "sharpness": (layers.RandomSharpness(0.5), {"factor": np.float32(STRENGTHS["sharpness"]) / 2}),
        "posterization": (layers.RandomPosterization(4), {"shift_factor": np.uint8(STRENGTHS["posterization"])}),
        "solarization": (layers.Solarization(0.5, 0.5), {"additions": column(ADDITIONS), "thresholds": column(THRESHOLDS)}),
        "autoContrast": (layers.AutoContrast(), None),
    }
    return {name: packed(layer.transform_images(keras.ops.convert_to_tensor(X), given)) for name, (layer, given) in calls.items()}


def chain():
    """Two operations one after the other, as RandAugment makes them."""
    return packed(keras.layers.RandomContrast(0.5).transform_images(keras.ops.convert_to_tensor(equalized()), {"contrast_factor": column(STRENGTHS["contrast"])}))


BOXES = [[2, 9, 3, 11], [0, 14, 0, 18], [5, 5, 7, 7]]  # top, bottom, left, right


def mask(layer):
    top, bottom, left, right = np.float32(BOXES).T
    return layer._generate_batch_mask(X.shape, (left, right, top, bottom))


erasing = keras.layers.RandomErasing(fill_value=[10.0, 200.0, 90.0])
erased = erasing.transform_images(X, {
    "batch_masks": erasing._generate_batch_mask(X.shape, (np.float32([3, 0, 7]), np.float32([11, 18, 7]), np.float32([2, 0, 5]), np.float32([9, 14, 5]))),
    "apply_erasing": np.array([True, True, False]),
    "fill_value": erasing._get_fill_value(X, X.shape, None),
})
ORDER = np.int32([1, 2, 0])
cutmix = keras.layers.CutMix()
masks, shares = mask(cutmix)
cut = {"permutation_order": ORDER, "batch_masks": masks, "mix_weight": shares}
SHARES = np.float32([0.25, 0.9, 1.0])
mixup = keras.layers.MixUp()
mixed = {"mix_weight": SHARES, "permutation_order": ORDER}

write("augment-layers", {
    "note": "output: value = stored * unit; sharpness and posterization as our parameters: share of the sharp picture, bits shifted out",
    "input": tensor(IMAGES), "labels": tensor(LABELS),
    "parameters": {
        **STRENGTHS, "additions": ADDITIONS, "thresholds": THRESHOLDS, "shears": SHEARS, "translations": TRANSLATIONS,
        "degrees": DEGREES, "boxes": BOXES, "order": ORDER.tolist(), "shares": SHARES.tolist(), "fillValue": [10, 200, 90],
    },
    "operations": {**operations(), "equalization": packed(equalized())},
    "equalizationThenContrast": chain(),
    "erasing": packed(erased),
    "cutmix": {"images": packed(cutmix.transform_images(X, cut)), "labels": tensor(np.asarray(cutmix.transform_labels(LABELS, cut), dtype=np.float32))},
    "mixup": {"images": packed(mixup.transform_images(X, mixed)), "labels": tensor(np.asarray(mixup.transform_labels(LABELS, mixed), dtype=np.float32))},
}, keras)
