"""Early stopping by replica against `keras.callbacks.EarlyStopping` in the plain `fit` of each replica."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from slow_cases import some_now

from dlkeras.callbacks import GradientNorms
from dlkeras.population import EarlyStopping, Population

L = keras.layers
RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 6)).astype("float32")
Y = RNG.integers(0, 3, size=40)
DATA, HELD_OUT = (X[:28], Y[:28]), (X[28:], Y[28:])
SEEDS, EPOCHS = (1, 2, 3), 15
CLOSE = {"rtol": 1e-3, "atol": 1e-4}  # float32, two programs


def build(seed):
    keras.utils.set_random_seed(seed)
    return keras.Sequential([keras.Input((6,)), L.Dense(8, "tanh"), L.BatchNormalization(), L.Dense(3)])


def compiled(model, **options):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.02, **options), loss, metrics=["accuracy"])
    return model


def alone(seed, options):
    """Trains one replica's model in plain `fit`, and returns it, its history and its callback."""
    model, stop = compiled(build(seed)), keras.callbacks.EarlyStopping(**options)
    history = model.fit(*DATA, 8, EPOCHS, 0, [stop], validation_data=HELD_OUT, shuffle=False)
    return model, history.history, stop


CASES = {
    "patience": {"patience": 2},
    "best weights": {"patience": 1, "restore_best_weights": True},
    "accuracy": {"monitor": "val_accuracy", "patience": 2, "restore_best_weights": True},
    "least change": {"monitor": "loss", "min_delta": 0.08, "mode": "min"},
    "baseline": {"baseline": 0.9, "patience": 4, "restore_best_weights": True},
    "a late start": {"start_from_epoch": 3, "patience": 2, "restore_best_weights": True},
}


@pytest.mark.parametrize("name", some_now(CASES, "patience", "best weights", "baseline"))
def test_each_replica_stops_as_it_would_alone(name):
    population, stop = compiled(Population(build, SEEDS)), EarlyStopping(**CASES[name])
    history = population.fit(*DATA, 8, EPOCHS, 0, [stop], validation_data=HELD_OUT, shuffle=False).history
    ends = []
    for replica, seed in enumerate(SEEDS):
        model, expected, theirs = alone(seed, CASES[name])
        ends.append(len(expected["loss"]))
        assert stop.stopped_epoch[replica] == theirs.stopped_epoch
        assert stop.wait[replica] == theirs.wait
        if theirs.best is not None:
            np.testing.assert_allclose(stop.best[replica], theirs.best, **CLOSE)
            assert stop.best_epoch[replica] == theirs.best_epoch
        for metric, values in expected.items():
            ours = np.array(history[metric])[: ends[-1], replica]
            np.testing.assert_allclose(ours, values, **CLOSE, err_msg=metric)
        for ours, weights in zip(population.member(replica).get_weights(), model.get_weights(), strict=True):
            np.testing.assert_allclose(ours, weights, **CLOSE)
    assert len(history["loss"]) == max(ends)
    assert len(set(ends)) > 1  # or nothing went on beside what had stopped
    first = int(np.argmin(ends))
    kept = np.array(history["val_loss"])[ends[first] :, first]
    assert np.ptp(kept) < 1e-6  # measured on at the weights that it keeps
    kept_loss = population.evaluate(*HELD_OUT, verbose=0)[0][first]
    np.testing.assert_allclose(kept, kept_loss, rtol=1e-5)


def test_over_a_data_set_beside_a_recorder():
    batches = tf.data.Dataset.from_tensor_slices(DATA).batch(8)
    options = {"verbose": 0, "epochs": EPOCHS, "validation_data": HELD_OUT}
    one, stop, norms = compiled(Population(build, SEEDS)), EarlyStopping(patience=1), GradientNorms()
    one.fit(batches, callbacks=[stop, norms], **options)
    other, again = compiled(Population(build, SEEDS)), EarlyStopping(patience=1)
    other.fit(*DATA, 8, shuffle=False, callbacks=[again], **options)
    np.testing.assert_array_equal(stop.stopped_epoch, again.stopped_epoch)
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, **CLOSE)
    epochs = int(stop.stopped_epoch.max()) + 1
    assert norms.norms.shape == (4 * epochs, 3, len(SEEDS))


def test_a_further_fit_goes_on_with_all(capsys):
    population = compiled(Population(build, SEEDS))
    stop = EarlyStopping("loss", min_delta=10.0, verbose=1)
    population.fit(*DATA, epochs=5, verbose=0, callbacks=[stop])
    np.testing.assert_array_equal(stop.stopped_epoch, 1)
    assert capsys.readouterr().out == "".join(
        f"Epoch 2: early stopping of replica {replica}\n" for replica in range(len(SEEDS))
    )
    before = population.get_weights()[0]
    population.fit(*DATA, verbose=0)
    moved = (population.get_weights()[0] != before).any(axis=(1, 2))
    assert moved.all()


def test_a_callback_of_ones_own_stops_replicas():
    class OnlyFirst(keras.callbacks.Callback):
        stops_replicas = True

        def on_epoch_end(self, epoch, logs=None):
            self.model.active.assign(np.arange(len(SEEDS)) == 0)

    population = compiled(Population(build, SEEDS), use_ema=True)
    population.fit(*DATA, epochs=1, verbose=0)
    population.fit(*DATA, epochs=1, verbose=0, callbacks=[OnlyFirst()])
    before = [v.numpy() for v in (*population.weights, *population.optimizer.variables)]

    class Stay(OnlyFirst):
        def on_epoch_begin(self, epoch, logs=None):
            self.on_epoch_end(epoch)

    population.optimizer.use_ema = False  # its weights are put in place at the end of `fit`
    population.fit(*DATA, epochs=2, verbose=0, callbacks=[Stay()])
    for old, variable in zip(before, (*population.weights, *population.optimizer.variables), strict=True):
        if np.ndim(old):
            np.testing.assert_array_equal(variable.numpy()[1:], old[1:])
            assert (variable.numpy()[0] != old[0]).any() or variable.shape[0] != len(SEEDS)
