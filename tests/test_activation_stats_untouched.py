"""Training is the same with ActivationStats, bit for bit, where a forward pass moves seeds and states on."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from activation_samples import compiled, fit
from keras import layers

from dlkeras.callbacks import ActivationStats

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 6, 3)).astype(np.float32)
Y = RNG.normal(size=(40, 3)).astype(np.float32)


class Counter(layers.Layer):
    """Counts its calls, and its output depends on them."""

    def build(self, shape):
        self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False, name="calls")

    def call(self, x):
        self.calls.assign_add(1.0)
        return x * (1 + 0.01 * self.calls)


class CounterOfTensorFlow(Counter):
    """The same with a variable that Keras does not know of."""

    def build(self, shape):
        self.__dict__["calls"] = tf.Variable(0.0, trainable=False)


class Noise(layers.Layer):
    """Adds noise in inference too."""

    def __init__(self):
        super().__init__()
        self.seeds = keras.random.SeedGenerator(3)

    def call(self, x):
        return x + 0.1 * keras.random.normal(keras.ops.shape(x), seed=self.seeds)


class NoiseByRow(Noise):
    """Draws inside of a loop."""

    def call(self, x):
        return keras.ops.map(lambda row: row + keras.random.normal((6, 3), seed=self.seeds), x)


class NoiseOfAll(layers.Layer):
    """Draws from the seed of Keras."""

    def call(self, x):
        return x + 0.1 * keras.random.normal(keras.ops.shape(x))


KINDS = {
    "LSTM with dropout": lambda: layers.LSTM(4, dropout=0.2),
    "GRU with recurrent dropout": lambda: layers.GRU(4, recurrent_dropout=0.2),
    "both ways": lambda: layers.Bidirectional(layers.GRU(3, dropout=0.3, recurrent_dropout=0.2)),
    "stateful": lambda: layers.LSTM(4, stateful=True),
    "counter": Counter,
    "counter of TensorFlow": CounterOfTensorFlow,
    "noise": Noise,
    "noise in a loop": NoiseByRow,
    "noise of Keras": NoiseOfAll,
}


def trained(kind, batch_input, *callbacks):
    keras.utils.set_random_seed(1)
    start = [keras.Input(batch_shape=(8, 6, 3))] if batch_input else []
    layer = KINDS[kind]()
    inner = [layer, layers.Flatten(), layers.Dropout(0.3), layers.Dense(4, "tanh"), layers.Dense(3)]
    model = compiled(keras.Sequential([*start, *inner]))
    fit(model, keras.callbacks.History(), *callbacks, x=X, y=Y, batch_size=8, epochs=3)
    state = [variable.numpy() for variable in model.variables]
    return [*state, layer.calls.numpy()] if isinstance(layer, Counter) else state


@pytest.mark.parametrize("batch_input", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_seeds_states_and_counters_are_left(kind, batch_input):
    stats = ActivationStats(X[:8], unit="step")
    for plain, watched in zip(trained(kind, batch_input), trained(kind, batch_input, stats), strict=True):
        np.testing.assert_array_equal(watched, plain)
    assert stats.mean.shape == (16, 2)


def test_the_check_rejects_a_pass_that_moves_states_on():
    class Passes(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.model(X[:8], training=False)

    before, after = trained("counter", True), trained("counter", True, Passes())
    assert not all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        (lambda: layers.Dense(4, activation=layers.LeakyReLU()), "leaky_relu"),
        (lambda: layers.Dense(4, activation=layers.PReLU()), "prelu"),
        (lambda: layers.Activation(layers.ELU()), "elu"),
    ],
)
def test_a_layer_as_activation_has_one_column(layer, name):
    model = compiled(keras.Sequential([layers.Flatten(), layer(), layers.Dense(3, name="out")]))
    stats = fit(model, ActivationStats(X), x=X, y=Y)
    assert stats.layer_names == [model.layers[1].name, "out"]
    assert stats.activation_names == [name, "linear"]
    hidden = model.layers[1](model.layers[0](X)).numpy()
    np.testing.assert_allclose(stats.mean[-1, 0], hidden.mean(), rtol=1e-5)
