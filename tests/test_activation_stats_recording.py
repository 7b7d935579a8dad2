"""ActivationStats: on all kinds of models, when it records, what it hands out, no trace on training."""

import csv
import sys

import keras
import numpy as np
import pytest
from activation_samples import TOLERANCE, X, compiled, fit, stack
from keras import layers
from refusals import refused, refuses

from dlkeras.callbacks.activation_stats import ActivationStats


def test_nested_shared_and_separate_activation_layers():
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(4, "tanh", name="dense")], name="inner")
    inputs = keras.Input((6,))
    h = layers.ReLU(name="rectified")(layers.BatchNormalization()(layers.Dense(4, name="first")(inputs)))
    model = compiled(keras.Model(inputs, layers.Dense(3, name="out")(inner(inner(h)))))
    stats = fit(model, ActivationStats(X))
    assert stats.layer_names == ["first", "rectified", "inner/dense", "inner/dense (2)", "out"]
    assert stats.activation_names == ["linear", "relu", "tanh", "tanh", "linear"]
    views = keras.Model(inputs, [model.get_layer("first").output, h])
    first, rectified = (a.numpy() for a in views(X, training=False))
    once = inner(rectified).numpy()
    for column, a in enumerate([first, rectified, once, inner(once).numpy(), model(X).numpy()]):
        np.testing.assert_allclose(stats.mean[-1, column], a.mean(), **TOLERANCE)
        np.testing.assert_allclose(stats.std[-1, column], a.std(), **TOLERANCE)


class Residual(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(6, "relu")
        self.second = layers.Dense(6, "tanh")
        self.out = layers.Dense(3)

    def call(self, x, training=False):
        return self.out(x + self.second(self.first(x)))


def test_subclassed_model_that_is_not_built_yet():
    model = compiled(Residual())
    stats = fit(model, ActivationStats(X))
    assert stats.layer_names == [layer.name for layer in (model.first, model.second, model.out)]
    for column, a in enumerate((model.first(X), model.second(model.first(X)), model(X))):
        np.testing.assert_allclose(stats.mean[-1, column], a.numpy().mean(), **TOLERANCE)


def test_sequential_without_input_stays_free_in_its_batch_size():
    model = compiled(keras.Sequential([layers.Dense(4, "relu"), layers.Dense(3)]))
    fit(model, ActivationStats(X[:7]))
    assert model.input_shape == (None, 6)


def test_several_inputs():
    a, b = keras.Input((6,), name="a"), keras.Input((2,), name="b")
    model = compiled(keras.Model({"a": a, "b": b}, layers.Dense(3, "tanh")(layers.Concatenate()([a, b]))))
    x = {"a": X, "b": X[:, :2]}
    stats = fit(model, ActivationStats(x), x=x)
    np.testing.assert_allclose(stats.mean[-1, 0], model(x).numpy().mean(), **TOLERANCE)


def test_recurrent_layers_are_left_out():
    model = keras.Sequential([keras.Input((3, 2)), layers.LSTM(4), layers.Dense(3, name="out")])
    x = X.reshape(40, 3, 2)
    assert fit(compiled(model), ActivationStats(x), x=x).layer_names == ["out"]


def test_mixed_precision_counts_in_float32():
    dense = layers.Dense(400, "relu", dtype="mixed_float16", kernel_initializer="ones")
    model = compiled(keras.Sequential([keras.Input((6,)), dense, layers.Dense(3, dtype="float32")]))
    x = np.full((400, 6), 100, np.float32)  # the sum of 160,000 times 600 is beyond float16
    np.testing.assert_array_equal(fit(model, ActivationStats(x)).mean[0, 0], 600)


class InALoop(keras.Layer):
    def __init__(self):
        super().__init__(name="in_a_loop")
        self.dense = layers.Dense(3, "relu", name="dense")

    def build(self, input_shape):
        self.dense.build(input_shape)

    def call(self, x):
        return keras.ops.map(lambda row: self.dense(row[None])[0], x)


UNMEASURABLE = {
    "`x_probe` must fit the inputs of the model 'bad'. Received: x_probe=float32(40, 5)": (
        [layers.Dense(4, "relu"), layers.Dense(3)],
        X[:, :5],
    ),
    "The model must call a layer that has an activation. Received: model='bad' with layers ['reshape', "
    "'pooled']": ([layers.Reshape((2, 3), name="reshape"), layers.GlobalAveragePooling1D(name="pooled")], X),
    "The outputs of all layers must be in reach of the model's own call, and that of 'in_a_loop/dense' "
    "exists only "
    "inside a loop or a tf.function. Received: model='bad'. Call the layer outside of it": ([InALoop()], X),
}


@refused(UNMEASURABLE)
def test_models_that_cannot_be_measured(given, message, kind):
    inner, x_probe = given
    model = compiled(keras.Sequential([keras.Input((6,)), *inner], name="bad"))
    with refuses(message, kind):
        fit(model, ActivationStats(x_probe))


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


def test_frame_and_csv_have_a_row_for_each_measurement_and_layer(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)  # makes `import pandas` fail
    stats = fit(stack("tanh"), ActivationStats(X), epochs=1)
    frame = stats.to_frame()
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
