"""A population as a Keras model: saved and loaded, trained by batches, validated, with Keras' callbacks."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlkeras.callbacks import GradientNorms
from dlkeras.models import depth_stack
from dlkeras.population import Population

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(50, 64)).astype("float32"), rng.integers(0, 10, 50)
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)  # Keras, in saving


def compiled(optimizer=None, **options):
    population = Population(lambda seed: depth_stack("relu", depth=1, width=4, seed=seed), [0, 1], **options)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    population.compile(optimizer or keras.optimizers.Adam(0.01), loss, ["accuracy"])
    return population


def assert_equal_weights(one, other):
    for ours, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_weights_are_saved_and_loaded(tmp_path):
    population, other = compiled(), compiled()
    population.fit(X, Y, verbose=0)
    population.save_weights(tmp_path / "population.weights.h5")
    other.load_weights(tmp_path / "population.weights.h5")
    assert_equal_weights(other, population)


@pytest.mark.parametrize("options", [{}, {"learning_rates": [0.1, 0.01]}], ids=str)
def test_a_loaded_population_goes_on_where_it_was(options, tmp_path):
    population = compiled(**options)
    population.optimizer.vary(beta_1=[0.9, 0.5])
    population.fit(X, Y, epochs=2, verbose=0)
    population.save(tmp_path / "population.keras")
    loaded = keras.models.load_model(tmp_path / "population.keras")
    assert (type(loaded), loaded.seeds) == (Population, (0, 1))
    assert_equal_weights(loaded, population)
    for each in (population, loaded):  # with the averages of Adam, and the orders of batches still to come
        each.fit(X, Y, epochs=2, verbose=0)
    assert_equal_weights(loaded, population)
    loaded.fit(X, Y, verbose=0)
    assert not np.array_equal(loaded.get_weights()[0], population.get_weights()[0])


def test_a_schedule_is_saved_too(tmp_path):
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
    population = compiled(keras.optimizers.SGD(schedule))
    population.fit(X, Y, verbose=0)
    population.save(tmp_path / "population.keras")
    loaded = keras.models.load_model(tmp_path / "population.keras")
    for each in (population, loaded):
        each.fit(X, Y, verbose=0)
    assert_equal_weights(loaded, population)


def test_batch_by_batch_is_an_epoch_of_fit():
    one, other = compiled(), compiled()
    one.fit(X, Y, batch_size=20, shuffle=False, verbose=0)
    for rows in (slice(0, 20), slice(20, 40), slice(40, 50)):
        loss, accuracy = other.train_on_batch(X[rows], Y[rows])
        assert loss.shape == accuracy.shape == (2,)
    for ours, theirs in zip(other.get_weights(), one.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_measures_of_a_batch():
    population = compiled()
    found = population.test_on_batch(X, Y, return_dict=True)
    outputs = population.predict_on_batch(X)
    np.testing.assert_allclose(found["accuracy"], (outputs.argmax(axis=2) == Y).mean(axis=1))
    for values, whole in zip(found.values(), population.evaluate(X, Y, verbose=0), strict=True):
        np.testing.assert_allclose(values, whole, rtol=1e-6)
    assert outputs.shape == (2, 50, 10)


def test_norms_around_train_on_batch():
    population, norms = compiled(), GradientNorms()
    norms.set_model(population)
    norms.on_train_begin()
    for _ in range(3):
        population.train_on_batch(X, Y)
    norms.on_train_end()
    assert norms.norms.shape == (3, 2, 2)
    assert (norms.norms > 0).all()


def test_the_last_rows_are_validated_on():
    one, other = compiled(), compiled()
    history = one.fit(X, Y, epochs=4, validation_split=0.2, validation_freq=2, verbose=0).history
    pair = tf.data.Dataset.from_tensor_slices((X[40:], Y[40:])).batch(10)
    expected = other.fit(X[:40], Y[:40], epochs=4, validation_data=pair, verbose=0).history
    assert_equal_weights(one, other)
    assert len(history["loss"]) == 4
    np.testing.assert_allclose(history["val_loss"], expected["val_loss"][1::2], rtol=1e-5)


def test_checkpoints_of_each_epoch(tmp_path):
    population = compiled()
    checkpoint = keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras")
    population.fit(X, Y, epochs=2, callbacks=[checkpoint], verbose=0)
    assert_equal_weights(keras.models.load_model(tmp_path / "2.keras"), population)


def test_a_scheduler_of_one_rate_for_all():
    population = compiled()
    scheduler = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    population.fit(X, Y, epochs=3, callbacks=[scheduler], verbose=0)
    assert float(population.optimizer.learning_rate) == pytest.approx(0.01 / 8)
