"""The fast way for Sequential models of Dense layers: numbers of whole passes, and bugs found in it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlkeras.gradcheck import check, check_model, dense
from dlkeras.gradcheck.precision import computing_in
from dlkeras.scratch import backward, cross_entropy, forward

L, R = keras.layers, keras.regularizers
RNG = np.random.default_rng(0)
X, LABELS = RNG.normal(size=(7, 4)), RNG.integers(0, 3, 7)
ROUNDING = 1e-9  # of differences of losses around 1 with a step of 1e-5, some 1e-16 / 1e-5 each


def sequential(*layers, loss="mse", shape=(4,), **options):
    model = keras.Sequential([keras.Input(shape), *layers])
    model.compile("sgd", loss, **options)
    return model


def frozen(layer):
    layer.trainable = False
    return layer


SPARSE = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
BINARY = keras.losses.BinaryCrossentropy(from_logits=True, reduction="sum", label_smoothing=0.1)
MODELS = {
    "one layer": lambda: (sequential(L.Dense(3), loss=SPARSE), X, LABELS),
    "one unit, one sample": lambda: (sequential(L.Dense(1, "tanh"), L.Dense(1)), X[:1], X[:1, 0]),
    "deep": lambda: (sequential(*(L.Dense(5, "gelu") for _ in range(4)), L.Dense(3), loss=SPARSE), X, LABELS),
    "softmax within": lambda: (sequential(L.Dense(5, "softmax"), L.Dense(4, "elu"), L.Dense(2)), X, X[:, :2]),
    "softmax last": lambda: (
        sequential(L.Dense(5, "selu"), L.Dense(3, "softmax"), loss="sparse_categorical_crossentropy"),
        X,
        LABELS,
    ),
    "binary, summed": lambda: (sequential(L.Dense(5, "silu"), L.Dense(1), loss=BINARY), X, LABELS % 2),
    "regularized": lambda: (
        sequential(
            L.Dense(3, "tanh", kernel_regularizer=R.L1L2(0.1, 0.2), bias_regularizer="l2"),
            L.Dense(2, kernel_regularizer="l1"),
            loss_weights=0.3,
        ),
        X,
        X[:, :2],
    ),
    "no bias": lambda: (sequential(L.Dense(3, "tanh", use_bias=False), L.Dense(2)), X, X[:, :2]),
    "frozen": lambda: (
        sequential(L.Dense(3, "tanh"), frozen(L.Dense(3, "tanh", kernel_regularizer="l2")), L.Dense(2)),
        X,
        X[:, :2],
    ),
    "flattened": lambda: (
        sequential(L.Flatten(), L.Dense(3, "tanh"), L.Dense(2), shape=(2, 2)),
        X.reshape(7, 2, 2),
        X[:, :2],
    ),
    "mixed precision": lambda: (
        sequential(L.Dense(3, "tanh", dtype="mixed_float16"), L.Dense(2)),
        X,
        X[:, :2],
    ),
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


@pytest.mark.parametrize("name", MODELS)
def test_numbers_are_those_of_whole_passes(name, ways, monkeypatch):
    monkeypatch.setattr(dense, "CHUNK", 100)  # in several goes
    model, x, y = MODELS[name]()
    fast = check_model(model, x, y)
    assert type(ways.pop()) is dense.DenseLoss
    with monkeypatch.context() as patch:
        patch.setattr(check, "dense_loss", lambda *_: None)
        slow = check_model(model, x, y)
    fast.assert_passed()
    slow.assert_passed()
    for ours, theirs in zip(fast.tensors, slow.tensors, strict=True):
        np.testing.assert_allclose(ours.numerical, theirs.numerical, atol=ROUNDING * max(1, fast.loss))
        np.testing.assert_array_equal(ours.analytic, theirs.analytic)


class OtherDense(L.Dense):
    def call(self, x, training=None):
        return super().call(x) ** 2


def mean_centred(z):
    return z - tf.reduce_mean(z, axis=0)  # mixes samples


NOT_PLAIN = {
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


def test_what_was_not_thought_of_shows_in_the_loss(ways):
    model = sequential(L.Dense(3, "tanh"), L.Dense(1))
    original = model.layers[0].call
    model.layers[0].call = lambda x, training=None: original(x) * 1.5
    check_model(model, X, X[:, :1]).assert_passed()
    assert ways == [None]


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


def test_steps_in_the_loss_are_those_of_the_model():
    """Not differences but losses themselves, against the model with a weight really moved."""
    model, x, y = MODELS["regularized"]()
    kernel = model.layers[0].kernel
    before = kernel.numpy()
    moved = before.copy()
    moved[2, 1] += 0.25
    with computing_in(model, "float64"):
        x64, y64 = tf.constant(x), tf.constant(y)
        whole = check.loss_of_model(model, x64, y64, training=True)
        fast = dense.dense_loss(model, whole, whole.loss(), x64, y64)
        change = fast.changes_at(0, np.array([2 * 3 + 1]), np.array([0.25]))
        along = whole.changes_along(0, (moved - before).reshape(1, -1), np.ones(1))
    np.testing.assert_allclose(change, along, rtol=1e-13)
    loss = model.evaluate(x, y, verbose=0)
    kernel.assign(moved)
    np.testing.assert_allclose(change, model.evaluate(x, y, verbose=0) - loss, rtol=1e-4)  # float32
