"""Layers over one and three spatial axes in float64, and adaptive pooling and cropping over two: output and gradients as in layers.py."""

import keras
import tensorflow as tf

from common import write
from layer_cases import K, NOTE, measured

SERIES = (9, 3)
VOLUME = (4, 5, 3, 2)
SMALL = (2, 3, 2, 2)
# label: (layer, options, input shape without the batch)
CONVOLUTIONS = {
    "conv1dValid": (K.Conv1D, {"filters": 4, "kernel_size": 3}, SERIES),
    "conv1dSameStrides": (K.Conv1D, {"filters": 4, "kernel_size": 4, "padding": "same", "strides": 2}, SERIES),
    "conv1dDilation": (K.Conv1D, {"filters": 2, "kernel_size": 3, "dilation_rate": 3, "padding": "same"}, SERIES),
    "conv1dCausal": (K.Conv1D, {"filters": 4, "kernel_size": 3, "padding": "causal"}, SERIES),
    "conv1dCausalDilation": (K.Conv1D, {"filters": 4, "kernel_size": 3, "padding": "causal", "dilation_rate": 2}, SERIES),
    "conv1dCausalStrides": (K.Conv1D, {"filters": 3, "kernel_size": 4, "padding": "causal", "strides": 3, "use_bias": False, "activation": "relu"}, SERIES),
    "conv1dGroups": (K.Conv1D, {"filters": 6, "kernel_size": 3, "groups": 2}, (9, 4)),
    "conv3dValid": (K.Conv3D, {"filters": 3, "kernel_size": 2}, VOLUME),
    "conv3dSameStrides": (K.Conv3D, {"filters": 3, "kernel_size": (2, 3, 2), "padding": "same", "strides": (1, 2, 2), "activation": "relu"}, VOLUME),
    "conv3dSameEven": (K.Conv3D, {"filters": 2, "kernel_size": (3, 2, 2), "padding": "same", "use_bias": False}, VOLUME),
    "conv3dDilation": (K.Conv3D, {"filters": 2, "kernel_size": 2, "dilation_rate": (2, 3, 1)}, VOLUME),
    "conv3dGroups": (K.Conv3D, {"filters": 4, "kernel_size": 2, "groups": 2}, VOLUME),
    "depthwiseConv1d": (K.DepthwiseConv1D, {"kernel_size": 3}, SERIES),
    "depthwiseConv1dMultiplier": (K.DepthwiseConv1D, {"kernel_size": 4, "depth_multiplier": 2, "padding": "same", "activation": "tanh"}, SERIES),
    "depthwiseConv1dStrides": (K.DepthwiseConv1D, {"kernel_size": 3, "strides": 2, "padding": "same", "use_bias": False}, SERIES),
    "depthwiseConv1dDilation": (K.DepthwiseConv1D, {"kernel_size": 2, "dilation_rate": 3, "depth_multiplier": 2}, SERIES),
    "separableConv1d": (K.SeparableConv1D, {"filters": 4, "kernel_size": 3}, SERIES),
    "separableConv1dMultiplier": (K.SeparableConv1D, {"filters": 5, "kernel_size": 2, "depth_multiplier": 2, "padding": "same", "activation": "relu"}, SERIES),
    "separableConv1dStrides": (K.SeparableConv1D, {"filters": 2, "kernel_size": 3, "strides": 2, "use_bias": False}, SERIES),
    "separableConv1dDilation": (K.SeparableConv1D, {"filters": 2, "kernel_size": 3, "dilation_rate": 2}, SERIES),
    "conv1dTranspose": (K.Conv1DTranspose, {"filters": 4, "kernel_size": 3}, (5, 3)),
    "conv1dTransposeStrides": (K.Conv1DTranspose, {"filters": 2, "kernel_size": 2, "strides": 3, "use_bias": False}, (5, 3)),
    "conv1dTransposeSame": (K.Conv1DTranspose, {"filters": 2, "kernel_size": 4, "strides": 2, "padding": "same", "activation": "relu"}, (5, 3)),
    "conv1dTransposeOutputPadding": (K.Conv1DTranspose, {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1}, (5, 3)),
    "conv1dTransposeDilation": (K.Conv1DTranspose, {"filters": 2, "kernel_size": 3, "dilation_rate": 2}, (5, 3)),
    "conv3dTranspose": (K.Conv3DTranspose, {"filters": 3, "kernel_size": 2}, SMALL),
    "conv3dTransposeStrides": (K.Conv3DTranspose, {"filters": 2, "kernel_size": (2, 3, 1), "strides": (2, 1, 2), "activation": "tanh"}, SMALL),
    "conv3dTransposeSame": (K.Conv3DTranspose, {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "use_bias": False}, SMALL),
    "conv3dTransposeOutputPadding": (K.Conv3DTranspose, {"filters": 2, "kernel_size": 2, "strides": 2, "output_padding": (1, 0, 1)}, SMALL),
}
POOLS = {
    "pool": {},
    "poolSame": {"pool_size": 2, "padding": "same"},
    "pool3Strides2": {"pool_size": 3, "strides": 2},
    "pool3Strides2Same": {"pool_size": 3, "strides": 2, "padding": "same"},
    "pool3Strides1Same": {"pool_size": 3, "strides": 1, "padding": "same"},
}
OTHERS = {
    "globalMaxPooling1d": (K.GlobalMaxPooling1D, {}, SERIES),
    "globalMaxPooling1dKeepdims": (K.GlobalMaxPooling1D, {"keepdims": True}, SERIES),
    "globalMaxPooling1dOne": (K.GlobalMaxPooling1D, {}, (1, 4)),
    "globalAveragePooling1d": (K.GlobalAveragePooling1D, {}, SERIES),
    "globalAveragePooling1dKeepdims": (K.GlobalAveragePooling1D, {"keepdims": True}, SERIES),
    "globalAveragePooling1dOne": (K.GlobalAveragePooling1D, {}, (1, 4)),
    "globalMaxPooling3d": (K.GlobalMaxPooling3D, {}, VOLUME),
    "globalMaxPooling3dKeepdims": (K.GlobalMaxPooling3D, {"keepdims": True}, VOLUME),
    "globalMaxPooling3dThin": (K.GlobalMaxPooling3D, {}, (1, 4, 1, 3)),
    "globalAveragePooling3d": (K.GlobalAveragePooling3D, {}, VOLUME),
    "globalAveragePooling3dKeepdims": (K.GlobalAveragePooling3D, {"keepdims": True}, VOLUME),
    "globalAveragePooling3dThin": (K.GlobalAveragePooling3D, {}, (1, 4, 1, 3)),
    "zeroPadding1d": (K.ZeroPadding1D, {}, (4, 2)),
    "zeroPadding1dTwo": (K.ZeroPadding1D, {"padding": 2}, (4, 2)),
    "zeroPadding1dEnds": (K.ZeroPadding1D, {"padding": (0, 3)}, (4, 2)),
    "zeroPadding3d": (K.ZeroPadding3D, {}, (2, 1, 2, 2)),
    "zeroPadding3dAxes": (K.ZeroPadding3D, {"padding": (2, 0, 1)}, (2, 1, 2, 2)),
    "zeroPadding3dEnds": (K.ZeroPadding3D, {"padding": ((0, 1), (2, 0), (1, 1))}, (2, 1, 2, 2)),
    "cropping1d": (K.Cropping1D, {}, (5, 2)),
    "cropping1dTwo": (K.Cropping1D, {"cropping": 2}, (5, 2)),
    "cropping1dEnds": (K.Cropping1D, {"cropping": (3, 0)}, (5, 2)),
    "cropping2d": (K.Cropping2D, {}, (4, 5, 2)),
    "cropping2dAxes": (K.Cropping2D, {"cropping": (1, 2)}, (4, 5, 2)),
    "cropping2dEnds": (K.Cropping2D, {"cropping": ((0, 2), (3, 1))}, (4, 5, 2)),
    "cropping3d": (K.Cropping3D, {}, (3, 4, 5, 2)),
    "cropping3dAxes": (K.Cropping3D, {"cropping": (1, 0, 2)}, (3, 4, 5, 2)),
    "cropping3dEnds": (K.Cropping3D, {"cropping": ((0, 1), (2, 0), (1, 3))}, (3, 4, 5, 2)),
    "upSampling1d": (K.UpSampling1D, {}, (4, 2)),
    "upSampling1dThree": (K.UpSampling1D, {"size": 3}, (4, 2)),
    "upSampling1dOne": (K.UpSampling1D, {"size": 1}, (4, 2)),
    "upSampling3d": (K.UpSampling3D, {}, (2, 1, 3, 2)),
    "upSampling3dAxes": (K.UpSampling3D, {"size": (1, 3, 2)}, (2, 1, 3, 2)),
    "upSampling3dDepth": (K.UpSampling3D, {"size": (3, 1, 1)}, (2, 1, 3, 2)),
}
ADAPTIVE = {
    1: [("Few", 4, SERIES), ("Even", 3, SERIES), ("Many", 12, SERIES), ("One", 1, SERIES)],
    2: [("Few", (3, 5), (6, 7, 2)), ("Even", (3, 2), (6, 4, 2)), ("Many", (8, 5), (6, 4, 2)), ("One", 1, (6, 4, 2))],
    3: [("Few", (2, 3, 2), VOLUME), ("Even", (2, 5, 3), VOLUME), ("Many", (3, 7, 4), VOLUME)],
}


