"""Writes test/golden/keras-files.zip: for each layer of docs/compatibility.md a small model saved by Keras, with inputs and outputs.

.keras, legacy .h5 and .weights.h5, all of random weights from the formula; cases.json says what each file is given and gives. Sizes are
small: the archive stays below 1 MB.
"""

import json
import tempfile
import zipfile

from common import FOLDER, np, tensor, uniform, versions
from keras_operations import make_operations

import h5py
import keras
import tensorflow as tf

L = keras.layers
I = keras.Input
FILES = {}
CASES = {}


def seeded(model, seed):
    """Weights from the formula; what must be positive stays so."""
    values = []
    for place, weight in enumerate(model.weights):
        positive = any(word in weight.path for word in ("variance", "gamma", "norm"))
        values.append(uniform(seed + place, weight.shape, 0.4, 1.0 if positive else 0.1).astype("float32"))
    model.set_weights(values)
    for layer in model.layers:
        if isinstance(layer, L.Normalization):
            layer.finalize_state()


def input_values(seed, spec):
    """Numbers for an input, by its shape and dtype; three samples."""
    shape = (3, *[4 if extent is None else extent for extent in spec.shape[1:]])
    if spec.shape[0] is not None:
        shape = (spec.shape[0], *shape[1:])
    values = uniform(seed, shape, 1.0)
    if "int" in spec.dtype:
        return np.floor(values * 3 + 3).astype("int32")
    return values.astype("float32")


def add(name, model, seed, forms=("keras",), scale=1.0, values=None, limit=None):
    """Saves a model and what it gives. limit: how far numbers of 16 bits may be off."""
    seeded(model, seed * 100)
    inputs = values or [input_values(seed * 100 + 50 + place, spec) * np.float32(scale) if "int" not in spec.dtype
                        else input_values(seed * 100 + 50 + place, spec) for place, spec in enumerate(model.inputs)]
    outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    keep(name, model, forms)
    CASES[name] = {
        "forms": list(forms),
        "classes": sorted({type(layer).__name__ for layer in model.layers}),
        "inputs": [tensor(value.astype("uint8") if value.dtype == bool else value) for value in inputs],
        "outputs": [tensor(np.asarray(value, dtype="float32")) for value in outputs],
        **({} if limit is None else {"limit": limit}),
    }


def keep(name, model, forms):
    """The bytes of a model in some of Keras's forms."""
    with tempfile.TemporaryDirectory() as folder:
        for form in forms:
            path = f"{folder}/{name}.{form}"
            model.save_weights(path) if form == "weights.h5" else model.save(path)
            with open(path, "rb") as file:
                FILES[f"{name}.{form}"] = file.read()


def row(*layers, shape=(5,), dtype="float32"):
    """Layers in a row."""
    return keras.Sequential([I(shape, dtype=dtype), *layers])


