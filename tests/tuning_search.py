"""A small search that the tests run in processes of their own and kill."""

import multiprocessing
import os
import warnings
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from dlkeras.tuning import CoarseToFine

NUM_TRIALS, NUM_EPOCHS = 6, 4


def processes():
    """What makes processes in a moment: a fork server that has imported TensorFlow, but never called it."""
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tuning_search", "distributed"])
    return context


def data(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(48, 4)).astype("float32")
    return x, (x @ rng.normal(size=(4, 1))).astype("float32")


def build_model(hp, dropout=0.2):
    rate = hp.Float("learning_rate", 1e-3, 0.3, sampling="log")
    units = hp.Int("units", 2, 9)
    layers = [keras.layers.Dense(units, "tanh"), keras.layers.Dropout(dropout), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((4,)), *layers])
    optimizer = {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}[
        hp.Choice("optimizer", ["adam", "sgd"])
    ]
    model.compile(optimizer(rate), "mse", run_eagerly=True)  # no tracing: a training takes a moment
    return model


def name_of(values):
    """What tells a trial from the others."""
    return f"{values['optimizer']}-{values['units']}-{values['learning_rate']:.5g}"


class Named(keras.callbacks.Callback):
    """Knows which trial it is in."""

    def on_train_begin(self, logs=None):
        optimizer = self.model.optimizer
        values = {"optimizer": optimizer.name.lower(), "units": self.model.layers[0].units}
        self.trial = name_of({**values, "learning_rate": float(optimizer.learning_rate.numpy())})


class Log(Named):
    """Writes a line to a file for each epoch that begins."""

    def __init__(self, path):
        super().__init__()
        self.path = path

    def on_epoch_begin(self, epoch, logs=None):
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(f"{self.trial} {epoch}\n")


class Nowhere(keras.callbacks.Callback):
    """Cannot be unpickled: it is said to come from a module that there is not."""

    def __reduce__(self):
        return _missing, ()


def _missing():
    raise ModuleNotFoundError("No module named 'nowhere'")


def build_what_fails(hp):
    """Fails in every trial, but not when the search asks for the ranges."""
    if hp.Int("number", 0, 99) > 0 or hp.Boolean("flag"):
        raise ValueError("no such thing")
    return build_model(hp)


def search(
    directory, log, max_trials=NUM_TRIALS, build=build_model, on=None, callbacks=(), verbose=0, **options
):
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)  # Keras, in callbacks
    warnings.filterwarnings("ignore", "currentThread|getName", DeprecationWarning)  # keras-tuner
    tuner = CoarseToFine(
        build,
        objective="val_loss",
        max_trials=max_trials,
        directory=directory,
        project_name="search",
        **options,
    )
    tuner.search(
        *data(),
        validation_data=data(1),
        batch_size=16,
        epochs=NUM_EPOCHS,
        verbose=verbose,
        callbacks=[
            Log(log),
            keras.callbacks.ReduceLROnPlateau(patience=1, monitor="loss", min_delta=1.0),
            *callbacks,
        ],
        **(on or {}),
    )
    return tuner
