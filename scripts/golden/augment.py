"""Pictures before and after Keras's `apply_affine_transform`, channel shift, flips and brightness, for fixed parameters.

The pictures are small cuts of two CC0 photographs of scikit-image (chelsea the cat, a cup of coffee). `by_hand` says in numpy what
AUGMENT.md says in words; this script stops when Keras does anything else.
"""

import base64

import keras
import scipy
import skimage
from keras.src.legacy.preprocessing.image import ImageDataGenerator

from common import FOLDER, np, tensor, write


def picture(photograph, top, left, size, factor):
    """A cut of the photograph, made smaller by averaging blocks of factor x factor, as u8."""
    rows, columns = size
    cut = photograph[top : top + rows * factor, left : left + columns * factor, :3].astype(np.float64)
    return np.round(cut.reshape(rows, factor, columns, factor, 3).mean(axis=(1, 3))).astype(np.uint8)


SQUARE = picture(skimage.data.chelsea(), 40, 110, (32, 32), 6)
RECTANGLE = picture(skimage.data.coffee(), 60, 100, (24, 40), 8)


def reflect(index, size):
    """d c b a | a b c d | d c b a"""
    index = np.mod(index, 2 * size)
    return np.where(index >= size, 2 * size - 1 - index, index)


def read(channel, row, column, mode, cval):
    """Bilinear reading at real coordinates, as scipy's affine_transform of order 1 does it."""
    height, width = channel.shape
    outside = np.zeros(row.shape, dtype=bool)
    if mode == "nearest":
        row, column = np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)
    elif mode == "constant":
        outside = (row < 0) | (row > height - 1) | (column < 0) | (column > width - 1)
        row, column = np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)
    elif mode == "wrap":
        # The last point lies on the first: the period is size - 1.
        row = np.where((row < 0) | (row > height - 1), np.mod(row, height - 1), row)
        column = np.where((column < 0) | (column > width - 1), np.mod(column, width - 1), column)
    r, c = np.floor(row).astype(int), np.floor(column).astype(int)
    a, b = row - r, column - c

    def at(i, j):
        if mode == "reflect":
            return channel[reflect(i, height), reflect(j, width)]
        return channel[np.clip(i, 0, height - 1), np.clip(j, 0, width - 1)]

    value = (1 - a) * ((1 - b) * at(r, c) + b * at(r, c + 1)) + a * ((1 - b) * at(r + 1, c) + b * at(r + 1, c + 1))
    return np.where(outside, cval, value)


def by_hand(image, p, mode, cval, centre=None):
    """The whole chain for one picture; `centre` is (row, column), by default Keras's."""
    height, width, _ = image.shape
    # Keras takes the height for the columns' centre and the width for the rows': right for squares alone.
    centre_row, centre_column = centre or ((width - 1) / 2, (height - 1) / 2)
    theta, shear = np.deg2rad(p.get("theta", 0)), np.deg2rad(p.get("shear", 0))
    zx, zy, tx, ty = p.get("zx", 1), p.get("zy", 1), p.get("tx", 0), p.get("ty", 0)
    column, row = np.meshgrid(np.arange(width) - centre_column, np.arange(height) - centre_row)
    # Output coordinates (x = column, y = row, from the centre) through zoom, shear, shift, rotation to where the input is read.
    x, y = zx * column, zy * row
    x, y = x - np.sin(shear) * y, np.cos(shear) * y
    x, y = x + tx, y + ty
    x, y = np.cos(theta) * x - np.sin(theta) * y, np.sin(theta) * x + np.cos(theta) * y
    out = image.astype(np.float64)
    if any(key in p for key in ("theta", "tx", "ty", "shear", "zx", "zy")):
        out = np.stack([read(out[..., k], y + centre_row, x + centre_column, mode, cval) for k in range(3)], axis=-1)
    if p.get("channel_shift_intensity") is not None:
        out = np.clip(out + p["channel_shift_intensity"], out.min(), out.max())
    if p.get("flip_horizontal"):
        out = out[:, ::-1]
    if p.get("flip_vertical"):
        out = out[::-1]
    if p.get("brightness") is not None:
        out = np.clip(np.trunc(np.trunc(out) * p["brightness"]), 0, 255)
    return out


