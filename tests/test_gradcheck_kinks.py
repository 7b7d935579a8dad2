"""Correct networks that stand on kinks pass, and a bug that stands on one too is found a step aside."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from refusals import refuses

from dlkeras.gradcheck import check_gradients, check_model, pace

L = keras.layers
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(8, 5)), RNG.integers(0, 3, 8)
IMAGES = np.zeros((4, 12, 12, 1))  # with a black border
IMAGES[:, 4:8, 4:8] = RNG.random((4, 4, 4, 1))
COLOURS = RNG.random((4, 8, 8, 3)).astype("float32")
LABELS = RNG.integers(0, 3, 4)
METHODS = ("full", "directional")


def compiled(shape, *layers, loss=None):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input(shape), *layers])
    model.compile("adam", loss or keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def zeros(units, activation="relu", **options):
    return L.Dense(units, activation, kernel_initializer="zeros", **options)


def convnet():
    first = (L.Conv2D(4, 3, activation="relu"), L.MaxPooling2D(), L.Conv2D(4, 3, activation="relu"))
    return compiled((12, 12, 1), *first, L.MaxPooling2D(), L.Flatten(), L.Dropout(0.5), L.Dense(3))


def conv_norm():
    first = (L.Conv2D(4, 3, use_bias=False), L.BatchNormalization(), L.ReLU())
    return compiled((12, 12, 1), *first, L.GlobalAveragePooling2D(), L.Dense(3))


ON_KINKS = {  # model, x, y, options
    "a convnet on a black border": (convnet, IMAGES, LABELS, {}),
    "zeros, the course's": (
        lambda: compiled((5,), zeros(4), zeros(3), zeros(1, "sigmoid"), loss="binary_crossentropy"),
        *(X, Y > 0, {}),
    ),
    "zeros in one layer": (lambda: compiled((5,), zeros(4), L.Dense(3)), X, Y, {}),
    "gamma zero": (
        lambda: compiled(
            (5,), L.Dense(4), L.BatchNormalization(gamma_initializer="zeros"), L.ReLU(), L.Dense(3)
        ),
        *(X, Y, {}),
    ),
    "normalization in inference": (conv_norm, IMAGES, LABELS, {"training": False}),
    "kinks alone": (
        lambda: compiled((5,), zeros(4, use_bias=False), L.Dense(1, trainable=False), loss="mse"),
        *(X, np.ones((8, 1)), {}),
    ),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ON_KINKS)
def test_correct_networks_on_kinks_pass(name, method):
    make, x, y, options = ON_KINKS[name]
    result = check_model(make(), x, y, method=method, **options)
    result.assert_passed()
    assert all(tensor.num_beside == tensor.kink.sum() for tensor in result.tensors)
    if name not in ("zeros, the course's",):
        assert "of them found right a step aside" in str(result)


class HandRelu(L.Layer):
    """max(0, z), with a bug or none in its backward pass."""

    def __init__(self, bug=""):
        super().__init__()
        self.bug = bug

    def call(self, z):
        @tf.custom_gradient
        def relu(z):
            slope = tf.cast(z > 0, z.dtype)
            wrong = {
                "a factor": 1.001 * slope,
                "a sign": -slope,
                "detached": 0 * slope,
                "no derivative": tf.ones_like(z),
                "of another": slope + 0.1 * (1 - slope),
            }
            return tf.maximum(z, 0), lambda da: da * wrong.get(self.bug, slope)

        return relu(z)


BUGS = ("a factor", "a sign", "detached", "no derivative", "of another")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_on_a_kink_is_found(bug, method):
    """All units are at 0: there, most of these have a derivative between the one-sided ones, or zero."""
    for make, x, y in (
        (lambda bug: compiled((5,), zeros(4, None), HandRelu(bug), L.Dense(3)), X, Y),
        (
            lambda bug: compiled((12, 12, 1), L.Conv2D(4, 3), HandRelu(bug), L.Flatten(), L.Dense(3)),
            IMAGES,
            LABELS,
        ),
    ):
        check_model(make(""), x, y, method=method).assert_passed()
        result = check_model(make(bug), x, y, method=method)
        assert not result.passed
        assert all("dense" in name or "conv2d" in name for name in result.wrong)
        assert result.wrong[0] == result.tensors[0].name


def test_gradients_that_are_given_hold_for_one_point():
    result = check_gradients(lambda x: np.sum(np.maximum(x, 0)), np.zeros(2), np.zeros(2))
    assert str(result).startswith(
        "Gradient check failed: every entry is zero or lies on a kink, so nothing was compared.\n"
    )
    check_gradients(lambda x: tf.reduce_sum(tf.maximum(x, 0)), np.zeros(2)).assert_passed()


@pytest.mark.parametrize("layer", [lambda: L.RandomRotation(0.2), lambda: L.RandomFlip()])
def test_augmentation(layer):
    model = compiled(
        (8, 8, 3), layer(), L.Conv2D(2, 3, activation="tanh"), L.GlobalAveragePooling2D(), L.Dense(3)
    )
    call = model.layers[0].call
    check_model(model, COLOURS, LABELS, method="directional").assert_passed()
    assert model.layers[0].call == call
    assert keras.config.floatx() == "float32"


def test_a_gradient_stopped_on_purpose():
    model = compiled((5,), L.SpectralNormalization(L.Dense(4, "tanh"), name="sn"), L.Dense(3))
    name = model.trainable_variables[0].path.removeprefix(f"{model.name}/")
    result = check_model(model, X, Y)
    result.assert_passed()
    assert f"{name}" in str(result)
    assert "not judged: gradient stopped by sn (SpectralNormalization)" in str(result)
    check_model(model, X, Y, training=False).assert_passed()


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras, in quantize
def test_a_quantized_model_is_refused():
    model = compiled((5,), L.Dense(4, "relu", name="first"), L.Dense(3))
    model.layers[0].quantize("int8")
    model.layers[0].enable_lora(2)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    with refuses(
        "`model` must not be quantized: a loss that rounds on its way has steps in place of slopes. Received"
        ": layer 'first' of int8. Check the model before `quantize`."
    ):
        check_model(model, X, Y)


@pytest.mark.parametrize("method", METHODS)
def test_weights_of_samples(method):
    weights = RNG.uniform(0, 3, 8)
    model = compiled((5,), L.Dense(4, "tanh"), L.Dense(3))
    result = check_model(model, X, Y, sample_weight=weights, method=method)
    result.assert_passed()
    np.testing.assert_allclose(result.loss, model.test_on_batch(X, Y, sample_weight=weights), rtol=1e-5)
    assert abs(result.loss - check_model(model, X, Y).loss) > 1e-3


def test_a_long_check_says_how_long(monkeypatch, capsys):
    model = compiled((5,), L.Dense(30, "tanh"), L.LayerNormalization(), L.Dense(3))
    check_model(model, X, Y).assert_passed()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(pace, "PATIENCE", 0.0)
    monkeypatch.setattr(pace, "EVERY", 0.01)
    check_model(model, X, Y).assert_passed()
    first, *others = capsys.readouterr().err.splitlines()
    assert first.startswith("Gradient check of 333 entries: about ")
    assert first.endswith('seconds. method="directional" takes a few losses for each tensor.')
    assert others
    assert all(line.endswith(" seconds left") for line in others)


def close_to_its_targets(loss):
    """A line that half of its targets lie on, but for the rounding of float32: kinks 1e-8 apart."""
    model = compiled((5,), L.Dense(1), loss=loss)
    return model, X, model.predict(X, verbose=0) + (np.arange(8) % 2)[:, None]


@pytest.mark.parametrize("loss", ["mae", "mape"])
@pytest.mark.parametrize("method", METHODS)
def test_targets_that_are_met_but_for_rounding(loss, method):
    model, x, y = close_to_its_targets(loss)
    check_model(model, x, y, method=method).assert_passed()


def test_a_wrong_gradient_where_kinks_are_close_together_is_found():
    model, x, y = close_to_its_targets("mae")
    right = [tensor.analytic for tensor in check_model(model, x, y).tensors]
    assert not check_model(model, x, y, gradients=[1.5 * g for g in right]).passed
