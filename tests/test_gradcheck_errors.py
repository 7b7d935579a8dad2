"""What a gradient check refuses, with the very words."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from refusals import refused, refuses

from dlkeras.gradcheck import check_gradients, check_model, sweep_gradients, sweep_model

L = keras.layers
X, Y = np.ones((3, 4)), np.ones((3, 1))


def compiled(*layers, built=True):
    inputs = [keras.Input((4,))] if built else []
    model = keras.Sequential([*inputs, *layers, L.Dense(1, name="out")], name="net")
    model.compile("sgd", "mse")
    return model


def frozen():
    model = compiled()
    model.trainable = False
    return model


def uncompiled():
    return keras.Sequential([keras.Input((4,)), L.Dense(1)], name="net")


class Through32(L.Layer):
    def call(self, x):
        return tf.cast(tf.cast(x, tf.float32), x.dtype)


class LoopThrough16(L.Layer):
    def call(self, x):
        def body(i, x):
            return i + 1, tf.cast(tf.cast(x, tf.float16), x.dtype)

        return tf.while_loop(lambda i, x: i < 2, body, (0, x))[1]


def square_sum(x):
    return np.sum(x**2)


ONES = np.ones(2)
WRONG_TYPES = {
    "`model` must be a keras.Model. Received: model of class Dense": lambda: check_model(L.Dense(3), X, Y),
    "`x` must be arrays of one batch. Received: x of class _TensorSliceDataset": lambda: check_model(
        compiled(), tf.data.Dataset.from_tensor_slices((X, Y))
    ),
    "`seed` must be an integer. Received: seed=0.5": lambda: check_gradients(
        square_sum, ONES, ONES, seed=0.5
    ),
    "`f` must be a function from values to a loss. Received: f=3": lambda: check_gradients(3, ONES),
}
FLOAT64 = "`f` must have one number of float64 as its loss. Received: a loss of shape"
WRONG_VALUES = {
    "`model` must be compiled with a loss. Received: model 'net'. "
    "Call `model.compile(optimizer, loss)` first.": lambda: check_model(uncompiled(), X, Y),
    "`model` must be built. Received: model 'net' without weights. "
    "Call it on a batch first, or begin it with `keras.Input(shape)`.": lambda: check_model(
        compiled(built=False), X, Y
    ),
    "`model` must have trainable weights. Received: model 'net' with none. "
    "Is `trainable=False` set on all its layers?": lambda: check_model(frozen(), X, Y),
    "`model` must have a finite loss. Received: loss=nan": lambda: check_model(compiled(), X * np.nan, Y),
    "`gradients` must have an array for each variable. Received: 1 gradients for 2 variables": lambda: (
        check_model(compiled(), X, Y, [np.ones((4, 1))])
    ),
    "`gradients` must have the shapes of the variables. "
    "Received: a gradient of shape (2,) for out/bias of shape (1,)": lambda: check_model(
        compiled(), X, Y, [np.ones((4, 1)), ONES]
    ),
    '`method` must be "full" or "directional". Received: method=\'fast\'': lambda: check_model(
        compiled(), X, Y, method="fast"
    ),
    "`epsilon` must be between 1e-9 and 1. Received: epsilon=0. Leave it at 1e-5.": lambda: check_gradients(
        square_sum, ONES, ONES, epsilon=0
    ),
    "`tolerance` must be between 0 and 1. Received: tolerance=1": lambda: check_gradients(
        square_sum, ONES, ONES, tolerance=1
    ),
    "`num_directions` must be at least 1. Received: num_directions=0": lambda: check_gradients(
        square_sum, ONES, ONES, num_directions=0
    ),
    f"{FLOAT64} (2,) and float64": lambda: check_gradients(lambda x: x**2, ONES, ONES),
    f"{FLOAT64} () and float32": lambda: check_gradients(lambda x: np.float32(square_sum(x)), ONES, ONES),
    f"{FLOAT64} (1,) and float32": lambda: check_gradients(lambda x: tf.cast(x[:1], tf.float32), ONES),
    "`variables` must hold at least one array. Received: variables=[]": lambda: check_gradients(
        square_sum, [], []
    ),
    "`variables` must be real and finite. Received: W of complex128 with complex values": lambda: (
        check_gradients(square_sum, {"W": 1j * ONES})
    ),
    "`variables` must be real and finite. Received: W of float64 with not finite values": lambda: (
        check_gradients(square_sum, {"W": np.array([1.0, np.inf])})
    ),
    "`epsilons` must be steps above 0. Received: epsilons=[0.1, 0.0]": lambda: sweep_gradients(
        square_sum, ONES, ONES, epsilons=[0.1, 0.0]
    ),
    '`dtype` must be "float32" or "float64". Received: dtype=\'float16\'': lambda: sweep_model(
        compiled(), X, Y, dtype="float16"
    ),
    "`num_entries` must be at least 1. Received: num_entries=0": lambda: sweep_model(
        compiled(), X, Y, num_entries=0
    ),
    FLOAT64.replace("64", "32") + " () and float64": lambda: sweep_gradients(
        lambda x: np.sum(x * np.ones(2)), ONES, ONES, dtype="float32"
    ),
}


@refused(WRONG_VALUES, WRONG_TYPES)
def test_errors(given, message, kind):
    with refuses(message, kind):
        given()


def test_a_loss_that_is_another_each_time():
    losses = iter([1.0, 1.5])
    with refuses(
        "`f` must have the same loss each time. Received: losses 1.0 and 1.5. "
        "Draw random numbers from a `keras.random.SeedGenerator`, or before the check."
    ):
        check_gradients(lambda x: next(losses), ONES, ONES)


class Noise(L.Layer):
    def call(self, x):
        return x + tf.random.normal(tf.shape(x), dtype=x.dtype)


def test_a_model_with_random_numbers_of_its_own():
    with pytest.raises(ValueError, match="`model` must have the same loss each time"):
        check_model(compiled(Noise()), X, Y)


@pytest.mark.parametrize(
    ("layer", "dtype", "method"), [(Through32, "float32", "full"), (LoopThrough16, "float16", "directional")]
)
def test_a_model_that_goes_through_a_narrower_type(layer, dtype, method):
    with pytest.raises(ValueError, match="must compute its loss in float64") as error:
        check_model(compiled(L.Dense(2), layer(name="narrow")), X, Y, method=method)
    text, _, place = str(error.value).partition(f"a step to {dtype} in '")
    name, _, remedy = place.partition("'")
    assert text == "`model` must compute its loss in float64, or rounding drowns the differences. Received: "
    assert "Cast" in name
    assert "narrow" in name
    assert remedy == ". Let the dtype follow the weights there, as `x.dtype` does."


def test_data_may_be_narrow():
    def f(w):
        return tf.reduce_sum(w * tf.cast(tf.cast(tf.constant(1 / 3, tf.float64), tf.float32), tf.float64))

    check_gradients(f, ONES).assert_passed()
    with pytest.raises(ValueError, match="a step to float32"):
        check_gradients(lambda w: tf.cast(tf.reduce_sum(tf.cast(w, tf.float32)), tf.float64), ONES)
