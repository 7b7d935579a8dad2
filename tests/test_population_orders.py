"""Orders of samples by replica, against plain `fit` over rows put in that order by hand, epoch by epoch."""

import functools

import keras
import numpy as np
import pytest
from refusals import refuses
from test_population import (
    BATCH,
    DENSE,
    FLOAT64,
    SEEDS,
    X,
    Y,
    _float64,  # noqa: F401
    cross_entropy,
)

from dlkeras.callbacks import GradientNorms
from dlkeras.models import depth_stack
from dlkeras.population import Orders, Population
from dlkeras.runs import product

SGD = functools.partial(keras.optimizers.SGD, 0.1, momentum=0.5)


def compiled(model, optimizer=None, loss=None, metrics=("accuracy",), **options):
    model.compile(optimizer or SGD(), loss or cross_entropy(), metrics=list(metrics), **options)
    return model


def fit(population, y=Y, epochs=2, **options):
    return population.fit(X, y, batch_size=BATCH, epochs=epochs, verbose=0, **options).history


def trained_alone(seed, orders, y=Y, **compiling):
    """Trains a plain model over rows in these orders, an epoch for each; returns its weights and history."""
    model = compiled(DENSE(seed), jit_compile=False, **compiling)
    history = {}
    for order in orders:
        found = model.fit(X[order], y[order], batch_size=BATCH, shuffle=False, verbose=0).history
        for name, (value,) in found.items():
            history.setdefault(name, []).append(value)
    return model.get_weights(), history


def assert_follows(population, replica, together, weights, history):
    """Compares a replica's weights and history with those of a plain model."""
    for name, values in history.items():
        np.testing.assert_allclose(np.array(together[name])[:, replica], values, **FLOAT64, err_msg=name)
    for ours, theirs in zip(population.member(replica).get_weights(), weights, strict=True):
        np.testing.assert_allclose(ours, theirs, **FLOAT64)


def assert_equal_weights(one, other):
    for ours, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def orders_of(seed, epochs, n=38):
    orders = Orders([seed])
    return [orders.draw(n)[0] for _ in range(epochs)]


def test_orders_are_permutations_of_each_seed_and_epoch():
    orders = Orders([3, 5, 3])
    drawn = np.stack([orders.draw(50) for _ in range(4)])
    np.testing.assert_array_equal(np.sort(drawn), np.broadcast_to(np.arange(50), (4, 3, 50)))
    np.testing.assert_array_equal(drawn[:, 0], drawn[:, 2])
    assert len(np.unique(drawn[:, :2].reshape(8, 50), axis=0)) == 8
    assert orders.epoch == 4


def test_orders_are_not_what_the_seed_draws_elsewhere():
    for seed in range(5):
        assert not np.array_equal(orders_of(seed, 1)[0], np.random.default_rng(seed).permutation(len(X)))


def test_orders_hang_on_the_seed_and_the_epoch_alone():
    several, later = Orders([9, 5, 3]), Orders([5], epoch=2)
    shared, few = Orders([5, 9]), Orders([5])
    for _ in range(2):
        several.draw(50)
        few.draw(7)  # of another number of samples
        shared.draw(50, shared=True)
    expected = orders_of(5, 3, 50)[2]
    np.testing.assert_array_equal(several.draw(50)[1], expected)
    for orders in (later, few):
        np.testing.assert_array_equal(orders.draw(50)[0], expected)
    np.testing.assert_array_equal(shared.draw(50, shared=True), expected)


def test_a_seed_is_drawn_once(monkeypatch):
    drawn, draw = [], Orders._order
    monkeypatch.setattr(Orders, "_order", lambda self, seed, n: drawn.append(seed) or draw(self, seed, n))
    assert Orders([4, 7] * 300).draw(20).shape == (600, 20)
    assert drawn == [4, 7]


def test_each_replica_follows_its_own_orders_from_fit_to_fit():
    population = compiled(Population(DENSE, SEEDS))
    first, second = fit(population), fit(population, epochs=1)
    together = {name: [*first[name], *second[name]] for name in first}
    for i, seed in enumerate(SEEDS):
        assert_follows(population, i, together, *trained_alone(seed, orders_of(seed, 3)))


def test_the_comparison_can_fail():
    population = compiled(Population(DENSE, SEEDS))
    together = fit(population)
    other = trained_alone(SEEDS[0], orders_of(SEEDS[1], 2))
    with pytest.raises(AssertionError):
        assert_follows(population, 0, together, *other)
    with pytest.raises(AssertionError):
        assert_follows(population, 0, {}, other[0], {})  # by weights alone


