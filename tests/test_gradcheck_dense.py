"""The fast way for Sequential models of Dense layers: numbers of whole passes, and bugs found in it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlkeras.gradcheck import check, check_model, dense
from dlkeras.scratch import backward, cross_entropy, forward

L, R = keras.layers, keras.regularizers
RNG = np.random.default_rng(0)
X, LABELS = RNG.normal(size=(7, 4)), RNG.integers(0, 3, 7)
ROUNDING = 1e-9  # of differences of losses around 1 with a step of 1e-5, some 1e-16 / 1e-5 each


def sequential(*layers, loss="mse", shape=(4,), **options):
    model = keras.Sequential([keras.Input(shape), *layers])
    model.compile("sgd", loss, **options)
    return model


SPARSE = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
BINARY = keras.losses.BinaryCrossentropy(from_logits=True, reduction="sum", label_smoothing=0.1)
TWO = X[:, :2]
MODELS = {  # targets, and what makes the model
    "one layer": (LABELS, lambda: sequential(L.Dense(3), loss=SPARSE)),
    "one unit, one sample": (X[:1, 0], lambda: sequential(L.Dense(1, "tanh"), L.Dense(1))),
    "deep": (LABELS, lambda: sequential(*(L.Dense(5, "gelu") for _ in range(4)), L.Dense(3), loss=SPARSE)),
    "softmax within": (TWO, lambda: sequential(L.Dense(5, "softmax"), L.Dense(4, "elu"), L.Dense(2))),
    "softmax last": (
        LABELS,
        lambda: sequential(L.Dense(5, "selu"), L.Dense(3, "softmax"), loss="sparse_categorical_crossentropy"),
    ),
    "binary, summed": (LABELS % 2, lambda: sequential(L.Dense(5, "silu"), L.Dense(1), loss=BINARY)),
    "regularized": (
        TWO,
        lambda: sequential(
            L.Dense(3, "tanh", kernel_regularizer=R.L1L2(0.1, 0.2), bias_regularizer="l2"),
            L.Dense(2, kernel_regularizer="l1"),
            loss_weights=0.3,
        ),
    ),
    "no bias": (TWO, lambda: sequential(L.Dense(3, "tanh", use_bias=False), L.Dense(2))),
    "frozen": (
        TWO,
        lambda: sequential(
            L.Dense(3, "tanh"), L.Dense(3, "tanh", kernel_regularizer="l2", trainable=False), L.Dense(2)
        ),
    ),
    "flattened": (TWO, lambda: sequential(L.Flatten(), L.Dense(3, "tanh"), L.Dense(2), shape=(2, 2))),
    "mixed precision": (TWO, lambda: sequential(L.Dense(3, "tanh", dtype="mixed_float16"), L.Dense(2))),
}


@pytest.fixture
def ways(monkeypatch):
    """Which way each check went: `DenseLoss`, or None for whole passes."""
    taken = []

    def spy(*arguments):
        taken.append(dense.dense_loss(*arguments))
        return taken[-1]

    monkeypatch.setattr(check, "dense_loss", spy)
    return taken


def test_numbers_are_those_of_whole_passes(ways, monkeypatch):
    monkeypatch.setattr(dense, "CHUNK", 100)  # in several goes
    for name, (y, build) in MODELS.items():
        model = build()
        x = X[: len(y)].reshape(-1, *model.input_shape[1:])
        fast = check_model(model, x, y)
        assert type(ways.pop()) is dense.DenseLoss, name
        with monkeypatch.context() as patch:
            patch.setattr(check, "dense_loss", lambda *_: None)
            slow = check_model(model, x, y)
        fast.assert_passed()
        slow.assert_passed()
        atol = ROUNDING * max(1, fast.loss)
        for ours, theirs in zip(fast.tensors, slow.tensors, strict=True):
            np.testing.assert_allclose(ours.numerical, theirs.numerical, atol=atol, err_msg=name)
            np.testing.assert_array_equal(ours.analytic, theirs.analytic)


class OtherDense(L.Dense):
    def call(self, x, training=None):
        return super().call(x) ** 2


def mean_centred(z):
    return z - tf.reduce_mean(z, axis=0)  # mixes samples


def not_thought_of():
    """A model whose very loss shows that its Dense layer is none."""
    model = sequential(L.Dense(3, "tanh"), L.Dense(1))
    original = model.layers[0].call
    model.layers[0].call = lambda x, training=None: original(x) * 1.5
    return model


NOT_PLAIN = {
    "not thought of": not_thought_of,
    "subclass": lambda: sequential(OtherDense(3), L.Dense(1)),
    "other layer": lambda: sequential(L.Dense(3), L.BatchNormalization(), L.Dense(1)),
    "own activation": lambda: sequential(L.Dense(3, mean_centred), L.Dense(1)),
    "activity": lambda: sequential(L.Dense(3, activity_regularizer="l2"), L.Dense(1)),
    "own regularizer": lambda: sequential(
        L.Dense(3, kernel_regularizer=R.OrthogonalRegularizer()), L.Dense(1)
    ),
    "own loss": lambda: sequential(L.Dense(1), loss=lambda y, p: tf.reduce_mean((y - p) ** 2)),
    "shared": lambda: sequential(*[L.Dense(4)] * 2, L.Dense(1)),
    "along an axis": lambda: sequential(L.Reshape((4, 1)), L.Dense(3), L.Flatten(), L.Dense(1)),
}


def test_what_is_not_plain_goes_by_whole_passes(ways):
    for name, build in NOT_PLAIN.items():
        check_model(build(), X, X[:, :1]).assert_passed()
        assert ways.pop() is None, name


def test_wrong_gradients_are_found_and_blamed(ways):
    keras.utils.set_random_seed(0)
    model = sequential(L.Dense(4, "tanh", name="a"), L.Dense(3, name="b"), loss=SPARSE)
    weights = [w.astype(np.float64) for w in model.get_weights()]
    parameters = {f"{'Wb'[i % 2]}{i // 2 + 1}": w.T.reshape(w.shape[-1], -1) for i, w in enumerate(weights)}
    activations = ["tanh", "linear"]
    cache = forward(X.T, parameters, activations)
    dZ = cross_entropy(cache["A2"], np.eye(3)[LABELS].T)[1]

    def by_hand(**options):
        found = backward(dZ, cache, parameters, **{"activations": activations, **options})
        return [found[name].T.reshape(w.shape) for name, w in zip(parameters, weights, strict=True)]

    right = by_hand()
    check_model(model, X, LABELS, right).assert_passed()
    for index, name in enumerate(["a/kernel", "a/bias", "b/kernel", "b/bias"]):
        wrong = [g.copy() for g in right]
        wrong[index].flat[1] += 1e-4
        result = check_model(model, X, LABELS, wrong)
        assert result.wrong == [name]
        assert result.worst(1)[0].place == f"[{', '.join(map(str, np.unravel_index(1, wrong[index].shape)))}]"
    forgotten = check_model(model, X, LABELS, by_hand(activations=["linear", "linear"]))
    assert forgotten.wrong == ["a/kernel", "a/bias"]
    assert all(type(way) is dense.DenseLoss for way in ways)


def test_a_kink_of_relu_is_reported(ways):
    model = sequential(
        L.Dense(2, "relu", name="a", kernel_initializer="ones"), L.Dense(1, kernel_initializer="ones")
    )
    x = np.array([[0.0, 0, 0, 0], [1.0, 2, 3, 4]])
    result = check_model(model, x, np.ones((2, 1)))
    result.assert_passed()
    assert [kink.tensor + kink.place for kink in result.kinks] == ["a/bias[0]", "a/bias[1]"]
    assert type(ways[0]) is dense.DenseLoss
