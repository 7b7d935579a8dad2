"""ActivationStats against a NumPy forward pass, and the counts of saturated and dead units."""

import keras
import numpy as np
import pytest
from activation_samples import TOLERANCE, X, Y, compiled, fit, stack
from keras import layers

from dlkeras.callbacks.activation_stats import ActivationStats

FUNCTIONS = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}
SLOPES = {"tanh": lambda z: 1 / np.cosh(z) ** 2, "sigmoid": lambda z: 1 / (2 + np.exp(z) + np.exp(-z))}


def recomputed(model, x):
    """The four statistics of each Dense layer of a stack, in float64 from its weights."""
    rows, a = [], x.astype(np.float64)
    for layer in model.layers:
        name = layer.activation.__name__
        kernel, bias = (w.astype(np.float64) for w in layer.get_weights())
        z = a @ kernel + bias
        a = FUNCTIONS[name](z)
        slope = SLOPES[name](z) if name in SLOPES else None
        saturated = np.nan if slope is None else np.mean(slope < 0.05 * SLOPES[name](0.0))
        rows.append([a.mean(), np.sqrt(((a - a.mean()) ** 2).mean()), saturated, np.mean((a == 0).all(0))])
    return np.array(rows)


def statistics(stats, row):
    return np.stack([s[row] for s in (stats.mean, stats.std, stats.saturated_rate, stats.dead_rate)], axis=1)


class Snapshots(keras.callbacks.Callback):
    """The recomputed statistics before training and after each epoch."""

    def on_train_begin(self, logs=None):
        self.rows = [recomputed(self.model, X)]

    def on_epoch_end(self, epoch, logs=None):
        self.rows.append(recomputed(self.model, X))


def test_equals_a_recomputation_at_every_epoch():
    model, snapshots = stack("sigmoid", "tanh", "relu", scale=4.0), Snapshots()
    stats = fit(model, ActivationStats(X), snapshots, epochs=3)
    assert stats.layer_names == ["sigmoid_0", "tanh_1", "relu_2", "out"]
    assert stats.activation_names == ["sigmoid", "tanh", "relu", "linear"]
    assert stats.epochs.tolist() == [0, 1, 2, 3]
    assert stats.steps.tolist() == [0, 3, 6, 9]
    for array in (stats.mean, stats.std, stats.saturated_rate, stats.dead_rate):
        assert (array.shape, array.dtype) == ((4, 4), np.float32)
    for row, expected in enumerate(snapshots.rows):
        np.testing.assert_allclose(statistics(stats, row), expected, **TOLERANCE)
    assert np.all(stats.saturated_rate[0, :2] > 0.05)  # so that something was there to be counted
    assert np.all(np.isnan(stats.saturated_rate[:, 2:]))
    assert np.all(stats.mean[0] != stats.mean[-1])


def test_comparison_rejects_another_batch():
    model, snapshots = stack("tanh"), Snapshots()
    stats = fit(model, ActivationStats(X[:20]), snapshots)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(statistics(stats, 0), snapshots.rows[0], **TOLERANCE)


@pytest.mark.parametrize(
    ("activation", "slope"),
    [
        ("sigmoid", SLOPES["sigmoid"]),
        ("tanh", SLOPES["tanh"]),
        ("softsign", lambda z: 1 / (1 + np.abs(z)) ** 2),
        ("hard_sigmoid", lambda z: np.where(np.abs(z) < 3, 1 / 6, 0)),
        ("hard_tanh", lambda z: np.where(np.abs(z) < 1, 1, 0)),
    ],
)
def test_saturated_means_a_slope_below_five_percent(activation, slope):
    z = np.linspace(-9, 9, 1000, dtype=np.float32).reshape(-1, 1)
    model = compiled(keras.Sequential([keras.Input((1,)), layers.Activation(activation), layers.Dense(3)]))
    stats = fit(model, ActivationStats(z), x=z[:40])
    expected = np.mean(slope(z.astype(np.float64)) < 0.05 * slope(0.0))
    assert 0.1 < expected < 0.9
    np.testing.assert_allclose(stats.saturated_rate[0, 0], expected, atol=0.0021)  # a point at each border


def test_planted_dead_units_are_counted():
    model = stack("relu", width=8)
    bias = np.array([-1e3, -1e3, -1e3, 1e3, 1e3, 1e3, 1e3, 0], np.float32)  # three dead, four always on
    model.layers[0].bias.assign(bias)
    stats = fit(model, ActivationStats(X))
    np.testing.assert_array_equal(stats.dead_rate[0], [3 / 8, 0])


def test_a_unit_that_lives_on_one_sample_is_not_dead():
    x = np.zeros((40, 6), np.float32)
    x[7, 0] = 1
    model = stack("relu", width=8)
    model.layers[0].kernel.assign(np.eye(6, 8))
    np.testing.assert_array_equal(fit(model, ActivationStats(x)).dead_rate[0, 0], np.float32(7 / 8))


def test_a_filter_is_dead_when_it_is_zero_at_every_position():
    x = np.random.default_rng(0).normal(size=(10, 6, 6, 1)).astype(np.float32)
    conv = layers.Conv2D(4, 3, activation="relu")
    model = compiled(keras.Sequential([keras.Input((6, 6, 1)), conv, layers.Flatten(), layers.Dense(3)]))
    conv.bias.assign([-1e3, 0, 0, 0])
    stats = fit(model, ActivationStats(x), x=x, y=Y[:10])
    a = model.layers[0](x).numpy()  # after training; the dead filter has no gradient and stays
    assert stats.dead_rate[-1, 0] == np.float32(1 / 4) == np.mean((a == 0).all((0, 1, 2)))
    np.testing.assert_allclose(stats.mean[-1, 0], a.mean(), **TOLERANCE)


def test_second_fit_starts_afresh():
    stats = ActivationStats(X)
    fit(stack("relu", "relu"), stats, epochs=3)
    model = stack("tanh")
    expected = recomputed(model, X)
    fit(model, stats, epochs=1)
    assert (stats.epochs.tolist(), stats.steps.tolist()) == ([0, 1], [0, 3])
    assert stats.layer_names == ["tanh_0", "out"]
    np.testing.assert_allclose(statistics(stats, 0), expected, **TOLERANCE)