# Each layer alone in a row: its name, itself, the shape of a sample. Keras 3.15 makes no model of Equalization: it gives its symbolic input
# back, which is then a cycle.
PLAIN = {
    "activation": (L.Activation("gelu"), (5,)),
    "activity_regularization": (L.ActivityRegularization(l1=0.1, l2=0.2), (5,)),
    "adaptive_average_pooling1d": (L.AdaptiveAveragePooling1D(3), (7, 2)),
    "adaptive_average_pooling2d": (L.AdaptiveAveragePooling2D((2, 3)), (5, 7, 2)),
    "adaptive_average_pooling3d": (L.AdaptiveAveragePooling3D(2), (4, 3, 5, 2)),
    "adaptive_max_pooling1d": (L.AdaptiveMaxPooling1D(3), (7, 2)),
    "adaptive_max_pooling2d": (L.AdaptiveMaxPooling2D((2, 3)), (5, 7, 2)),
    "adaptive_max_pooling3d": (L.AdaptiveMaxPooling3D(2), (4, 3, 5, 2)),
    "alpha_dropout": (L.AlphaDropout(0.3), (5,)),
    "average_pooling1d": (L.AveragePooling1D(2, padding="same"), (7, 2)),
    "average_pooling2d": (L.AveragePooling2D((2, 3), strides=(1, 2)), (5, 7, 2)),
    "average_pooling3d": (L.AveragePooling3D(2), (4, 5, 3, 2)),
    "batch_normalization": (L.BatchNormalization(momentum=0.9, epsilon=0.01, gamma_regularizer="l2"), (4, 3)),
    "batch_normalization_plain": (L.BatchNormalization(center=False, scale=False), (4,)),
    "bidirectional": (L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode="sum"), (4, 3)),
    "bidirectional_gru": (L.Bidirectional(L.GRU(2, reset_after=False), backward_layer=L.SimpleRNN(2, go_backwards=True, activation="relu")), (4, 3)),
    "category_encoding": (L.CategoryEncoding(7, output_mode="multi_hot"), (3,), "int32"),
    "center_crop": (L.CenterCrop(3, 2), (5, 4, 2)),
    "conv1d": (L.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu"), (8, 3)),
    "conv1d_transpose": (L.Conv1DTranspose(3, 3, strides=2, padding="same"), (5, 2)),
    "conv2d": (L.Conv2D(4, (3, 2), strides=2, padding="same", use_bias=False, kernel_regularizer=keras.regularizers.L1L2(0.1, 0.2)), (7, 6, 3)),
    "conv2d_transpose": (L.Conv2DTranspose(3, 3, strides=2, output_padding=1, padding="same"), (4, 5, 2)),
    "conv3d": (L.Conv3D(2, 2, kernel_constraint=keras.constraints.MaxNorm(3, axis=[0, 1, 2, 3])), (4, 3, 4, 2)),
    "conv3d_transpose": (L.Conv3DTranspose(2, 2, strides=2), (2, 3, 2, 2)),
    "conv_lstm1d": (L.ConvLSTM1D(2, 3, padding="same", return_sequences=True), (3, 5, 2)),
    "conv_lstm2d": (L.ConvLSTM2D(2, 2), (3, 4, 4, 2)),
    "conv_lstm3d": (L.ConvLSTM3D(2, 2), (2, 3, 3, 3, 1)),
    "cropping1d": (L.Cropping1D((1, 2)), (6, 2)),
    "cropping2d": (L.Cropping2D(((1, 0), (2, 1))), (5, 6, 2)),
    "cropping3d": (L.Cropping3D(1), (4, 4, 5, 2)),
    "dense": (L.Dense(4, activation="softmax", kernel_initializer=keras.initializers.HeNormal(seed=3), bias_initializer="ones"), (5,)),
    "dense_constrained": (L.Dense(3, kernel_constraint="unit_norm", bias_constraint=keras.constraints.NonNeg(), kernel_initializer="orthogonal",
                                  kernel_regularizer=keras.regularizers.OrthogonalRegularizer(0.1)), (2, 5)),
    "depthwise_conv1d": (L.DepthwiseConv1D(3, depth_multiplier=2), (6, 3)),
    "depthwise_conv2d": (L.DepthwiseConv2D((3, 2), depth_multiplier=2, padding="same"), (5, 6, 3)),
    "discretization": (L.Discretization(bin_boundaries=[-0.5, 0.0, 0.5], output_mode="one_hot"), (5,)),
    "dropout": (L.Dropout(0.5, seed=4), (5,)),
    "einsum_dense": (L.EinsumDense("abc,cd->abd", output_shape=(None, 4), bias_axes="d", activation="tanh"), (3, 5)),
    "elu": (L.ELU(0.7), (5,)),
    "embedding": (L.Embedding(7, 3, embeddings_regularizer="l1"), (4,), "int32"),
    "reversible_embedding": (L.ReversibleEmbedding(7, 3, tie_weights=False, logit_soft_cap=2.0), (4,), "int32"),
    "flatten": (L.Flatten(), (2, 3)),
    "gaussian_dropout": (L.GaussianDropout(0.2), (5,)),
    "gaussian_noise": (L.GaussianNoise(0.2), (5,)),
    "global_average_pooling1d": (L.GlobalAveragePooling1D(keepdims=True), (5, 2)),
    "global_average_pooling2d": (L.GlobalAveragePooling2D(), (4, 5, 2)),
    "global_average_pooling3d": (L.GlobalAveragePooling3D(), (2, 3, 4, 2)),
    "global_max_pooling1d": (L.GlobalMaxPooling1D(), (5, 2)),
    "global_max_pooling2d": (L.GlobalMaxPooling2D(keepdims=True), (4, 5, 2)),
    "global_max_pooling3d": (L.GlobalMaxPooling3D(), (2, 3, 4, 2)),
    "group_normalization": (L.GroupNormalization(2), (5, 4)),
    "gru": (L.GRU(3, return_sequences=True, activation="relu", recurrent_activation="hard_sigmoid"), (4, 3)),
    "gru_before": (L.GRU(3, reset_after=False, use_bias=False, go_backwards=True), (4, 3)),
    "hashing": (L.Hashing(5, salt=[3, 4]), (3,), "int32"),
    "identity": (L.Identity(), (5,)),
    "integer_lookup": (L.IntegerLookup(vocabulary=[1, 3, 5], num_oov_indices=2), (3,), "int64"),
    "layer_normalization": (L.LayerNormalization(axis=[1, 2], epsilon=0.01), (3, 4)),
    "leaky_relu": (L.LeakyReLU(0.2), (5,)),
    "lstm": (L.LSTM(3, unit_forget_bias=False, dropout=0.2, recurrent_dropout=0.3), (4, 3)),
    "masking": (L.Masking(0.5), (4, 3)),
    "max_pooling1d": (L.MaxPooling1D(3, strides=2), (8, 2)),
    "max_pooling2d": (L.MaxPooling2D(2, padding="same"), (5, 7, 2)),
    "max_pooling3d": (L.MaxPooling3D(2), (4, 5, 3, 2)),
    "normalization": (L.Normalization(axis=-1, mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 3.0]), (3,)),
    "normalization_adapted": (L.Normalization(axis=-1), (3,)),
    "normalization_whole": (L.Normalization(axis=None, mean=0.5, variance=2.0, invert=True), (3,)),
    "permute": (L.Permute((2, 1)), (3, 4)),
    "prelu": (L.PReLU(shared_axes=[1]), (3, 4)),
    "relu": (L.ReLU(max_value=0.6, negative_slope=0.1, threshold=0.1), (5,)),
    "repeat_vector": (L.RepeatVector(3), (4,)),
    "rescaling": (L.Rescaling(0.5, offset=0.1), (5,)),
    "reshape": (L.Reshape((-1, 2)), (3, 4)),
    "resizing": (L.Resizing(5, 3, interpolation="bilinear"), (4, 4, 2)),
    "resizing_cropped": (L.Resizing(3, 3, interpolation="nearest", crop_to_aspect_ratio=True), (4, 6, 2)),
    "rms_normalization": (L.RMSNormalization(), (3, 4)),
    "rnn": (L.RNN(L.LSTMCell(3), return_sequences=True), (4, 3)),
    "rnn_stacked": (L.RNN(L.StackedRNNCells([L.LSTMCell(2), L.GRUCell(3), L.SimpleRNNCell(2)])), (4, 3)),
    "rnn_twins": (L.RNN([L.GRUCell(3), L.GRUCell(2)], unroll=True), (4, 3)),
    "separable_conv1d": (L.SeparableConv1D(4, 3, depth_multiplier=2), (6, 3)),
    "separable_conv2d": (L.SeparableConv2D(4, 3, padding="same", activation="swish"), (5, 6, 3)),
    "simple_rnn": (L.SimpleRNN(3, return_sequences=True), (4, 3)),
    "softmax": (L.Softmax(axis=1), (3, 4)),
    "spatial_dropout1d": (L.SpatialDropout1D(0.3), (4, 3)),
    "spatial_dropout2d": (L.SpatialDropout2D(0.3), (4, 3, 2)),
    "spatial_dropout3d": (L.SpatialDropout3D(0.3), (2, 3, 2, 2)),
    "spectral_normalization": (L.SpectralNormalization(L.Dense(3), power_iterations=2), (4,)),
    "time_distributed": (L.TimeDistributed(L.Conv2D(2, 2, activation="relu")), (3, 4, 4, 2)),
    "unit_normalization": (L.UnitNormalization(axis=-1), (3, 4)),
    "up_sampling1d": (L.UpSampling1D(2), (3, 2)),
    "up_sampling2d": (L.UpSampling2D((2, 3), interpolation="bilinear"), (3, 4, 2)),
    "up_sampling3d": (L.UpSampling3D(2), (2, 2, 3, 2)),
    "zero_padding1d": (L.ZeroPadding1D((1, 2)), (4, 2)),
    "zero_padding2d": (L.ZeroPadding2D(((1, 0), (2, 1))), (3, 4, 2)),
    "zero_padding3d": (L.ZeroPadding3D(1), (2, 2, 3, 2)),
    "auto_contrast": (L.AutoContrast(), (4, 5, 3), "float32", 255.0),
    "solarization": (L.Solarization(threshold_factor=0.5, value_range=(0, 255)), (4, 5, 3), "float32", 255.0),
    "random_brightness": (L.RandomBrightness(0.2), (4, 5, 3)),
    "random_color_degeneration": (L.RandomColorDegeneration(0.2), (4, 5, 3)),
    "random_color_jitter": (L.RandomColorJitter(brightness_factor=0.2, hue_factor=0.1), (4, 5, 3)),
    "random_contrast": (L.RandomContrast(0.2), (4, 5, 3)),
    "random_crop": (L.RandomCrop(4, 5), (4, 5, 3)),
    "random_elastic_transform": (L.RandomElasticTransform(0.5), (4, 5, 3)),
    "random_erasing": (L.RandomErasing(0.5), (4, 5, 3)),
    "random_flip": (L.RandomFlip("horizontal"), (4, 5, 3)),
    "random_gaussian_blur": (L.RandomGaussianBlur(0.5), (4, 5, 3)),
    "random_grayscale": (L.RandomGrayscale(0.5), (4, 5, 3)),
    "random_hue": (L.RandomHue(0.2), (4, 5, 3)),
    "random_invert": (L.RandomInvert(0.5), (4, 5, 3)),
    "random_perspective": (L.RandomPerspective(0.5), (4, 5, 3)),
    "random_posterization": (L.RandomPosterization(4), (4, 5, 3)),
    "random_rotation": (L.RandomRotation(0.1, fill_mode="nearest"), (4, 5, 3)),
    "random_saturation": (L.RandomSaturation(0.3), (4, 5, 3)),
    "random_sharpness": (L.RandomSharpness(0.3), (4, 5, 3)),
    "random_shear": (L.RandomShear(0.1, 0.2), (4, 5, 3)),
    "random_translation": (L.RandomTranslation(0.1, (-0.2, 0.3)), (4, 5, 3)),
    "random_zoom": (L.RandomZoom(0.2), (4, 5, 3)),
    "rand_augment": (L.RandAugment(value_range=(0, 1)), (4, 5, 3)),
    "pipeline": (L.Pipeline([L.Rescaling(0.5), L.RandomFlip(), L.Conv2D(2, 2), L.BatchNormalization(), L.Conv2D(3, 1)]), (4, 5, 3)),
    # Alone it makes no model, see above.
    "pipeline_equalization": (L.Pipeline([L.Equalization(value_range=(0, 255))]), (4, 5, 3), "float32", 255.0),
    "aug_mix": (L.AugMix(value_range=(0, 1)), (4, 5, 3)),
    "contrast_limited": (L.ContrastLimitedAdaptiveHistogramEqualization(tile_grid_size=(2, 2)), (4, 6, 3), "float32", 255.0),
}

