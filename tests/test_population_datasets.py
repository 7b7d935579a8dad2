"""Population over a tf.data.Dataset: a step a call, and the same training as over arrays."""

import keras
import numpy as np
import tensorflow as tf
from refusals import refuses

from dlkeras.callbacks import ActivationStats, GradientNorms
from dlkeras.models import depth_stack
from dlkeras.population import Population

RNG = np.random.default_rng(0)
X = RNG.normal(size=(38, 6)).astype("float32")
Y = RNG.integers(0, 3, size=38)
# The same operations in another program: a rounding of float32 in each of the 20 steps.
FLOAT32 = {"rtol": 1e-5, "atol": 1e-6}


def compiled():
    population = Population(
        lambda seed: depth_stack("relu", 2, 5, input_dim=6, num_classes=3, seed=seed), seeds=range(3)
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    population.compile(keras.optimizers.Adam(0.01), loss, ["accuracy"])
    return population


def batches(x=X, y=Y, size=8):
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(size)


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
    for mine, other in zip(by_call.get_weights(), at_once.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, **FLOAT32)
    assert norms[0].norms.shape == (20, 3, 3)  # five batches, the last one smaller
    np.testing.assert_allclose(norms[0].norms, norms[1].norms, **FLOAT32)
    np.testing.assert_allclose(by_call.evaluate(batches()), at_once.evaluate(X, Y), **FLOAT32)


def test_arrays_and_data_sets_in_turn():
    population, plain = compiled(), compiled()
    for source in ((batches(),), (X, Y), (batches(),)):
        population.fit(*source, batch_size=8, shuffle=False, verbose=0)
    plain.fit(X, Y, batch_size=8, epochs=3, shuffle=False, verbose=0)
    for mine, other in zip(population.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, **FLOAT32)


class Batchwise(keras.callbacks.Callback):
    """Notes what the batch hooks are given."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append((batch, logs["loss"].shape))


def test_batch_hooks_come_for_each_batch():
    hooks = Batchwise()
    compiled().fit(batches(size=16), verbose=0, callbacks=[hooks])
    assert hooks.seen == [(0, (3,)), (1, (3,)), (2, (3,))]


def test_inputs_are_cast():
    integers = batches(np.round(X).astype("int64"))
    assert np.isfinite(compiled().evaluate(integers, verbose=0)).all()


def test_what_is_no_data_set_of_batches():
    with refuses("`y` must be None when `x` is a data set. Received: y of class ndarray"):
        compiled().fit(batches(), Y)
    with refuses(
        "`x` must be a data set whose inputs have the shape (n, 6). Received: inputs of shape (6,). "
        "Did you call `batch`?"
    ):
        compiled().fit(tf.data.Dataset.from_tensor_slices((X, Y)))
    with refuses("`x` must be a data set that ends. Received: one that repeats forever. Use `take`."):
        compiled().fit(batches().repeat())
    with refuses(
        "`x` must be a data set of pairs of batches (x, y). "
        "Received: elements TensorSpec(shape=(None, 6), dtype=tf.float32, name=None)"
    ):
        compiled().fit(tf.data.Dataset.from_tensor_slices(X).batch(4))


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
