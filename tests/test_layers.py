"""The layers written out by hand against Keras' own, and against NumPy in float64."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from refusals import refuses

from dlkeras.layers import BatchNorm, InvertedDropout, Softmax

FLOAT32 = {"rtol": 2e-5, "atol": 2e-5}  # roundings of a constant 7, divided by √ε


def with_gradients(layer, x, **options):
    """What a layer gives, and the gradients of a weighted sum of it for its weights and inputs."""
    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x, **options)
        factors = tf.reshape(tf.cos(tf.range(tf.size(y), dtype="float32")), y.shape)
        total = tf.reduce_sum(tf.cast(y, "float32") * factors)
    weights = [variable.value for variable in layer.trainable_variables]
    gradients = tape.gradient(total, [x, *weights])
    return y.numpy(), [gradient.numpy() for gradient in gradients]


def assert_same(ours, theirs, **tolerance):
    for mine, other in zip([ours[0], *ours[1]], [theirs[0], *theirs[1]], strict=True):
        scale = max(1.0, np.abs(other).max())  # a gradient's entries are sums: roundings are of the largest
        np.testing.assert_allclose(mine / scale, other / scale, **(tolerance or FLOAT32))


RNG = np.random.default_rng(0)
INPUTS = {
    "a batch": RNG.normal(3, 2, (16, 5)).astype("float32"),
    "one sample": RNG.normal(size=(1, 5)).astype("float32"),
    "a constant column": np.c_[np.full((8, 1), 7), RNG.normal(size=(8, 4))].astype("float32"),
    "images": RNG.normal(size=(4, 3, 3, 5)).astype("float32"),
}


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("x", INPUTS.values(), ids=INPUTS)
def test_batch_norm_is_that_of_keras(x, training):
    ours, theirs = BatchNorm(momentum=0.9), keras.layers.BatchNormalization(momentum=0.9)
    for layer in (ours, theirs):
        layer.build(x.shape)
        layer.gamma.assign([1.0, 2.0, 0.5, -1.0, 0.0])
        layer.beta.assign([0.0, 1.0, 2.0, 3.0, 4.0])
    for _ in range(3):  # the averages move
        assert_same(*(with_gradients(layer, x, training=training) for layer in (ours, theirs)))
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, **FLOAT32)


def test_batch_norm_by_the_equations_in_float64():
    z = RNG.normal(5, 3, (32, 4))
    layer = BatchNorm(momentum=0.8, epsilon=1e-5, dtype="float64")
    found = layer(z, training=True).numpy()
    np.testing.assert_allclose(found, (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-5), rtol=1e-12)
    np.testing.assert_allclose(layer.moving_mean, 0.2 * z.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(layer.moving_variance, 0.8 + 0.2 * z.var(axis=0), rtol=1e-12)


def test_a_frozen_batch_norm_is_in_test_mode():
    layer = BatchNorm()
    layer.build((None, 5))
    layer.trainable = False
    before = layer.get_weights()
    np.testing.assert_array_equal(layer(INPUTS["a batch"], training=True), layer(INPUTS["a batch"]))
    for now, then in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize("training", [True, False])
def test_batch_norm_of_float16_does_not_overflow(training):
    x = (1000 * INPUTS["a batch"]).astype("float16")
    ours = BatchNorm(dtype="mixed_float16")(x, training=training)
    theirs = keras.layers.BatchNormalization(dtype="mixed_float16")(x, training=training)
    assert ours.dtype == theirs.dtype == "float16"
    np.testing.assert_allclose(ours, theirs, rtol=2e-3)


@pytest.mark.parametrize("keep_prob", [0.2, 0.8, 1.0])
def test_dropout_keeps_a_share_and_the_expectation(keep_prob):
    a = np.ones((200, 500), "float32")
    found = InvertedDropout(keep_prob, seed=0)(a, training=True).numpy()
    np.testing.assert_allclose(
        np.unique(found), sorted({0.0, 1 / keep_prob} if keep_prob < 1 else {1.0}), rtol=1e-6
    )
    error = np.sqrt(keep_prob * (1 - keep_prob) / a.size)  # of a share
    assert abs(np.mean(found > 0) - keep_prob) <= 5 * error
    assert abs(found.mean() - 1) <= 5 * error / keep_prob


def test_dropout_does_nothing_in_a_test():
    layer = InvertedDropout(0.5, seed=0)
    np.testing.assert_array_equal(layer(INPUTS["a batch"]), INPUTS["a batch"])


def test_the_gradient_of_dropout_is_its_mask():
    layer = InvertedDropout(0.5, seed=0)
    y, (gradient,) = with_gradients(layer, np.ones((1, 100), "float32"), training=True)
    np.testing.assert_allclose(gradient, y * np.cos(np.arange(100)), rtol=1e-4)


def test_masks_differ_from_call_to_call_and_follow_from_the_seed():
    def draws(seed):
        layer = InvertedDropout(0.5, seed=seed)
        return [layer(np.ones((1, 64), "float32"), training=True).numpy() for _ in range(2)]

    first, second = draws(3)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal([first, second], draws(3))
    assert not np.array_equal(first, draws(4)[0])


def test_dropout_of_float16_keeps_as_often():
    found = InvertedDropout(0.9, seed=0, dtype="float16")(np.ones((100, 1000), "float16"), training=True)
    assert found.dtype == "float16"
    assert abs(np.mean(found.numpy() > 0) - 0.9) < 0.005


@pytest.mark.parametrize("x", INPUTS.values(), ids=INPUTS)
def test_softmax_is_that_of_keras(x):
    assert_same(*(with_gradients(layer, x) for layer in (Softmax(), keras.layers.Softmax())))


def test_softmax_of_large_logits_is_that_of_float64():
    z = np.array([[1e4, 1e4 - 1, -1e4], [-1e4, -1e4, -1e4]])
    exact = np.exp(z - z.max(axis=1, keepdims=True))
    exact /= exact.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(Softmax()(z.astype("float32")), exact, rtol=1e-6)
    half = np.array([[1e4, 1e4 - 8]], "float16")  # numbers that float16 has
    np.testing.assert_allclose(Softmax(dtype="float16")(half), [[1.0, np.exp(-8)]], rtol=2e-3)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras, in saving
@pytest.mark.parametrize("layer", [BatchNorm(0.7, 0.01), InvertedDropout(0.3, seed=5), Softmax()], ids=repr)
def test_a_trained_model_is_saved_and_goes_on(layer, tmp_path):
    x, y = INPUTS["a batch"], np.arange(16) % 3
    layer = type(layer).from_config(layer.get_config())
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3), layer])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(x, y, epochs=2, shuffle=False, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert again.layers[-1].get_config() == layer.get_config()
    for _ in range(2):
        for one in (model, again):
            one.fit(x, y, epochs=2, shuffle=False, verbose=0)
        np.testing.assert_array_equal(model.predict(x, verbose=0), again.predict(x, verbose=0))


@pytest.mark.parametrize(
    ("make", "message", "kind"),
    [
        (
            lambda: InvertedDropout(0),
            "`keep_prob` must be above 0 and at most 1. Received: keep_prob=0",
            ValueError,
        ),
        (
            lambda: InvertedDropout("half"),
            "`keep_prob` must be a number. Received: keep_prob='half'",
            TypeError,
        ),
        (
            lambda: BatchNorm(momentum=1),
            "`momentum` must be at least 0 and below 1. Received: momentum=1",
            ValueError,
        ),
        (lambda: BatchNorm(epsilon=0), "`epsilon` must be above 0. Received: epsilon=0", ValueError),
        (lambda: BatchNorm(epsilon=None), "`epsilon` must be a number. Received: epsilon=None", TypeError),
    ],
)
def test_settings_that_cannot_be(make, message, kind):
    with refuses(message, kind):
        make()


def test_the_comparison_can_fail():
    ours, theirs = BatchNorm(epsilon=0.1), keras.layers.BatchNormalization()
    with pytest.raises(AssertionError):
        assert_same(*(with_gradients(own, INPUTS["a batch"], training=True) for own in (ours, theirs)))