# Layers of several inputs: itself, and the shapes of the samples.
MERGES = {
    "add": (L.Add(), [(3, 4), (1, 4)]),
    "subtract": (L.Subtract(), [(3,), (3,)]),
    "multiply": (L.Multiply(), [(3,), (3,), (3,)]),
    "average": (L.Average(), [(3,), (3,)]),
    "maximum": (L.Maximum(), [(3,), (3,)]),
    "minimum": (L.Minimum(), [(3,), (3,)]),
    "concatenate": (L.Concatenate(axis=1), [(3, 2), (4, 2)]),
    "dot": (L.Dot(axes=(2, 1), normalize=True), [(3, 4), (4, 2)]),
    "attention": (L.Attention(use_scale=True, score_mode="concat"), [(3, 4), (5, 4)]),
    "additive_attention": (L.AdditiveAttention(), [(3, 4), (5, 4), (5, 4)]),
}


def make_plain():
    for number, (name, (layer, shape, *rest)) in enumerate(PLAIN.items(), 1):
        dtype, scale = [*rest, *["float32", 1.0][len(rest):]]
        add(name, row(layer, shape=shape, dtype=dtype), number, scale=scale)
    boundaries = L.Discretization(num_bins=4, epsilon=0.01)
    boundaries.adapt(np.asarray([[0.1], [0.2], [0.4], [0.5], [-0.3], [-0.6], [0.8], [0.9]], "float32"))
    add("discretization_adapted", row(boundaries, shape=(5,)), 198)

    lookup = L.IntegerLookup(num_oov_indices=1)
    lookup.adapt(np.asarray([[3, 4, 4, 5]]))
    add("integer_lookup_adapted", row(lookup, shape=(3,), dtype="int64"), 199)


