"""Of what replicas a population is made, and with every optimizer that it takes, against plain `fit`."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from refusals import refused, refuses
from slow_cases import some_now
from test_population import (
    DENSE,
    FLOAT64,
    SEEDS,
    SQUARE_ROOTS,
    X,
    Y,
    _float64,  # noqa: F401
    assert_follows,
    cross_entropy,
    train,
)

from dlkeras import schedules
from dlkeras.models import depth_stack
from dlkeras.optimizers import Adam, Momentum, RMSprop
from dlkeras.population import Population
from dlkeras.population.replica_metrics import ReplicaLoss
from dlkeras.runs import product

OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "momentum": lambda: keras.optimizers.SGD(0.05, momentum=0.9),
    "nesterov": lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "sgd decayed": lambda: keras.optimizers.SGD(0.1, weight_decay=0.05),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.005),
    "rmsprop centered": lambda: keras.optimizers.RMSprop(0.005, momentum=0.5, centered=True),
    "adam": lambda: keras.optimizers.Adam(0.01),
    "amsgrad": lambda: keras.optimizers.Adam(0.01, amsgrad=True),
    "adamw": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.05),
    "adagrad": lambda: keras.optimizers.Adagrad(0.1),
    "adadelta": lambda: keras.optimizers.Adadelta(1.0),
    "adamax": lambda: keras.optimizers.Adamax(0.01),
    "nadam": lambda: keras.optimizers.Nadam(0.01),
    "lion": lambda: keras.optimizers.Lion(0.01),
    "ftrl": lambda: keras.optimizers.Ftrl(0.1),
    "clipnorm": lambda: keras.optimizers.SGD(0.5, clipnorm=0.3),
    "global clipnorm": lambda: keras.optimizers.SGD(0.5, global_clipnorm=0.3),
    "clipvalue": lambda: keras.optimizers.SGD(0.5, clipvalue=0.05),
    "schedule": lambda: keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.2, 10, 0.8)),
    "accumulation": lambda: keras.optimizers.SGD(0.2, gradient_accumulation_steps=3),
    "average": lambda: keras.optimizers.SGD(0.2, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=7),
    "scaled": lambda: keras.optimizers.SGD(0.1, loss_scale_factor=128.0),
}
# Our own. Keras' schedules are float32, and two programs may round a power differently.
OPTIMIZERS |= {
    "our momentum": lambda: Momentum(0.01, momentum=0.8, nesterov=True, weight_decay=0.01),
    "our rmsprop": lambda: RMSprop(
        0.01, epsilon=1e-3, centered=True, epsilon_placement="outside_root", weight_decay=0.01
    ),
    "our adam": lambda: Adam(0.01, epsilon=1e-8, epsilon_placement="after_correction", weight_decay=0.01),
    "our adam, clipped": lambda: Adam(0.01, clipnorm=0.3, gradient_accumulation_steps=3),
    "warm-up": lambda: Momentum(
        schedules.WarmUp(schedules.exponential_decay(0.1, 0.5, steps_per_epoch=9), warmup_steps=12)
    ),
}
LINEAR = ("sgd", "momentum", "our momentum", "sgd decayed", "clipnorm", "global clipnorm", "accumulation")


def tolerance(name):
    return FLOAT64 if name in LINEAR else SQUARE_ROOTS


NOW = ("momentum", "adamw", "sgd decayed", "our adam, clipped", "warm-up")


@pytest.mark.parametrize("name", some_now(OPTIMIZERS, *NOW))
def test_optimizer(name):
    assert_follows(DENSE, OPTIMIZERS[name], tolerance(name), x=X[:36], y=Y[:36])


@pytest.mark.parametrize(
    "name",
    ["sgd decayed", "momentum", "rmsprop", "adamw", "ftrl", "our momentum", "our rmsprop", "our adam"],
)
def test_a_learning_rate_per_replica(name):
    assert_follows(DENSE, OPTIMIZERS[name], tolerance(name), rates=[0.001, 0.01, 0.1])


VARIED = {  # numbers that float32 has exactly: Keras rounds its own to it
    "adam": (
        keras.optimizers.Adam,
        {"beta_1": [0.5, 0.875, 0.75], "beta_2": [0.9375, 0.5, 0.75], "weight_decay": [0.0, 0.25, 0.5]},
    ),
    "sgd": (keras.optimizers.SGD, {"weight_decay": [0.125, 0.25, 0.5]}),
    "momentum": (Momentum, {"momentum": [0.0, 0.5, 0.9]}),
}


def varied(kind, settings):
    population = Population(DENSE, SEEDS)
    population.compile(kind(0.05), cross_entropy(), ["accuracy"])
    population.optimizer.vary(**settings)
    return population


def fit(population, epochs=3):
    return population.fit(X, Y, 8, epochs, shuffle=False, verbose=0)


@pytest.mark.parametrize("name", VARIED)
def test_settings_of_each_replica(name):
    kind, settings = VARIED[name]
    population = varied(kind, settings)
    fit(population)
    for i, seed in enumerate(SEEDS):
        own = {key: values[i] for key, values in settings.items()}
        model = DENSE(seed)
        model.compile(kind(0.05, **own), cross_entropy(), jit_compile=False)
        model.fit(X, Y, batch_size=8, epochs=3, shuffle=False, verbose=0)
        for ours, theirs in zip(population.member(i).get_weights(), model.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, **SQUARE_ROOTS)


def test_settings_can_be_changed_between_fits():
    settings = {"momentum": [0.0, 0.5, 0.9]}
    population, other = varied(Momentum, settings), varied(Momentum, {"momentum": [0.9, 0.9, 0.9]})
    start, states = population.get_weights(), [v.numpy() for v in population.optimizer.variables]
    fit(population)
    population.optimizer.vary(momentum=[0.9, 0.9, 0.9])
    population.set_weights(start)
    for variable, state in zip(population.optimizer.variables, states, strict=True):
        variable.assign(state)
    fit(population)
    fit(other)
    for ours, theirs in zip(population.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, **FLOAT64)


def test_the_optimizer_keeps_its_own_number():
    population = varied(keras.optimizers.Adam, {"beta_1": [0.5, 0.9, 0.99]})
    fit(population, epochs=1)
    assert population.optimizer.beta_1 == 0.9


@refused(
    {
        "`vary` must be given one of weight_decay, momentum. Received: rho": {"rho": [0.1] * 3},
        "`momentum` must be 3 finite numbers of at least 0, one for each replica. "
        "Received: shape=(2,), momentum=[0.1 0.2]": {"momentum": [0.1, 0.2]},
        "`momentum` must be 3 finite numbers of at least 0, one for each replica. "
        "Received: shape=(3,), momentum=[ 0.1  0.2 -1. ]": {"momentum": [0.1, 0.2, -1]},
    }
)
def test_settings_that_cannot_vary(given, message, kind):
    with refuses(message, kind):
        varied(Momentum, given)


def test_a_setting_that_is_new_after_training():
    population = varied(Momentum, {})
    fit(population, epochs=1)
    with refuses("`momentum` must be varied before the first `fit`. Received: a trained population."):
        population.optimizer.vary(momentum=[0.1, 0.2, 0.3])


def test_weights_excluded_from_decay():
    def optimizer():
        found = keras.optimizers.SGD(0.1, weight_decay=0.5)
        found.exclude_from_weight_decay(var_names=["bias"])
        return found

    assert_follows(DENSE, optimizer)


def test_the_comparison_can_fail():
    with pytest.raises(AssertionError):
        assert_follows(DENSE, iter([keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1 + 1e-7)]).__next__)


def test_a_replica_for_each_case():
    def build(units, seed):
        return depth_stack("tanh", 1, units, input_dim=6, num_classes=3, seed=seed)

    population = Population.from_cases(build, product(seed=SEEDS, units=[4]))
    assert population.seeds == (0, 1, 2)
    for i, seed in enumerate(SEEDS):
        for ours, plain in zip(population.member(i).get_weights(), build(4, seed).get_weights(), strict=True):
            np.testing.assert_array_equal(ours, plain)


def test_replicas_of_one_seed_are_built_once():
    asked = []

    def build(seed):
        asked.append(seed)
        return DENSE(seed)

    population = Population(build, seeds=[3, 5, 3], learning_rates=[0.1, 0.1, 0.2])
    assert asked == [3, 5]
    first = population.get_weights()
    assert all(np.array_equal(w[0], w[2]) for w in first)
    assert not np.array_equal(first[0][0], first[0][1])
    train(population, keras.optimizers.SGD())
    for i, rate in enumerate([0.1, 0.1, 0.2]):
        single = DENSE([3, 5, 3][i])
        train(single, keras.optimizers.SGD(rate))
        for ours, theirs in zip(population.get_weights(), single.get_weights(), strict=True):
            np.testing.assert_allclose(ours[i], theirs, **FLOAT64)


@pytest.mark.parametrize("loss", ["mse", "MeanAbsoluteError", "huber", keras.losses.mean_squared_error])
def test_a_known_loss_is_taken_for_all_replicas_at_once(loss):
    def num_operations(num_replicas):
        y = tf.zeros([4, 3])
        replica_loss = ReplicaLoss(loss, y, tf.zeros([4, 3]))
        stacked = tf.zeros([num_replicas, 4, 3])
        traced = tf.function(replica_loss).get_concrete_function(stacked, stacked)
        return len(traced.graph.get_operations())

    assert num_operations(2) == num_operations(20)


def test_a_loss_given_by_name_is_that_given_by_class():
    rng = np.random.default_rng(0)
    y, y_pred = tf.constant(rng.random((5, 4, 3))), tf.constant(rng.random((5, 4, 3)))
    names = {"mse": "MeanSquaredError", "mae": "MeanAbsoluteError", "poisson": "Poisson", "hinge": "Hinge"}
    names |= {
        "binary_crossentropy": "BinaryCrossentropy",
        "categorical_crossentropy": "CategoricalCrossentropy",
    }
    for name, kind in names.items():
        loss = getattr(keras.losses, kind)()
        by_class = [float(loss(*own)) for own in zip(y, y_pred, strict=True)]
        np.testing.assert_allclose(ReplicaLoss(name, y[0], y_pred[0])(y, y_pred), by_class, **FLOAT64)


@pytest.mark.parametrize("end", ["dense", "layer", "unrolled"])
def test_a_loss_of_probabilities_is_taken_from_logits_as_in_a_plain_fit(end):
    """Keras' losses find the logits behind its softmax: a wrong answer at a gap of 60 costs 60, not 16.1."""

    def build(seed):
        start = {"kernel_initializer": keras.initializers.RandomNormal(stddev=60.0, seed=seed)}
        own = {"activity_regularizer": "l2"} if end == "unrolled" else {}
        if end == "layer":
            last = [keras.layers.Dense(3, **start), keras.layers.Softmax()]
        else:
            last = [keras.layers.Dense(3, "softmax", **start, **own)]
        return keras.Sequential([keras.Input((4,)), *last])

    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, 4)).astype("float32"), rng.integers(0, 3, 12)
    for loss in (keras.losses.SparseCategoricalCrossentropy(), wrapped_cross_entropy):
        population = Population(build, seeds=[0, 1])
        population.compile(keras.optimizers.SGD(1.0), loss)
        fitted = population.fit(x, y, 4, 3, shuffle=False, verbose=0).history["loss"]
        for i in range(2):
            single = build(i)
            single.compile(keras.optimizers.SGD(1.0), loss)
            expected = single.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0).history["loss"]
            assert expected[0] > 20  # beyond what a loss of probabilities can give
            np.testing.assert_allclose([own[i] for own in fitted], expected, rtol=1e-4)


def wrapped_cross_entropy(y, y_pred):
    return keras.losses.sparse_categorical_crossentropy(y, y_pred)
