"""ActivationStats: when it records, what it hands out, and no trace on training."""

import collections
import csv
import sys
import types

import keras
import numpy as np
import pytest
from activation_samples import X, compiled, fit, stack
from keras import layers
from refusals import refused, refuses

from dlkeras.callbacks.activation_stats import ActivationStats


def test_training_goes_on_as_without_it():
    def trained(*callbacks):
        keras.utils.set_random_seed(3)
        model = keras.Sequential(
            [
                layers.Dense(8, "relu", activity_regularizer="l2"),
                layers.BatchNormalization(),
                layers.Dropout(0.5),
                layers.Dense(3),
            ]
        )
        history = keras.callbacks.History()
        fit(compiled(model), history, *callbacks, epochs=3)
        return history.history["loss"], [*model.get_weights(), *(v.numpy() for v in model.variables)]

    loss, weights = trained()
    for options in ({}, {"unit": "step"}):
        loss_with, weights_with = trained(ActivationStats(X, **options))
        assert loss_with == loss
        for a, b in zip(weights, weights_with, strict=True):
            np.testing.assert_array_equal(a, b)


def test_layers_are_left_as_they_were():
    model = stack("relu")
    before = [set(vars(layer)) for layer in model.layers]
    fit(model, ActivationStats(X), ActivationStats(X[:5]))
    assert [set(vars(layer)) for layer in model.layers] == before


@pytest.mark.parametrize(
    ("every", "unit", "options", "epochs", "steps"),
    [
        (2, "epoch", {}, [0, 2, 4], [0, 6, 12]),
        (9, "epoch", {}, [0], [0]),
        (1, "step", {}, [0, 0, 0, 0, 1, 1, 1], [0, 1, 2, 3, 4, 5, 6]),
        (4, "step", {}, [0, 1], [0, 4]),
        (2, "step", {"steps_per_execution": 2}, [0, 0, 1, 1], [0, 2, 5, 6]),
        (5, "step", {"steps_per_execution": 3}, [0, 1], [0, 6]),
    ],
)
def test_cadence(every, unit, options, epochs, steps):
    model = compiled(stack("relu"), **options)
    num_epochs = 5 if unit == "epoch" else 2  # of three steps: batches of 16, 16 and 8
    stats = fit(model, ActivationStats(X, every, unit), epochs=num_epochs)
    assert (stats.epochs.tolist(), stats.steps.tolist()) == (epochs, steps)


def test_empty_before_training():
    stats = ActivationStats(X)
    assert (stats.mean.shape, stats.steps.shape, stats.layer_names) == ((0, 0), (0,), [])


COLUMNS = ["epoch", "step", "layer", "activation", "mean", "std", "saturated_rate", "dead_rate"]


@pytest.mark.parametrize("pandas", [True, False])
def test_frame_and_csv_have_a_row_for_each_measurement_and_layer(pandas, tmp_path, monkeypatch):
    # pandas is no dependency: a stand-in that holds the columns, or None, which makes `import pandas` fail.
    stand_in = types.SimpleNamespace(DataFrame=collections.UserDict) if pandas else None
    monkeypatch.setitem(sys.modules, "pandas", stand_in)
    stats = fit(stack("tanh"), ActivationStats(X), epochs=1)
    frame = stats.to_frame()
    assert isinstance(frame, dict) is not pandas
    assert list(frame) == COLUMNS
    assert list(frame["epoch"]) == [0, 0, 1, 1]
    assert list(frame["step"]) == [0, 0, 3, 3]
    assert list(frame["layer"]) == ["tanh_0", "out"] * 2
    assert list(frame["activation"]) == ["tanh", "linear"] * 2
    np.testing.assert_array_equal(frame["std"], stats.std.ravel())

    stats.to_csv(tmp_path / "stats.csv")
    with open(tmp_path / "stats.csv", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == COLUMNS
    assert [row[2] for row in rows] == ["tanh_0", "out"] * 2
    np.testing.assert_array_equal(np.float32([row[4] for row in rows]), stats.mean.ravel())
    np.testing.assert_array_equal(np.float32([row[6] for row in rows]), stats.saturated_rate.ravel())


WRONG_VALUES = {
    "`x_probe` must hold at least one sample. Received: x_probe of shape (0, 6) and dtype float32": {
        "x_probe": X[:0]
    },
    "`every` must be at least 1. Received: every=0": {"every": 0},
    "`unit` must be 'epoch' or 'step'. Received: unit='batch'": {"unit": "batch"},
}
WRONG_TYPES = {
    "`x_probe` must be an array of numbers. Received: x_probe of shape (1, 1) and dtype <U1": {
        "x_probe": np.array([["a"]])
    },
    "`x_probe` must be an array of numbers. Received: x_probe of shape () and dtype object": {
        "x_probe": None
    },
    "`every` must be an integer. Received: every=0.5": {"every": 0.5},
    "`every` must be an integer. Received: every=True": {"every": True},
}


@refused(WRONG_VALUES, WRONG_TYPES)
def test_bad_arguments(given, message, kind):
    with refuses(message, kind):
        ActivationStats(**{"x_probe": X} | given)
