"""ActivationStats on all kinds of models: nested, shared, subclassed, of mixed precision."""

import keras
import numpy as np
import pytest
from activation_samples import TOLERANCE, X, compiled, fit
from keras import layers
from refusals import refuses

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


@pytest.mark.parametrize(
    ("stack_of_layers", "x_probe", "message"),
    [
        (
            [layers.Dense(4, "relu"), layers.Dense(3)],
            X[:, :5],
            "`x_probe` must fit the inputs of the model 'bad'. Received: x_probe=float32(40, 5)",
        ),
        (
            [layers.Reshape((2, 3), name="reshape"), layers.GlobalAveragePooling1D(name="pooled")],
            X,
            "The model must call a layer that has an activation. "
            "Received: model='bad' with layers ['reshape', 'pooled']",
        ),
        (
            [InALoop()],
            X,
            "The outputs of all layers must be in reach of the model's own call, and that of "
            "'in_a_loop/dense' exists only inside a loop or a tf.function. Received: model='bad'. "
            "Call the layer outside of it",
        ),
    ],
)
def test_models_that_cannot_be_measured(stack_of_layers, x_probe, message):
    model = compiled(keras.Sequential([keras.Input((6,)), *stack_of_layers], name="bad"))
    with refuses(message):
        fit(model, ActivationStats(x_probe))