def make_merges():
    for number, (name, (layer, shapes)) in enumerate(MERGES.items(), 200):
        inputs = [I(shape) for shape in shapes]
        add(name, keras.Model(inputs, layer(inputs)), number)
    ints = [I((1,), dtype="int32"), I((1,), dtype="int32")]
    add("hashed_crossing", keras.Model(ints, L.HashedCrossing(5)(ints)), 230)


def make_networks():
    """What joins layers: heads, masks, states, networks in networks, layers called twice, operations."""
    q, v = I((3, 4), name="q"), I((5, 4), name="v")
    y, scores = L.MultiHeadAttention(2, 3, value_dim=2)(q, v, return_attention_scores=True)
    z = L.MultiHeadAttention(2, 3, use_bias=False)(q, q, use_causal_mask=True)
    mask = I((3, 5), dtype="bool", name="m")
    w = L.GroupQueryAttention(2, 4, 2)(q, v)
    add("heads", keras.Model([q, v], [y, scores, z, w]), 300)
    masked = L.MultiHeadAttention(2, 3)(q, v, attention_mask=mask)
    values = [input_values(30051, q), input_values(30052, v), np.asarray(uniform(3, (3, 3, 5)) > -0.4)]
    add("attention_mask", keras.Model([q, v, mask], masked), 301, values=values)
    words = I((4,), dtype="int32")
    x = L.Embedding(7, 3, mask_zero=True)(words)
    x = L.LSTM(3, return_sequences=True)(x)
    both = L.Bidirectional(L.GRU(2))(x)
    add("masks", keras.Model(words, [both, L.GlobalAveragePooling1D()(x)]), 302, forms=("keras", "h5"))
    steps = I((4, 3))
    x = L.Masking(0.0)(steps)
    x = L.TimeDistributed(L.Dense(3, activation="tanh"))(x)
    add("masking_net", keras.Model(steps, L.SimpleRNN(2)(x)), 303, values=[np.asarray(uniform(9, (3, 4, 3)) * (uniform(10, (3, 4, 1)) > -0.3), "float32")])
    out, h, c = L.LSTM(2, return_sequences=True, return_state=True)(steps)
    second = L.LSTM(2)(out, initial_state=[h, c])
    third = L.GRU(2)(steps, initial_state=h)
    pair = L.Bidirectional(L.SimpleRNN(2, return_state=True), merge_mode=None)(steps)
    add("states", keras.Model(steps, [second, third, *pair]), 304, forms=("keras", "h5"))
    inner_in = I((3,))
    inner = keras.Model(inner_in, L.Dense(3, name="k")(L.BatchNormalization()(inner_in)), name="inner")
    rowed = keras.Sequential([I((3,)), L.Dense(3), L.Dense(3, activation="relu")], name="rowed")
    x = I((3,))
    shared = L.Dense(3, name="shared")
    y = inner(x)
    z = shared(rowed(shared(inner(y))))
    add("nested", keras.Model(x, [z, y, inner(z), rowed(y)]), 305, forms=("keras", "h5"))
    wrapped = keras.Sequential([I((4, 3)), L.TimeDistributed(keras.Sequential([I((3,)), L.Dense(2), L.Dense(2)])), L.Flatten()])
    add("wrapped", wrapped, 306)
    a, b = I((3,), name="a"), I((3,), name="b")
    add("operations", keras.Model([a, b], [a + b, a * b, a - b]), 307)
    state = I(batch_shape=(2, 4, 3))
    add("stateful", keras.Model(state, L.LSTM(2, stateful=True)(state)), 309)
    open_sizes = keras.Sequential([I((None, 3)), L.LSTM(2)])
    add("open_sizes", open_sizes, 310)
    frozen = row(L.Dense(3, trainable=False), L.BatchNormalization(trainable=False), L.Dense(2))
    add("frozen", frozen, 311, forms=("keras", "h5"))
    net = keras.Sequential([
        I((8, 8, 3)), L.Conv2D(4, 3, activation="relu"), L.MaxPooling2D(2), L.SeparableConv2D(4, 2), L.BatchNormalization(),
        L.Flatten(), L.Dense(6, activation="relu"), L.Dropout(0.4), L.Dense(3, activation="softmax"),
    ])
    add("pictures", net, 312, forms=("keras", "h5", "weights.h5"))