def pools():
    """Maxima and means over one and three axes. Without options Keras's means have no default size: 2 is given."""
    cases = {}
    for axes, shape in ((1, SERIES), (3, VOLUME)):
        for kind in ("Max", "Average"):
            make = getattr(K, f"{kind}Pooling{axes}D")
            for label, options in POOLS.items():
                given = options if kind == "Max" or options else {"pool_size": 2}
                cases[f"{kind.lower()}P{label[1:]}{axes}d"] = (make, given, shape)
            if axes == 3:
                cases[f"{kind.lower()}PoolAxes3d"] = (make, {"pool_size": (2, 1, 3), "strides": (1, 2, 1)}, shape)
    return cases


def adaptive():
    cases = {}
    for axes, list_of_cases in ADAPTIVE.items():
        for kind in ("Max", "Average"):
            make = getattr(K, f"Adaptive{kind}Pooling{axes}D")
            for label, size, shape in list_of_cases:
                cases[f"adaptive{kind}Pooling{axes}d{label}"] = (make, {"output_size": size}, shape)
    return cases


write("layers-convolutions", {"note": NOTE, "cases": measured(CONVOLUTIONS, 30_000)}, keras, tf)
write("layers-pools", {"note": NOTE, "cases": measured({**pools(), **adaptive()}, 40_000)}, keras, tf)
write("layers-borders", {"note": NOTE, "cases": measured(OTHERS, 50_000)}, keras, tf)
