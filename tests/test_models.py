"""depth_stack: names and shapes, independent draws per layer, variances as the papers give them, errors."""

import keras
import numpy as np
import pytest
from refusals import refused, refuses

from dlkeras.models import depth_stack


def kernels(model):
    return [layer.kernel.numpy() for layer in model.layers]


def test_has_depth_hidden_layers_and_logits():
    model = depth_stack("tanh", 3, 16, input_dim=5, num_classes=4)
    assert [layer.name for layer in model.layers] == ["hidden_1", "hidden_2", "hidden_3", "logits"]
    assert [k.shape for k in kernels(model)] == [(5, 16), (16, 16), (16, 16), (16, 4)]
    assert [layer.activation.__name__ for layer in model.layers] == ["tanh"] * 3 + ["linear"]
    assert not model.compiled
    assert all(np.all(layer.bias.numpy() == 0) for layer in model.layers)


def test_output_is_the_product_of_the_layers():
    model = depth_stack("relu", 2, 8, input_dim=3, num_classes=2, seed=0)
    x = np.random.default_rng(0).normal(size=(5, 3))
    first, second, last = (k.astype(np.float64) for k in kernels(model))
    expected = np.maximum(np.maximum(x @ first, 0) @ second, 0) @ last
    np.testing.assert_allclose(
        model(x.astype(np.float32)), expected, rtol=1e-5, atol=1e-6
    )  # float32 rounding


def test_summary_shows_the_layers():
    lines = []
    depth_stack("sigmoid", 2).summary(print_fn=lines.append)
    text = "\n".join(lines)
    for word in ("depth_stack", "hidden_1", "hidden_2", "logits", "(None, 32)", "(None, 10)"):
        assert word in text


@pytest.mark.parametrize("initializer", ["glorot_uniform", "he_normal", keras.initializers.HeNormal(seed=3)])
def test_layers_of_equal_shape_draw_independently(initializer):
    model = depth_stack("relu", 6, 32, input_dim=32, num_classes=32, kernel_initializer=initializer, seed=0)
    flat = np.stack([k.ravel() for k in kernels(model)])  # (7, 1024)
    correlation = np.corrcoef(flat) - np.eye(7)
    assert np.abs(correlation).max() < 5 / np.sqrt(1024)  # five standard errors of a zero correlation


def test_one_shared_seed_would_repeat_the_draws():
    # The trap that depth_stack avoids; if Keras changes here, its docstring has to change too.
    shared = keras.initializers.GlorotUniform(seed=3)
    layers = [keras.layers.Dense(8, kernel_initializer=shared) for _ in range(2)]
    first, second = kernels(keras.Sequential([keras.Input((8,)), *layers]))
    np.testing.assert_array_equal(first, second)


def test_same_seed_same_weights_other_seed_other_weights():
    first, again, other = (kernels(depth_stack("relu", 3, seed=seed)) for seed in (7, 7, 8))
    for a, b, c in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert not np.any(a == c)


def test_without_seed_every_model_is_new():
    first, second = (kernels(depth_stack("relu", 1))[0] for _ in range(2))
    assert not np.any(first == second)


@pytest.mark.parametrize(
    ("initializer", "variance"),
    [
        ("glorot_uniform", lambda fan_in, fan_out: 2 / (fan_in + fan_out)),
        ("glorot_normal", lambda fan_in, fan_out: 2 / (fan_in + fan_out)),
        ("he_uniform", lambda fan_in, fan_out: 2 / fan_in),
        ("he_normal", lambda fan_in, fan_out: 2 / fan_in),
        (keras.initializers.RandomNormal(stddev=0.2), lambda fan_in, fan_out: 0.04),
    ],
)
def test_variances_agree_with_theory(initializer, variance):
    model = depth_stack("relu", 2, 128, input_dim=256, num_classes=64, kernel_initializer=initializer, seed=1)
    for kernel in kernels(model):
        # relative standard error of a variance of 8192 or more draws: at most sqrt(2 / 8192) = 0.016
        np.testing.assert_allclose(kernel.var(), variance(*kernel.shape), rtol=0.08)


def test_zeros_and_functions_are_taken():
    model = depth_stack(keras.ops.tanh, 2, kernel_initializer="zeros", seed=0)
    assert all(np.all(k == 0) for k in kernels(model))


# TensorFlow 2.21's variables do not know NumPy 2's `copy` keyword, which Keras' saving runs into.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
def test_saved_and_reloaded_gives_the_same(tmp_path):
    model = depth_stack("tanh", 4, seed=2)
    x = np.random.default_rng(0).normal(size=(6, 64)).astype(np.float32)
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "model.keras")(x), model(x))


WRONG_VALUES = {
    "`depth` must be at least 1. Received: depth=0": {"depth": 0},
    "`width` must be at least 1. Received: width=0": {"width": 0},
    "`input_dim` must be at least 1. Received: input_dim=-1": {"input_dim": -1},
    "`num_classes` must be at least 1. Received: num_classes=0": {"num_classes": 0},
    "`seed` must be at least 0. Received: seed=-1": {"seed": -1},
    "`activation` must be a name that Keras knows. Received: activation='rellu'. Examples: sigmoid, tanh, "
    "relu": {"activation": "rellu"},
    "`kernel_initializer` must be a name that Keras knows. Received: kernel_initializer='glorrot'. Examples: "
    "glorot_uniform, he_normal, zeros": {"kernel_initializer": "glorrot"},
}
WRONG_TYPES = {
    "`depth` must be an integer. Received: depth=2.0": {"depth": 2.0},
    "`depth` must be an integer. Received: depth=True": {"depth": True},
    "`seed` must be an integer. Received: seed='1'": {"seed": "1"},
    "`activation` must be a name or a function. Received: activation=None": {"activation": None},
    "`kernel_initializer` must be a name or a keras.Initializer. Received: kernel_initializer=3": {
        "kernel_initializer": 3
    },
}


@refused(WRONG_VALUES, WRONG_TYPES)
def test_bad_arguments(given, message, kind):
    with refuses(message, kind):
        depth_stack(**{"activation": "relu", "depth": 2} | given)