def make_precisions():
    """Policies of 16 bits: what layers hand on is rounded to them."""
    for number, name in enumerate(["mixed_bfloat16", "mixed_float16"], 330):
        layers = [L.Dense(4, activation="relu", dtype=name), L.BatchNormalization(dtype=name), L.Dense(2, activation="softmax")]
        add(name, row(*layers), number, forms=("keras", "h5"), limit=0.02)


def make_older():
    """Until Keras 3 a hard sigmoid rose by a fifth: a file of Keras 2's with an LSTM of Keras's first days."""
    add("older_hard_sigmoid", row(L.LSTM(3, recurrent_activation=lambda x: keras.ops.clip(0.2 * x + 0.5, 0, 1)), L.Dense(2), shape=(4, 3)), 340, forms=())
    model = row(L.LSTM(3, recurrent_activation="hard_sigmoid"), L.Dense(2), shape=(4, 3))
    seeded(model, 34000)
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/older.h5"
        model.save(path)
        with h5py.File(path, "r+") as file:
            file.attrs["keras_version"] = b"2.2.4"
        with open(path, "rb") as file:
            FILES["older_hard_sigmoid.h5"] = file.read()
    CASES["older_hard_sigmoid"]["forms"] = ["h5"]


# Not sparsemax: what Keras 3.15.1 gives for [1, 0.5, 0.2] is [0.25, 0, 0], which does not sum up to 1.
ACTIVATIONS = ["relu6", "selu", "celu", "softplus", "softsign", "soft_shrink", "hard_shrink", "sigmoid", "log_sigmoid", "hard_sigmoid",
               "sparse_sigmoid", "tanh", "hard_tanh", "tanh_shrink", "silu", "hard_silu", "gelu", "mish", "sparse_plus", "squareplus",
               "exponential", "softmax", "log_softmax", "leaky_relu", "elu"]


