"""Trials that are interrupted, and run again in a process that knows nothing of the first."""

import keras
import keras_tuner
import numpy as np
import pytest

from dlkeras.tuning import TrialSpec, run_trial

L = keras.layers
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(16, 5)).astype("float32"), RNG.integers(0, 4, 16)
OBJECTIVE = keras_tuner.Objective("loss", "min")
CROSS_ENTROPY = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


class Killed(BaseException):
    """Stands for the end of the process."""


class Kill(keras.callbacks.Callback):
    """Ends the process at the beginning of an epoch, counted over all calls of `fit`, once."""

    at, seen = None, []

    def on_epoch_begin(self, epoch, logs=None):
        Kill.seen.append(epoch)
        if Kill.at == len(Kill.seen):
            Kill.at = None
            raise Killed


def compiled(model, optimizer="adam"):
    model.compile(optimizer, CROSS_ENTROPY, run_eagerly=True)
    return model


def run(folder, build, fit=None, args=(X, Y), callbacks=(), epochs=3, **kwargs):
    hp = keras_tuner.HyperParameters()
    hypermodel = keras_tuner.engine.hypermodel.HyperModel()
    call = {"batch_size": 8, "epochs": epochs, "verbose": 0, "callbacks": [Kill(), *callbacks], **kwargs}
    spec = TrialSpec("0000", str(folder), hp.get_config(), OBJECTIVE)
    Kill.seen = []
    return run_trial(spec, lambda hp: build(), fit or hypermodel.fit, args, call)


def interrupted(folder, at, *args, **options):
    """Runs a trial that is killed, and again; gives the epochs of the second run."""
    undisturbed = run(folder / "a", *args, **options)
    assert undisturbed.status == "COMPLETED", undisturbed.reason
    Kill.at = at
    with pytest.raises(Killed):
        run(folder / "b", *args, **options)
    resumed = run(folder / "b", *args, **options)
    assert resumed == undisturbed
    assert (folder / "a" / "epochs.json").read_text() == (folder / "b" / "epochs.json").read_text()
    return Kill.seen
