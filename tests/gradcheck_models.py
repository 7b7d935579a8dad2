"""Correct models of many kinds, drawn at random, which a gradient check has to pass."""

from __future__ import annotations

import keras
import numpy as np

L = keras.layers
ACTIVATIONS = (
    *("linear", "sigmoid", "tanh", "relu", "leaky_relu", "relu6", "elu", "selu", "celu", "gelu", "silu"),
    *("mish", "softplus", "softsign", "exponential", "hard_sigmoid", "hard_silu", "hard_tanh"),
    *("tanh_shrink", "soft_shrink", "hard_shrink", "squareplus", "log_sigmoid", "softmax", "log_softmax"),
)
REGULARIZERS = (None, None, "l1", "l2", keras.regularizers.L1L2(0.01, 0.02))
INITIALIZERS = ("glorot_uniform", "he_normal", "lecun_normal", "orthogonal")
POLICIES = ("float32", "float32", "float64", "mixed_bfloat16")
BATCH, WIDTH = 6, 5


def random_model(seed):
    """Returns a compiled model with 1 to 6 hidden layers, and a batch for it."""
    rng = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    kind, depth = KINDS[seed % len(KINDS)], 1 + seed // len(KINDS) % 6
    keras.config.set_dtype_policy(str(rng.choice(POLICIES)))
    loss, head, y = _loss(rng)
    model, x = kind(rng, depth, head)
    keras.config.set_dtype_policy("float32")
    model.compile("adam", loss)
    return model, x, y


def _loss(rng):
    labels = rng.integers(0, 3, BATCH)
    return [
        ("mse", L.Dense(2), rng.normal(size=(BATCH, 2))),
        ("binary_crossentropy", L.Dense(2, "sigmoid"), rng.integers(0, 2, (BATCH, 2))),
        (keras.losses.BinaryCrossentropy(True), L.Dense(1), rng.integers(0, 2, BATCH)),
        ("categorical_crossentropy", L.Dense(3, "softmax"), np.eye(3)[labels]),
        (keras.losses.SparseCategoricalCrossentropy(from_logits=True), L.Dense(3), labels),
    ][rng.integers(5)]


def _settings(rng):
    settings = {
        "activation": str(rng.choice(ACTIVATIONS)),
        "kernel_initializer": str(rng.choice(INITIALIZERS)),
        "kernel_regularizer": REGULARIZERS[rng.integers(5)],
        "bias_initializer": keras.initializers.RandomNormal(stddev=0.1),
    }
    return settings | {"use_bias": bool(rng.random() < 0.9)}


def _dense(rng, depth, head):
    x = rng.normal(size=(BATCH, 4))
    return keras.Sequential(
        [keras.Input((4,)), *(L.Dense(WIDTH, **_settings(rng)) for _ in range(depth)), head]
    ), x


def _normalized(rng, depth, head):
    layers = []
    for _ in range(depth):
        settings = _settings(rng)
        activation = L.Activation(settings.pop("activation"))
        regularizer = [None, "l2"][rng.integers(2)]
        dense = L.Dense(WIDTH, activity_regularizer=regularizer, **settings)
        normalization = [L.BatchNormalization, L.LayerNormalization][rng.integers(2)]()
        layers += [dense, normalization, activation, L.Dropout(0.3, seed=int(rng.integers(100)))]
    return keras.Sequential([keras.Input((4,)), *layers, head]), rng.normal(size=(BATCH, 4))


def _conv(rng, depth, head):
    layers = []
    for _ in range(depth):
        layers += [L.Conv2D(2, 3, padding="same", **_settings(rng)), L.SpatialDropout2D(0.2)]
    pool = [L.MaxPooling2D, L.AveragePooling2D][rng.integers(2)](2)
    layers = [*layers, L.BatchNormalization(), pool, L.Flatten()]
    return keras.Sequential([keras.Input((6, 6, 1)), *layers, head]), rng.normal(size=(BATCH, 6, 6, 1))


def _skip(rng, depth, head):
    """Two inputs, sums and products of branches, a model inside a model, a frozen layer."""
    first, second = keras.Input((4,), name="first"), keras.Input((3,), name="second")
    a, b = L.Dense(WIDTH, **_settings(rng))(first), L.Dense(WIDTH, "tanh")(second)
    for _ in range(depth):
        inner = keras.Sequential([keras.Input((WIDTH,)), L.Dense(WIDTH, **_settings(rng))])
        a, b = L.Add()([inner(a), b]), L.Multiply()([a, b])
    frozen = L.Dense(WIDTH, trainable=False)
    x = {"first": rng.normal(size=(BATCH, 4)), "second": rng.normal(size=(BATCH, 3))}
    return keras.Model([first, second], head(L.Concatenate()([frozen(a), b]))), x


def _sequence(rng, depth, head):
    """Words, embedded and read by recurrent layers and attention."""
    words = keras.Input((3,), dtype="int32")
    a = L.Embedding(7, 3, mask_zero=bool(rng.random() < 0.5))(words)
    for _ in range(depth // 2):
        a = [L.GRU, L.LSTM, L.SimpleRNN][rng.integers(3)](3, return_sequences=True)(a)
    a = L.MultiHeadAttention(1, 3)(a, a)
    return keras.Model(words, head(L.GlobalAveragePooling1D()(a))), rng.integers(0, 7, (BATCH, 3))


KINDS = (_dense, _normalized, _conv, _skip, _sequence)