def make_activations():
    x = I((4,))
    outputs = [L.Dense(3, activation=name)(x) for name in ACTIVATIONS]
    outputs.append(L.Dense(3, activation=L.LeakyReLU(0.4))(x))
    outputs.append(L.Dense(3, activation=L.ReLU(max_value=0.3))(x))
    add("activations", keras.Model(x, outputs), 400)


OPTIMIZERS = {
    "sgd": keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "adam": keras.optimizers.Adam(0.01, amsgrad=True, clipnorm=1.0),
    "adamw": keras.optimizers.AdamW(keras.optimizers.schedules.ExponentialDecay(0.01, 10, 0.9)),
    "nadam": keras.optimizers.Nadam(0.01),
    "rmsprop": keras.optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    "adagrad": keras.optimizers.Adagrad(0.1),
    "adadelta": keras.optimizers.Adadelta(1.0),
    "adamax": keras.optimizers.Adamax(0.01),
    "ftrl": keras.optimizers.Ftrl(0.1),
    "lamb": keras.optimizers.Lamb(0.01),
    "lion": keras.optimizers.Lion(0.01),
    "adafactor": keras.optimizers.Adafactor(0.1),
    "muon": keras.optimizers.Muon(0.01, exclude_layers=["last"]),
    "schedule_free": keras.optimizers.ScheduleFreeAdamW(0.01),
    "averaging": keras.optimizers.SGD(0.1, momentum=0.9, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=3),
    "accumulating": keras.optimizers.Adam(0.01, gradient_accumulation_steps=2),
    "both": keras.optimizers.RMSprop(0.01, momentum=0.5, centered=True, use_ema=True, gradient_accumulation_steps=2),
}


