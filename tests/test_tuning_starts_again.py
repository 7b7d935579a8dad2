"""What callbacks and a `fit` of one's own do to a trial that is interrupted."""

import keras
import keras_tuner
import numpy as np
import pytest
import tensorflow as tf
from tuning_interruptions import OBJECTIVE, Kill, Killed, X, Y, compiled, interrupted

from dlkeras.tuning import TrialSpec, run_trial

L = keras.layers
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras


def sequential():
    return compiled(keras.Sequential([L.Dense(4, "tanh"), L.Dropout(0.3), L.Dense(4)]))


def test_callbacks_of_every_kind(tmp_path):
    class Own(keras.callbacks.Callback):
        """Refers to a layer, and draws from NumPy."""

        def on_train_begin(self, logs=None):
            self.layer = self.model.layers[0]

        def on_epoch_end(self, epoch, logs=None):
            self.layer.bias.assign(self.layer.bias + np.random.normal())

    assert interrupted(tmp_path, 3, sequential, callbacks=[Own()]) == [2]

    class Averaging(keras.callbacks.Callback):
        """Keeps its numbers in a variable, which no file gives back."""

        def on_train_begin(self, logs=None):
            self.mean = tf.Variable(0.0)

        def on_epoch_end(self, epoch, logs=None):
            self.mean.assign_add(0.1)
            bias = self.model.layers[0].bias
            bias.assign(bias * self.mean)

    assert interrupted(tmp_path / "c", 3, sequential, callbacks=[Averaging()]) == [0, 1, 2]

    class Thaw(keras.callbacks.Callback):
        """Changes which weights are trained."""

        def on_epoch_begin(self, epoch, logs=None):
            self.model.layers[0].trainable = epoch != 1

    assert interrupted(tmp_path / "d", 4, sequential, callbacks=[Thaw()], epochs=4)[-1] == 3


def two_calls(hp, model, x, y, batch_size, verbose, callbacks, epochs):
    """Frozen, then not, by a `fit` without `**kwargs`."""
    options = {"batch_size": batch_size, "verbose": verbose, "callbacks": callbacks}
    model.build((None, 5))
    model.layers[0].trainable = False
    compiled(model).fit(x, y, epochs=2, **options)
    model.layers[0].trainable = True
    return compiled(model).fit(x, y, epochs=epochs, **options)


def folds(hp, model, x, y, **kwargs):
    losses = []
    for fold in np.split(np.arange(16), 2):
        model = sequential()
        model.fit(np.delete(x, fold, 0), np.delete(y, fold, 0), **kwargs)
        losses.append(model.evaluate(x[fold], y[fold], verbose=0))
    return {"loss": float(np.mean(losses))}


@pytest.mark.parametrize("fit", [two_calls, folds])
@pytest.mark.parametrize("at", [2, 5])
def test_several_calls_of_fit_start_again(tmp_path, fit, at):
    seen = interrupted(tmp_path, at, sequential, fit)
    assert len(seen) == (5 if fit is two_calls else 6)


def test_a_training_that_has_ended_is_not_run_again(tmp_path):
    """Three trainings, of two folds with two epochs each, interrupted in the first and in the second one."""
    hp = keras_tuner.HyperParameters().get_config()

    def once(name):
        Kill.seen = []
        spec = TrialSpec("0000", str(tmp_path / name), hp, OBJECTIVE, executions=3)
        options = {"epochs": 2, "verbose": 0, "callbacks": [Kill()]}
        return run_trial(spec, lambda hp: sequential(), folds, (X, Y), options)

    undisturbed = once("a")
    for at in (3, 6):
        Kill.at = at
        with pytest.raises(Killed):
            once("b")
        assert (tmp_path / "b" / "progress.npz").exists() == (at == 6)
    assert once("b") == undisturbed
    assert len(Kill.seen) == 8
