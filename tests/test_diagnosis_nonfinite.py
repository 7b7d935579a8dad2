"""The first tensor that is NaN or infinite is named, wherever one was planted."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlkeras.diagnosis import Diagnosis

STEP = 3  # of 8, in which the plant goes off


@keras.saving.register_keras_serializable(package="planted")
class Planted(keras.layers.Layer):
    """Gives NaN, in one step of the training, for what it gets."""

    def __init__(self, at=STEP, **options):
        super().__init__(**options)
        self.at = at

    def build(self, shape):
        self.count = self.add_weight(shape=(), dtype="int64", initializer="zeros", trainable=False)

    def call(self, x, training=False):
        if not training:
            return x
        bad = self.count.value == self.at
        self.count.assign(self.count + 1)
        return tf.where(bad, np.nan * tf.ones_like(x), x)


class Counting:
    """Says, inside of a step, whether it is the one."""

    def __init__(self):
        self.step = tf.Variable(0, dtype=tf.int64, trainable=False)

    def is_now(self):
        before = self.step.value()
        with tf.control_dependencies([before]):
            self.step.assign_add(1)
        return tf.equal(before, STEP)


@tf.custom_gradient
def spoiled_backwards(x, is_now):
    def gradient(upstream):
        return tf.where(is_now, np.nan * tf.ones_like(upstream), upstream), None

    return x, gradient


class InLoss(keras.losses.Loss):
    """A squared error that is NaN in one step."""

    def __init__(self, when):
        super().__init__()
        self.when = when

    def call(self, y, p):
        error = tf.reduce_mean(tf.square(y - p), axis=-1)
        return tf.where(self.when(), np.nan * tf.ones_like(error), error)


def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 4)).astype("float32")
    return x, x[:, :1] ** 2


def model_of(*middle, activation="relu"):
    keras.utils.set_random_seed(0)
    first = keras.layers.Dense(8, activation, name="first")
    return keras.Sequential([keras.Input((4,)), first, *middle, keras.layers.Dense(1, name="last")])


def failure_of(model, x, y):
    diagnosis = Diagnosis()
    model.fit(x, y, batch_size=8, shuffle=False, verbose=0, callbacks=[diagnosis])
    return diagnosis.evidence.failure, diagnosis


@pytest.mark.parametrize(
    "activation", ["relu", "tanh"]
)  # ReLU may give 0 for NaN, and the loss is finite then
@pytest.mark.parametrize("eager", [False, True])
def test_an_input(activation, eager):
    x, y = data()
    x[STEP * 8 + 2, 1] = np.nan
    model = model_of(activation=activation)
    model.compile("sgd", "mse", run_eagerly=eager)
    failure, diagnosis = failure_of(model, x, y)
    assert (failure.kind, failure.step, failure.name) == ("input", STEP, "input 0")
    np.testing.assert_array_equal(diagnosis.failed_batch[0], x[STEP * 8 : STEP * 8 + 8])
    np.testing.assert_array_equal(diagnosis.failed_batch[1], y[STEP * 8 : STEP * 8 + 8])
    (first, *_) = diagnosis.problems
    assert (first.name, first.causes[0], first.step) == ("nan", "data_nan", STEP)
    assert first.evidence.startswith(
        f"An input (input 0) was the first that was not finite, in step {STEP}. "
    )


def test_a_target():
    x, y = data()
    y[STEP * 8] = np.inf
    model = model_of()
    model.compile("sgd", "mse")
    failure, _ = failure_of(model, x, y)
    assert (failure.kind, failure.step, failure.name) == ("target", STEP, "target 0")


@pytest.mark.parametrize("behind", [[], [keras.layers.ReLU(name="behind")]])
def test_what_a_layer_gives(behind):
    model = model_of(Planted(name="planted"), *behind)
    model.compile("sgd", "mse")
    failure, _ = failure_of(model, *data())
    assert (failure.kind, failure.step, failure.name) == ("activation", STEP, "planted")


def test_a_loss():
    model = model_of()
    counting = Counting()
    model.compile("sgd", InLoss(counting.is_now))
    data_set = tf.data.Dataset.from_tensor_slices(data()).batch(8)
    diagnosis = Diagnosis()
    model.fit(data_set, shuffle=False, verbose=0, callbacks=[diagnosis])
    failure = diagnosis.evidence.failure
    assert (failure.kind, failure.step, failure.name) == ("loss", STEP, "loss")


def test_a_gradient():
    counting = Counting()

    class Spoiled(keras.layers.Layer):
        def call(self, x, training=False):
            return spoiled_backwards(x, counting.is_now()) if training else x

    model = model_of(Spoiled(name="spoiled"))
    model.compile("sgd", "mse")
    failure, _ = failure_of(model, *data())
    assert (failure.kind, failure.step, failure.name) == ("gradient", STEP, "first/kernel")


def test_a_weight():
    class Spoiling(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == STEP:
                kernel = self.model.get_layer("last").kernel
                kernel.assign(kernel * np.nan)

    model = model_of()
    model.compile("sgd", "mse")
    diagnosis = Diagnosis()
    model.fit(*data(), batch_size=8, verbose=0, callbacks=[diagnosis, Spoiling()])
    failure = diagnosis.evidence.failure
    assert (failure.kind, failure.step, failure.name) == ("weight", STEP, "last/kernel")


def test_none_where_all_is_finite():
    model = model_of()
    model.compile("sgd", "mse")
    failure, diagnosis = failure_of(model, *data())
    assert failure is None
    assert diagnosis.failed_batch is None
