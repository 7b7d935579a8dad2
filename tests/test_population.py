"""Population against plain `fit`: every replica follows the run of its own seed, step by step."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from slow_cases import some_now

from dlkeras.models import depth_stack
from dlkeras.population import Population

L = keras.layers
RNG = np.random.default_rng(0)
X = RNG.normal(size=(38, 6))  # 9 whole batches of 4 and one of 2
Y = RNG.integers(0, 3, size=38)
IMAGES = RNG.normal(size=(38, 6, 6, 2))
BATCH, EPOCHS, SEEDS = 4, 6, (3, 5, 8)  # 60 steps

# Sums in another order: 1e-16 a step, which 60 steps of training multiply by some hundreds.
FLOAT64 = {"rtol": 1e-9, "atol": 1e-11}
PENALTIES = {"rtol": 1e-7, "atol": 1e-9}  # Keras rounds their factor, 0.01, to float32
SQUARE_ROOTS = {"rtol": 1e-6, "atol": 1e-8}  # Adam's kin divide by roots of gradients near zero


@pytest.fixture(autouse=True)
def _float64():
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


def network(*layers, shape=(6,)):
    """Returns a build function; `layers` are made anew for each seed."""

    def build(seed):
        keras.utils.set_random_seed(seed)
        return keras.Sequential([keras.Input(shape), *(make() for make in layers), L.Dense(3, name="logits")])

    return build


def dense(**options):
    return lambda: L.Dense(5, "tanh", **options)


DENSE = network(dense())


def cross_entropy():
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def train(model, optimizer, loss=None, metrics=("accuracy",), jit_compile=None, **options):
    compiling = {} if jit_compile is None else {"jit_compile": jit_compile}
    model.compile(optimizer, loss or cross_entropy(), metrics=list(metrics), **compiling)
    return fit(model, **options)


def fit(model, x=X, y=Y, epochs=EPOCHS, **options):
    history = model.fit(x, y, batch_size=BATCH, epochs=epochs, shuffle=False, verbose=0, **options)
    return history.history


def assert_follows(build, make_optimizer, tolerance=FLOAT64, rates=None, jit_compile="auto", **options):
    """Trains a population and each of its members alone, and compares weights and history."""
    population = Population(build, SEEDS, learning_rates=rates)
    together = train(population, make_optimizer(), jit_compile=jit_compile, **options)
    for i, (weights, history) in enumerate(trained_alone(build, make_optimizer(), rates, **options)):
        assert set(history) == set(together)
        for name, values in history.items():
            np.testing.assert_allclose(np.array(together[name])[:, i], values, **tolerance, err_msg=name)
        for ours, theirs in zip(population.member(i).get_weights(), weights, strict=True):
            np.testing.assert_allclose(ours, theirs, **tolerance)
    return population


def trained_alone(build, optimizer, rates=None, **options):
    """Trains one compiled model from the start of every seed, in plain `fit` without XLA."""
    model = build(SEEDS[0])
    optimizer.build(model.trainable_variables)
    unused = [variable.numpy() for variable in optimizer.variables]
    for i, seed in enumerate(SEEDS):
        model.set_weights(build(seed).get_weights())
        for variable, value in zip(optimizer.variables, unused, strict=True):
            variable.assign(value)
        if rates is not None:
            optimizer.learning_rate = rates[i]
        if i == 0:
            history = train(model, optimizer, jit_compile=False, **options)
        else:
            kept = {k: v for k, v in options.items() if k in ("x", "y", "epochs", "validation_data")}
            history = fit(model, **kept)
        yield model.get_weights(), history


O = keras.optimizers  # noqa: E741


def gradient_descent():
    return O.SGD(0.1)


def odd(x):
    """No activation that Keras knows."""
    return keras.ops.sin(x)


def odd_penalty(w):
    """No regularizer that Keras knows."""
    return 0.1 * keras.ops.max(keras.ops.abs(w))


LAYERS = {
    "l2": [dense(kernel_regularizer="l2", bias_regularizer="l1")],
    "l1l2": [dense(kernel_regularizer=keras.regularizers.L1L2(0.01, 0.02))],
    "odd regularizer": [dense(kernel_regularizer=odd_penalty)],
    "activity": [dense(activity_regularizer="l2", kernel_regularizer="l2")],
    "constraint": [dense(kernel_constraint=keras.constraints.MaxNorm(0.7))],
    "no bias": [dense(use_bias=False)],
    "frozen": [dense(), dense(trainable=False)],
    "activation": [lambda: L.Dense(5), lambda: L.Activation("gelu"), lambda: L.Dense(5, odd)],
    "odd activation": [lambda: L.Dense(5), lambda: L.Activation(odd)],
    "softmax": [lambda: L.Dense(5), lambda: L.Softmax(), lambda: L.Dense(5, "softmax")],
    "kin of relu": [lambda: L.Dense(5), lambda: L.LeakyReLU(0.1), lambda: L.ELU(), lambda: L.PReLU()],
    "batch norm": [dense(), lambda: L.BatchNormalization(momentum=0.9), dense()],
    "bare batch norm": [dense(), lambda: L.BatchNormalization(center=False, scale=False)],
    "frozen batch norm": [dense(), lambda: L.BatchNormalization(trainable=False)],
    "layer norm": [dense(), lambda: L.LayerNormalization()],
    "dropout 0": [dense(), lambda: L.Dropout(0.0)],
    "nested": [dense(), lambda: keras.Sequential([keras.Input((5,)), L.Dense(4, "relu"), L.Dense(5)])],
    "reshape": [lambda: L.Dense(6), lambda: L.Reshape((3, 2)), lambda: L.Dense(4), lambda: L.Flatten()],
    "recurrent": [lambda: L.Reshape((3, 2)), lambda: L.SimpleRNN(4)],
    "by sample": [lambda: L.Rescaling(0.5), lambda: L.Identity()],
}
IMAGE_LAYERS = {
    "conv2d": [lambda: L.Conv2D(3, 3, activation="relu"), lambda: L.MaxPooling2D(), lambda: L.Flatten()],
    "strides": [lambda: L.Conv2D(3, 3, 2, "same", kernel_regularizer="l2"), lambda: L.Flatten()],
    "batch norm": [
        lambda: L.Conv2D(4, (2, 3), use_bias=False),
        lambda: L.BatchNormalization(),
        lambda: L.AveragePooling2D(2),
        lambda: L.GlobalAveragePooling2D(),
    ],
    "batch norm by rows": [lambda: L.BatchNormalization(axis=1), lambda: L.Flatten()],
    "depthwise": [lambda: L.DepthwiseConv2D(3), lambda: L.ZeroPadding2D(), lambda: L.Flatten()],
}


@pytest.mark.parametrize("name", some_now(LAYERS, "l2", "frozen", "kin of relu", "batch norm", "dropout 0"))
def test_layer(name):
    assert_follows(network(*LAYERS[name]), lambda: O.SGD(0.1, momentum=0.5), SQUARE_ROOTS)


@pytest.mark.parametrize("name", some_now(LAYERS, "batch norm"))
def test_layer_without_xla(name):
    assert_follows(network(*LAYERS[name]), gradient_descent, PENALTIES, jit_compile=False)


@pytest.mark.parametrize("name", some_now(IMAGE_LAYERS, "conv2d"))
def test_image_layer(name):
    build = network(*IMAGE_LAYERS[name], shape=(6, 6, 2))
    assert_follows(build, lambda: O.SGD(0.05, momentum=0.5), SQUARE_ROOTS, x=IMAGES)


def test_a_loss_and_metrics_of_any_kind():
    targets = np.eye(3)[Y]
    metrics = ["accuracy", "mae", keras.metrics.RootMeanSquaredError(), keras.metrics.R2Score(name="r2")]
    assert_follows(DENSE, gradient_descent, y=targets, loss="mse", metrics=metrics)
    assert_follows(DENSE, gradient_descent, y=targets, loss=keras.losses.Dice(), metrics=["mse"])


def test_crossentropy_that_ignores_a_class():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=1)
    assert_follows(DENSE, gradient_descent, loss=loss)


def test_validation_data():
    assert_follows(DENSE, gradient_descent, validation_data=(X[:11], Y[:11]))


def test_a_depth_stack_in_float32():
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    # Plain fit without XLA: 1e-7 a step grows with training.
    tolerance = {"rtol": 1e-3, "atol": 1e-5}
    assert_follows(
        lambda seed: depth_stack("relu", 3, 8, input_dim=6, num_classes=3, seed=seed),
        gradient_descent,
        tolerance,
        x=X.astype("float32"),
    )


def test_evaluate_and_predict():
    population = assert_follows(network(dense(), lambda: L.BatchNormalization()), gradient_descent)
    loss, accuracy = population.evaluate(X, Y, batch_size=7, verbose=0)
    outputs = population.predict(X, batch_size=7)
    assert outputs.shape == (3, 38, 3)
    for i in range(3):
        member = population.member(i)
        member.compile("sgd", cross_entropy(), metrics=["accuracy"])
        np.testing.assert_allclose(member.evaluate(X, Y, verbose=0), [loss[i], accuracy[i]], **FLOAT64)
        np.testing.assert_allclose(member.predict(X, verbose=0), outputs[i], **FLOAT64)
    named = population.evaluate(X, Y, batch_size=7, verbose=0, return_dict=True)
    assert list(named) == ["loss", "accuracy"]
    np.testing.assert_array_equal(named["loss"], loss)


def test_two_fits_in_a_row_go_on():
    population = Population(DENSE, SEEDS)
    train(population, O.Adam(0.01), epochs=2)
    population.fit(X[:30], Y[:30], batch_size=5, epochs=4, shuffle=False, verbose=0)
    alone = DENSE(SEEDS[1])
    train(alone, O.Adam(0.01), epochs=2)
    alone.fit(X[:30], Y[:30], batch_size=5, epochs=4, shuffle=False, verbose=0)
    for ours, theirs in zip(population.member(1).get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, **SQUARE_ROOTS)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras, in saving
def test_a_member_is_saved_and_reloaded(tmp_path):
    population = Population(network(dense(), lambda: L.Dropout(0.5), lambda: L.BatchNormalization()), SEEDS)
    train(population, "adam", epochs=1)
    member = population.member(2)
    member.save(tmp_path / "member.keras")
    reloaded = keras.models.load_model(tmp_path / "member.keras")
    np.testing.assert_allclose(reloaded.predict(X, verbose=0), population.predict(X)[2], **FLOAT64)


@pytest.mark.parametrize(
    "clipping",
    [
        pytest.param({}, marks=pytest.mark.slow),
        pytest.param({"clipnorm": 1.0}, marks=pytest.mark.slow),
        {"global_clipnorm": 1.0},
    ],
)
def test_a_nan_stays_in_its_replica(clipping):
    build = network(dense(kernel_regularizer="l2"), lambda: L.BatchNormalization(), lambda: L.Dropout(0.2))

    def trained(poison):
        population = Population(build, SEEDS)
        if poison:
            population.stacked_layers[0].stacked[0].assign(
                population.stacked_layers[0].stacked[0].value * np.array([1, np.nan, 1])[:, None, None]
            )
        return population, train(population, O.Adam(0.01, **clipping), epochs=2)

    (sick, sick_history), (well, well_history) = trained(True), trained(False)
    for ours, theirs in zip(sick.weights, well.weights, strict=True):
        np.testing.assert_array_equal(ours.numpy()[::2], theirs.numpy()[::2])
    losses, expected = np.array(sick_history["loss"]), np.array(well_history["loss"])
    assert np.isnan(losses[:, 1]).all()
    np.testing.assert_array_equal(losses[:, ::2], expected[:, ::2])


def test_a_rate_that_diverges_stays_in_its_replica():
    population = Population(DENSE, [4, 4], learning_rates=[0.1, 1e308])
    train(population, "sgd")
    alone = Population(DENSE, [4], learning_rates=[0.1])
    train(alone, "sgd")
    for ours, theirs in zip(population.member(0).get_weights(), alone.member(0).get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, **FLOAT64)


def test_dropout_masks_are_independent_and_scaled():
    population = Population(lambda seed: network_of_dropout(seed, 0.3), range(4))
    kept = np.asarray(population(tf.ones([500, 40]), training=True))  # 20,000 numbers a replica
    np.testing.assert_array_equal(np.unique(kept), [0, 1 / 0.7])
    # Five standard deviations of a share of 20,000.
    np.testing.assert_allclose((kept == 0).mean(axis=(1, 2)), 0.3, atol=5 * np.sqrt(0.21 / 20_000))
    pairs = np.corrcoef(kept.reshape(4, -1))[np.triu_indices(4, 1)]
    np.testing.assert_allclose(pairs, 0, atol=5 / np.sqrt(20_000))
    again = np.asarray(population(tf.ones([500, 40]), training=True))
    assert abs(np.corrcoef(kept.ravel(), again.ravel())[0, 1]) < 5 / np.sqrt(80_000)
    np.testing.assert_array_equal(population(tf.ones([5, 40]), training=False), np.ones([4, 5, 40]))


def network_of_dropout(seed, rate):
    return keras.Sequential([keras.Input((40,)), L.Dropout(rate, seed=seed)])