MIXED = {"theta": 17.0, "tx": 3.3, "ty": -2.6, "shear": 12.0, "zx": 0.87, "zy": 1.15}
WILD = {"theta": -145.0, "tx": 14.7, "ty": 11.2, "shear": -25.0, "zx": 2.6, "zy": 1.9}
SQUARES = {
    "rotation": ({"theta": 25.0}, "nearest"),
    "rotationNegative": ({"theta": -40.0}, "reflect"),
    "rotationQuarter": ({"theta": 90.0}, "nearest"),
    "shiftTx": ({"tx": 5.0}, "constant"),
    "shiftTyFraction": ({"ty": -4.4}, "nearest"),
    "shiftBothWrap": ({"tx": 7.5, "ty": 6.25}, "wrap"),
    "shear": ({"shear": 20.0}, "nearest"),
    "shearNegative": ({"shear": -30.0}, "reflect"),
    "zoomIn": ({"zx": 0.7, "zy": 0.7}, "nearest"),
    "zoomOut": ({"zx": 1.4, "zy": 1.4}, "constant"),
    "zoomUneven": ({"zx": 0.8, "zy": 1.3}, "reflect"),
    **{f"mixed{mode.capitalize()}": (MIXED, mode) for mode in ("nearest", "constant", "reflect", "wrap")},
    **{f"wild{mode.capitalize()}": (WILD, mode) for mode in ("nearest", "constant", "reflect", "wrap")},
    "flipHorizontal": ({"flip_horizontal": True}, "nearest"),
    "flipVertical": ({"flip_vertical": True}, "nearest"),
    "mixedFlips": ({**MIXED, "flip_horizontal": True, "flip_vertical": True}, "nearest"),
    "channelShift": ({"channel_shift_intensity": 35.0}, "nearest"),
    "channelShiftNegative": ({"channel_shift_intensity": -50.0}, "nearest"),
    "darker": ({"brightness": 0.6}, "nearest"),
    "brighter": ({"brightness": 1.5}, "nearest"),
    "everything": (
        {**MIXED, "flip_horizontal": True, "channel_shift_intensity": -20.0, "brightness": 1.2}, "reflect",
    ),
}
RECTANGLES = {
    "rotation": ({"theta": 25.0}, "nearest"),
    "shift": ({"tx": 5.0, "ty": -2.5}, "constant"),
    "shear": ({"shear": 20.0}, "nearest"),
    "zoom": ({"zx": 0.75, "zy": 1.3}, "nearest"),
    "mixedNearest": (MIXED, "nearest"),
    "mixedConstant": (MIXED, "constant"),
    "mixedReflect": (MIXED, "reflect"),
    "mixedWrap": (MIXED, "wrap"),
    "flips": ({"flip_horizontal": True, "flip_vertical": True}, "nearest"),
}
CVAL = 40.0


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def packed(values):
    """Values 0 to 255 in steps of 1/256."""
    fixed = np.round(np.asarray(values, dtype=np.float64) * 256).astype("<u2")
    return {"shape": list(fixed.shape), "dtype": "u16", "unit": 1 / 256, "base64": base64.b64encode(fixed.tobytes()).decode()}


def case(image, parameters, mode, both):
    """What Keras makes of the picture; `both`: also with the picture's own centre, where Keras's lies elsewhere."""
    generator = ImageDataGenerator(fill_mode=mode, cval=CVAL)
    height, width, _ = image.shape
    output = np.asarray(generator.apply_transform(image.astype(np.float32), parameters))
    distance = np.abs(output - by_hand(image, parameters, mode, CVAL))
    # A reading at a pixel's border may be rounded either way; brightness truncates.
    assert distance.mean() < 2e-3 and np.quantile(distance, 0.99) < 1e-3, (parameters, mode, distance.mean(), distance.max())
    result = {"parameters": {camel(k): v for k, v in parameters.items()}, "fillMode": mode, "output": packed(output)}
    if both:
        result["outputOwnCentre"] = packed(by_hand(image, parameters, mode, CVAL, ((height - 1) / 2, (width - 1) / 2)))
    return result


note = "output: value = stored * unit, 0 to 255; meaning of the parameters: AUGMENT.md; cval counts for fillMode constant alone"
write("augment", {
    "note": note, "cval": CVAL, "input": tensor(SQUARE),
    "cases": {name: case(SQUARE, *values, False) for name, values in SQUARES.items()},
}, keras, scipy, skimage)
write("augment-rectangle", {
    "note": note + "; output: Keras, whose centre is wrong for rectangles; outputOwnCentre: the same about the picture's centre",
    "cval": CVAL, "input": tensor(RECTANGLE),
    "cases": {name: case(RECTANGLE, *values, True) for name, values in RECTANGLES.items()},
}, keras, scipy, skimage)
assert FOLDER.is_dir()