def make_trained():
    """Compiled models after two steps, and their weights after a third: what the optimizer keeps counts."""
    x, y = uniform(1, (6, 4)).astype("float32"), np.asarray(uniform(2, (6, 1)) > 0, "float32")
    for number, (name, optimizer) in enumerate(OPTIMIZERS.items(), 500):
        model = keras.Sequential([I((4,)), L.Dense(3, activation="tanh", name="first"), L.Dense(1, activation="sigmoid", name="last")])
        train(f"trained_{name}", model, optimizer, number, (x, y), loss="binary_crossentropy", metrics=["accuracy", keras.metrics.AUC()])
    for number, name in enumerate(["mixed_bfloat16", "mixed_float16"], 530):
        model = keras.Sequential([I((4,)), L.Dense(3, activation="tanh", dtype=name), L.Dense(1, activation="sigmoid")])
        train(f"trained_{name}", model, keras.optimizers.Adam(0.01), number, (x, y), loss="binary_crossentropy")
        CASES[f"trained_{name}"]["limit"] = 0.02
    # Keras on TensorFlow takes this optimizer's momentum after its update: the state alone is compared.
    del CASES["trained_schedule_free"]["weights"]
    a = I((4,))
    middle = L.Dense(3, activation="tanh")(a)
    model = keras.Model(a, [L.Dense(1, name="one")(middle), L.Dense(3, activation="softmax", name="two")(middle)])
    labels = np.asarray([0, 1, 2, 0, 1, 2], "int32")
    loss = {"one": keras.losses.LogCosh(), "two": "sparse_categorical_crossentropy"}
    train("trained_outputs", model, keras.optimizers.Adam(0.01), 520, (x, [y, labels]), loss=loss, loss_weights={"one": 0.5, "two": 2.0},
          metrics={"one": ["mae"], "two": ["accuracy"]})


def train(name, model, optimizer, number, data, **goals):
    """The legacy .h5 cannot hold Adafactor's state, whose names clash there, nor that of a loss that is scaled."""
    forms = ["keras"] if "adafactor" in name or "mixed" in name else ["keras", "h5"]
    seeded(model, number * 100)
    model.compile(optimizer=optimizer, **goals)
    steps = 3 if model.optimizer.gradient_accumulation_steps else 2
    for _ in range(steps):
        model.train_on_batch(*data)
    keep(name, model, forms)
    before = np.asarray(model.evaluate(*data, verbose=0, batch_size=6, return_dict=True)["loss"])
    model.train_on_batch(*data)
    labels = data[1] if isinstance(data[1], list) else [data[1]]
    CASES[name] = {
        "forms": forms,
        "classes": [],
        "inputs": [tensor(data[0])],
        "labels": [tensor(label) for label in labels],
        "loss": float(before),
        "steps": steps,
        "weights": [tensor(weight) for weight in model.get_weights()],
    }


def write():
    target = FOLDER / "keras-files.zip"
    header = {"madeBy": "scripts/golden/keras_files.py", "versions": versions(keras, tf), "cases": CASES}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, contents in [("cases.json", json.dumps(header).encode()), *sorted(FILES.items())]:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), contents, zipfile.ZIP_DEFLATED, 9)
    print(f"{len(FILES)} files, {target.stat().st_size / 1000:.0f} kB, {sum(map(len, FILES.values())) / 1000:.0f} kB unpacked")


if __name__ == "__main__":
    make_plain()
    make_merges()
    make_networks()
    make_operations(add)
    make_precisions()
    make_older()
    make_activations()
    make_trained()
    write()
