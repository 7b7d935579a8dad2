"""A population as a Keras model: saved, trained by batches or over a data set, validated, with callbacks."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlkeras.callbacks import ActivationStats, GradientNorms
from dlkeras.models import depth_stack
from dlkeras.population import Population

RNG = np.random.default_rng(0)
X = RNG.normal(size=(38, 6)).astype("float32")
Y = RNG.integers(0, 3, size=38)
# The same operations in another program: a rounding of float32 in each of the 20 steps.
FLOAT32 = {"rtol": 1e-5, "atol": 1e-6}
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)  # Keras, in saving


def compiled(optimizer=None, **options):
    population = Population(
        lambda seed: depth_stack("relu", 2, 5, input_dim=6, num_classes=3, seed=seed), range(3), **options
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    population.compile(optimizer or keras.optimizers.Adam(0.01), loss, ["accuracy"])
    return population


def batches(x=X, y=Y, size=8):
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(size)


def assert_equal_weights(one, other, rtol=0.0, atol=0.0):
    for ours, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol)


def test_weights_are_saved_and_loaded(tmp_path):
    population, other = compiled(), compiled()
    population.fit(X, Y, verbose=0)
    population.save_weights(tmp_path / "population.weights.h5")
    other.load_weights(tmp_path / "population.weights.h5")
    assert_equal_weights(other, population)


def with_dropout(seed):
    parts = [keras.layers.Dense(5, kernel_initializer=keras.initializers.GlorotUniform(seed))]
    parts += [keras.layers.BatchNormalization(), keras.layers.Dropout(0.3, seed=seed), keras.layers.Dense(3)]
    return keras.Sequential([keras.Input(X.shape[1:]), *parts])


@pytest.mark.parametrize("compile_it", [False, True])
def test_masks_go_on_too(compile_it, tmp_path):
    population = Population(with_dropout, [0, 1])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    if compile_it:
        population.compile("sgd", loss)
        population.fit(X, Y, verbose=0)
    population.save(tmp_path / "population.keras")
    loaded = keras.models.load_model(tmp_path / "population.keras")
    assert loaded.compiled == compile_it
    for each in (population, loaded):
        if not compile_it:
            each.compile("sgd", loss)
        each.fit(X, Y, verbose=0)
    assert_equal_weights(loaded, population)


@pytest.mark.parametrize("kind", ["plain", "learning rates", "schedule"])
def test_a_loaded_population_goes_on_where_it_was(kind, tmp_path):
    if kind == "schedule":
        population = compiled(keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)))
    else:
        population = compiled(learning_rates=[0.1, 0.01, 0.001] if kind == "learning rates" else None)
        population.optimizer.vary(beta_1=[0.9, 0.5, 0.7])
    population.fit(X, Y, epochs=2, verbose=0)
    population.save(tmp_path / "population.keras")
    loaded = keras.models.load_model(tmp_path / "population.keras")
    assert (type(loaded), loaded.seeds) == (Population, (0, 1, 2))
    assert_equal_weights(loaded, population)
    for each in (population, loaded):  # with the averages of Adam, and the orders of batches still to come
        each.fit(X, Y, epochs=2, verbose=0)
    assert_equal_weights(loaded, population)
    loaded.fit(X, Y, verbose=0)
    assert not np.array_equal(loaded.get_weights()[0], population.get_weights()[0])


def test_batch_by_batch_is_an_epoch_of_fit():
    one, other = compiled(), compiled()
    one.fit(X, Y, batch_size=16, shuffle=False, verbose=0)
    for rows in (slice(0, 16), slice(16, 32), slice(32, 38)):
        loss, accuracy = other.train_on_batch(X[rows], Y[rows])
        assert loss.shape == accuracy.shape == (3,)
    assert_equal_weights(other, one, rtol=1e-7, atol=1e-6)


def test_measures_of_a_batch():
    population = compiled()
    found = population.test_on_batch(X, Y, return_dict=True)
    outputs = population.predict_on_batch(X)
    np.testing.assert_allclose(found["accuracy"], (outputs.argmax(axis=2) == Y).mean(axis=1))
    for values, whole in zip(found.values(), population.evaluate(X, Y, verbose=0), strict=True):
        np.testing.assert_allclose(values, whole, rtol=1e-6)
    assert outputs.shape == (3, 38, 3)


def test_norms_around_train_on_batch():
    population, norms = compiled(), GradientNorms()
    norms.set_model(population)
    norms.on_train_begin()
    for _ in range(3):
        population.train_on_batch(X, Y)
    norms.on_train_end()
    assert norms.norms.shape == (3, 3, 3)
    assert (norms.norms > 0).all()


def test_the_last_rows_are_validated_on():
    one, other = compiled(), compiled()
    history = one.fit(X, Y, epochs=4, validation_split=0.2, validation_freq=2, verbose=0).history
    pair = batches(X[30:], Y[30:])
    expected = other.fit(X[:30], Y[:30], epochs=4, validation_data=pair, verbose=0).history
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


def test_a_data_set_trains_as_arrays_do():
    by_call, at_once = compiled(), compiled()
    norms = [GradientNorms(), GradientNorms()]
    options = {"epochs": 4, "verbose": 0}
    ours = by_call.fit(batches(), validation_data=batches(), callbacks=[norms[0]], **options)
    theirs = at_once.fit(
        X, Y, batch_size=8, shuffle=False, validation_data=(X, Y), callbacks=[norms[1]], **options
    )
    assert set(ours.history) == set(theirs.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    for name, values in ours.history.items():
        np.testing.assert_allclose(values, theirs.history[name], **FLOAT32, err_msg=name)
    assert_equal_weights(by_call, at_once, **FLOAT32)
    assert norms[0].norms.shape == (20, 3, 3)  # five batches, the last one smaller
    np.testing.assert_allclose(norms[0].norms, norms[1].norms, **FLOAT32)
    np.testing.assert_allclose(by_call.evaluate(batches()), at_once.evaluate(X, Y), **FLOAT32)


def test_arrays_and_data_sets_in_turn():
    population, plain = compiled(), compiled()
    for source in ((batches(),), (X, Y), (batches(),)):
        population.fit(*source, batch_size=8, shuffle=False, verbose=0)
    plain.fit(X, Y, batch_size=8, epochs=3, shuffle=False, verbose=0)
    assert_equal_weights(population, plain, **FLOAT32)


def test_batch_hooks_come_for_each_batch():
    seen = []
    hooks = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append((batch, logs["loss"].shape))
    )
    compiled().fit(batches(size=16), verbose=0, callbacks=[hooks])
    assert seen == [(0, (3,)), (1, (3,)), (2, (3,))]


def test_inputs_are_cast():
    integers = batches(np.round(X).astype("int64"))
    assert np.isfinite(compiled().evaluate(integers, verbose=0)).all()


def test_activation_stats_are_those_of_the_members():
    population = compiled()
    stats = ActivationStats(X)
    population.fit(X, Y, batch_size=8, epochs=2, verbose=0, callbacks=[stats])
    assert stats.mean.shape == stats.dead_rate.shape == (3, 3, 3)  # measurements, layers, replicas
    assert stats.layer_names == ["hidden_1", "hidden_2", "logits"]
    assert stats.activation_names == ["relu", "relu", "linear"]
    assert np.isnan(stats.saturated_rate).all()
    for replica in range(3):
        alone = ActivationStats(X)
        member = population.member(replica)
        member.compile("sgd", "mse")
        alone.set_model(member)
        alone.on_train_begin()
        np.testing.assert_allclose(stats.mean[-1, :, replica], alone.mean[0], **FLOAT32)
        np.testing.assert_allclose(stats.std[-1, :, replica], alone.std[0], **FLOAT32)
        np.testing.assert_array_equal(stats.dead_rate[-1, :, replica], alone.dead_rate[0])
    columns = stats.to_frame()
    assert list(columns)[:5] == ["epoch", "step", "layer", "activation", "replica"]
    assert len(columns["mean"]) == 27


def test_history_and_progress_bar(capsys):
    history = compiled().fit(X, Y, epochs=3, validation_data=(X, Y), verbose=2)
    assert list(history.history) == ["accuracy", "loss", "val_accuracy", "val_loss"]
    assert np.shape(history.history["loss"]) == (3, 3)
    assert history.epoch == [0, 1, 2]
    mean = np.mean(history.history["loss"][0])
    assert f"loss: {mean:.4f}" in capsys.readouterr().out


def test_shuffling_is_the_seeds_and_differs_by_epoch():
    def losses(shuffle):
        keras.utils.set_random_seed(0)
        return np.array(compiled().fit(X, Y, 4, epochs=2, shuffle=shuffle, verbose=0).history["loss"])

    np.testing.assert_array_equal(losses(True), losses(True))
    assert (losses(True) != losses(False)).all()