def test_rates_of_one_seed_have_equal_orders():
    population = compiled(Population(DENSE, [3, 5, 3], [0.1, 0.1, 0.2]))
    together = fit(population)
    for i, rate in ((0, 0.1), (2, 0.2)):
        alone = trained_alone(3, orders_of(3, 2), optimizer=keras.optimizers.SGD(rate, momentum=0.5))
        assert_follows(population, i, together, *alone)


def test_shared_batches_are_those_of_the_first_replica():
    population = compiled(Population(DENSE, SEEDS))
    first, second = fit(population, shared_batches=True), fit(population, epochs=1)
    together = {name: [*first[name], *second[name]] for name in first}
    orders = [*orders_of(SEEDS[0], 2), orders_of(SEEDS[2], 3)[2]]  # then its own, of the third epoch
    assert_follows(population, 2, together, *trained_alone(SEEDS[2], orders))


def test_validation_rows_are_shared():
    population = compiled(Population(DENSE, SEEDS))
    history = fit(population, validation_data=(X[:11], Y[:11]))
    expected = population.evaluate(X[:11], Y[:11], verbose=0, return_dict=True)
    np.testing.assert_allclose(history["val_accuracy"][-1], expected["accuracy"])
    np.testing.assert_allclose(history["val_loss"][-1], expected["loss"])


def rows_that_agree(y, y_pred):
    """A loss that no mean over samples gives."""
    return keras.ops.sqrt(keras.ops.mean(keras.ops.square(y - y_pred))) + keras.ops.max(keras.ops.abs(y_pred))


def test_losses_and_metrics_are_given_a_replica_s_own_targets():
    def compiling():
        metrics = [keras.metrics.F1Score("macro", name="f1"), keras.metrics.R2Score(name="r2"), "mae"]
        return {"loss": rows_that_agree, "metrics": metrics}

    targets = np.eye(3)[Y]
    population = compiled(Population(DENSE, SEEDS), **compiling())
    together = fit(population, targets)
    for i in (0, 2):
        alone = trained_alone(SEEDS[i], orders_of(SEEDS[i], 2), targets, **compiling())
        assert_follows(population, i, together, *alone)


def stack(seed, units=5):
    return depth_stack("tanh", 1, units, input_dim=6, num_classes=3, seed=seed)


def test_cases_have_the_orders_of_their_seeds():
    population = compiled(Population.from_cases(stack, product(units=[5], seed=np.array(SEEDS))))
    by_seed = compiled(Population(stack, SEEDS))
    assert (population.seeds, population.orders.seeds) == ((0, 1, 2), SEEDS)
    for each in (population, by_seed):
        fit(each)
    assert_equal_weights(population, by_seed)


def test_cases_without_a_seed_have_the_orders_of_their_places():
    def start(scale, seed=0):
        keras.utils.set_random_seed(0)
        initial = keras.initializers.RandomNormal(stddev=scale)
        return keras.Sequential([keras.Input((6,)), keras.layers.Dense(3, kernel_initializer=initial)])

    population = Population.from_cases(start, product(scale=[0.5, 1.0]))
    assert population.orders.seeds == (0, 1)
    with refuses("`seeds` must be at least 0. Received: -1 among seeds"):
        Population.from_cases(start, [{"scale": 0.5, "seed": -1}])


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras, in saving
@pytest.mark.parametrize("kind", ["repeated seeds", "cases"])
def test_a_loaded_population_goes_on_with_the_orders_to_come(kind, tmp_path):
    if kind == "cases":
        population = Population.from_cases(stack, product(units=[5], seed=[7, 4]))
    else:
        population = Population(stack, [3, 5, 3], learning_rates=[0.1, 0.1, 0.2])
    fit(compiled(population))
    population.save(tmp_path / "population.keras")
    loaded = keras.models.load_model(tmp_path / "population.keras")
    assert (loaded.orders.seeds, loaded.orders.epoch) == (population.orders.seeds, 2)
    for each in (population, loaded):
        fit(each)
    assert_equal_weights(loaded, population)


def test_norms_and_updates_are_those_of_own_batches():
    def recorded(model, x, y, **options):
        norms = GradientNorms(updates=True)
        model.compile(SGD(), cross_entropy())
        model.fit(x, y, batch_size=19, verbose=0, callbacks=[norms], **options)
        return norms

    together = recorded(Population(DENSE, SEEDS), X, Y, epochs=2)
    rows = np.concatenate(orders_of(SEEDS[1], 2))  # two whole batches an epoch, so that one fit has both
    alone = recorded(DENSE(SEEDS[1]), X[rows], Y[rows], shuffle=False)
    for name in ("norms", "weight_norms", "update_ratios"):
        ours, theirs = getattr(together, name)[..., 1], getattr(alone, name)
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, err_msg=name)  # recorded in float32
