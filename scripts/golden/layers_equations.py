"""Dense layers of equations in float64: output and gradients as in layers.py, and how many inputs and outputs a kernel counts."""

import keras
import tensorflow as tf
from keras.src.initializers.random_initializers import compute_fans
from keras.src.layers.core.einsum_dense import _analyze_einsum_string

from common import np, write
from layer_cases import K, NOTE, measured

# label: (layer, options, input shape without the batch)
EQUATIONS = {
    "einsumDense": (K.EinsumDense, {"equation": "ab,bc->ac", "output_shape": 5, "bias_axes": "c"}, (7,)),
    "einsumDenseSequence": (K.EinsumDense, {"equation": "abc,cd->abd", "output_shape": (None, 4), "bias_axes": "d", "activation": "relu"}, (3, 7)),
    "einsumDenseEllipsis": (K.EinsumDense, {"equation": "...x,xy->...y", "output_shape": 4}, (2, 3, 5)),
    "einsumDenseEllipsisBatch": (K.EinsumDense, {"equation": "...x,xy->...y", "output_shape": 4, "bias_axes": "y"}, (5,)),
    "einsumDenseHeads": (K.EinsumDense, {"equation": "abc,cde->abde", "output_shape": (None, 2, 4), "bias_axes": "de"}, (3, 5)),
    "einsumDenseHeadsJoined": (K.EinsumDense, {"equation": "abde,dec->abc", "output_shape": (None, 5), "bias_axes": "c"}, (3, 2, 4)),
    "einsumDenseBiasOne": (K.EinsumDense, {"equation": "abc,cde->abde", "output_shape": (3, 2, 4), "bias_axes": "d"}, (3, 5)),
    "einsumDenseRight": (K.EinsumDense, {"equation": "ab...,bc->ac...", "output_shape": 4, "bias_axes": "c"}, (5, 3, 2)),
    "einsumDenseAlong": (K.EinsumDense, {"equation": "abc,bcd->abd", "output_shape": (3, 4), "bias_axes": "bd"}, (3, 5)),
    "einsumDenseAcross": (K.EinsumDense, {"equation": "abc,bd->adc", "output_shape": (4, None), "bias_axes": "d"}, (3, 5)),
}


def with_fans(cases):
    """The kernel's inputs and outputs, which its first values depend on."""
    for label, (_, options, shape) in EQUATIONS.items():
        kernel, _, _, inputs, outputs = _analyze_einsum_string(
            options["equation"], options.get("bias_axes"), (None, *shape), np.atleast_1d(options["output_shape"]).tolist()
        )
        cases[label]["fans"] = list(compute_fans(kernel, inputs, outputs))
    return cases


write("layers-equations", {"note": NOTE, "cases": with_fans(measured(EQUATIONS, 80_000))}, keras, tf)
